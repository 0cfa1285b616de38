import { dialect } from '../../../contracts/dialect.ts';
import type { StateHandler, StateSet } from '../../adapter.ts';
import { persons, type TenantWorld } from './world.ts';

const { objectTypes, objectStates } = dialect.tcp.configuration;

/** Changes a part of the world, and puts the old value back when the state is undone. */
function change<Key extends keyof TenantWorld>(
  world: TenantWorld,
  key: Key,
  value: TenantWorld[Key],
): Partial<StateSet> {
  const before = world[key];
  world[key] = value;
  return {
    undo: async () => {
      world[key] = before;
    },
  };
}

function changeObjects(
  world: TenantWorld,
  type: number,
  objects: NonNullable<ReturnType<TenantWorld['objects']['get']>>,
): Partial<StateSet> {
  return change(world, 'objects', new Map(world.objects).set(type, objects));
}

/** A state that the fixture world is in already; it fails when the world is not. */
function holds(type: number): StateHandler<TenantWorld> {
  return (world, params) => {
    const objects = world.objects.get(type) ?? [];
    const wanted = (object: (typeof objects)[number]) =>
      (params.dbid === undefined || object.DBID === params.dbid) &&
      (params.switchDbid === undefined || object.switchDBID === params.switchDbid);
    if (!objects.some(wanted)) {
      throw new Error(`the fixture world has no object of type ${type} with ${JSON.stringify(params)}`);
    }
    return {};
  };
}

function count(value: string | number | boolean | undefined, name: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw new Error(`the state's parameter ${name} must be a number from 0 up, not ${JSON.stringify(value)}`);
}

const wrongPassword = 'not-the-password';

/** The provider states of the Tenant Service's TCP roles. */
export const states: Readonly<Record<string, StateHandler<TenantWorld>>> = {
  'the CME user is valid': (world) => ({ values: { cmePassword: world.password } }),

  // The mock refuses whoever comes, so that a source with its own password is refused as well.
  'the CME user is refused': (world) => ({
    ...change(world, 'password', `${world.password}, changed`),
    values: { cmePassword: wrongPassword },
  }),

  'persons exist': (world, params) => {
    const all = persons();
    const enabled = all.filter(({ state }) => state === objectStates.enabled);
    const disabled = all.filter(({ state }) => state === objectStates.disabled);
    const enabledCount = count(params.enabled, 'enabled');
    const disabledCount = count(params.disabled, 'disabled');
    if (enabledCount > enabled.length || disabledCount > disabled.length) {
      throw new Error(
        `the fixture world has ${enabled.length} enabled and ${disabled.length} disabled persons; ` +
          `${enabledCount} and ${disabledCount} are asked for`,
      );
    }
    const wanted = [...enabled.slice(0, enabledCount), ...disabled.slice(0, disabledCount)];
    return changeObjects(world, objectTypes.person, wanted);
  },

  'the switch has DNs': holds(objectTypes.dn),
  'places exist': holds(objectTypes.place),
  'applications exist': holds(objectTypes.application),
  'the tenant object exists': holds(objectTypes.tenant),

  'there are no objects of a type': (world, params) => changeObjects(world, count(params.objectType, 'objectType'), []),

  'an answer carries at most so many objects a part': (world, params) =>
    change(world, 'objectsPerPart', Math.max(1, count(params.objects, 'objects'))),

  'the configuration database is down': (world) => change(world, 'databaseUp', false),

  'the server goes away within an answer': (world) => change(world, 'breaksWithinAnswer', true),
};
