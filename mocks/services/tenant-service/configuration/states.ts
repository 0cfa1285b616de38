import { dialect } from '../../../../contracts/dialect.ts';
import type { StateHandler, StateSet } from '../../../adapter.ts';
import { changed } from '../../../common/changed.ts';
import { type Happening, prepared } from '../happenings.ts';
import { count, text } from '../params.ts';
import type { TenantWorld } from '../world.ts';
import { create, objectsOf, remove, update } from './objects.ts';
import { type ConfObject, createConfiguration, persons } from './world.ts';

const { objectTypes, objectStates } = dialect.tcp.configuration;

type Handler = StateHandler<TenantWorld>;
type Params = Parameters<Handler>[1];

const typeOf = (params: Params) => count(params, 'objectType');

function changedObjects(world: TenantWorld, type: number, objects: readonly ConfObject[]): Pick<StateSet, 'undo'> {
  return changed(world, { objects: new Map(world.objects).set(type, objects) });
}

/** A state in which a type has no more than the objects that pass. */
const onlyThose =
  (passes: (object: ConfObject, params: Params) => boolean): Handler =>
  (world, params) => {
    const type = typeOf(params);
    const left = objectsOf(world, type).filter((object) => passes(object, params));
    return changedObjects(world, type, left);
  };

/** A state in which objects are there as the fixture world has them; it fails when that has none. */
const those =
  (type: (params: Params) => number, isMeant: (object: ConfObject, params: Params) => boolean): Handler =>
  (world, params) => {
    const fixture = objectsOf(createConfiguration(), type(params)).filter((object) => isMeant(object, params));
    if (fixture.length === 0) {
      throw new Error(`the fixture world has no object of type ${type(params)} with ${JSON.stringify(params)}`);
    }
    const others = objectsOf(world, type(params)).filter(({ DBID }) => fixture.every((each) => each.DBID !== DBID));
    return changedObjects(world, type(params), [...fixture, ...others]);
  };

const someOf = (type: number) =>
  those(
    () => type,
    ({ DBID, switchDBID }, { dbid, switchDbid }) =>
      (dbid === undefined || DBID === dbid) && (switchDbid === undefined || switchDBID === switchDbid),
  );

/** A state in which something happens to the objects of a type once somebody follows them. */
const onceFollowed =
  (happening: (params: Params) => Happening): Handler =>
  (world, params) =>
    prepared(world, 'type followed', happening(params));

/** A new object like the first one of its type, with names of its own. */
function another(world: TenantWorld, type: number): ConfObject {
  const [first] = objectsOf(world, type);
  if (first === undefined) throw new Error(`there is no object of type ${type} that another could be like`);
  const names = Object.entries(first).map(([key, value]) => [key, typeof value === 'string' ? `${value}-new` : value]);
  return Object.fromEntries(names) as ConfObject;
}

/** The provider states of the configuration. */
export const configurationStates: Readonly<Record<string, Handler>> = {
  'persons exist': (world, params) => {
    const all = persons();
    const enabled = all.filter(({ state }) => state === objectStates.enabled);
    const disabled = all.filter(({ state }) => state === objectStates.disabled);
    const enabledCount = count(params, 'enabled');
    const disabledCount = count(params, 'disabled');
    if (enabledCount > enabled.length || disabledCount > disabled.length) {
      throw new Error(
        `the fixture world has ${enabled.length} enabled and ${disabled.length} disabled persons; ` +
          `${enabledCount} and ${disabledCount} are asked for`,
      );
    }
    const wanted = [...enabled.slice(0, enabledCount), ...disabled.slice(0, disabledCount)];
    return changedObjects(world, objectTypes.person, wanted);
  },
  'the switch has DNs': someOf(objectTypes.dn),
  'places exist': someOf(objectTypes.place),
  'applications exist': someOf(objectTypes.application),
  'the tenant object exists': someOf(objectTypes.tenant),

  'there are objects of a type': those(typeOf, () => true),
  'there are no objects of a type': onlyThose(() => false),
  'the object exists': those(typeOf, ({ DBID }, { dbid }) => DBID === dbid),
  'the object does not exist': onlyThose(({ DBID }, { dbid }) => DBID !== dbid),
  'there is no object of that name': onlyThose((object, { name }) => object.name !== name),

  'an object changes once it is followed': onceFollowed(
    (params) => (world) =>
      void update(world, typeOf(params), count(params, 'dbid'), { [text(params, 'property')]: text(params, 'value') }),
  ),
  'an object is created once its type is followed': onceFollowed(
    (params) => (world) => void create(world, typeOf(params), another(world, typeOf(params))),
  ),
  'an object is deleted once it is followed': onceFollowed(
    (params) => (world) => void remove(world, typeOf(params), count(params, 'dbid')),
  ),

  'an answer carries at most so many objects a part': (world, params) =>
    changed(world, { objectsPerPart: Math.max(1, count(params, 'objects')) }),
  'the user may only read': (world) => changed(world, { readOnly: true }),
  'the configuration database is down': (world) => changed(world, { databaseUp: false }),
  'the server goes away within an answer': (world) => changed(world, { breaksWithinAnswer: true }),
};
