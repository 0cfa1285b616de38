import { dialect } from '../../../../contracts/dialect.ts';
import type { TcpMessage, TcpValue } from '../../../../contracts/messages/tcp.ts';
import type { ConfigurationWorld, ConfObject } from './world.ts';

const { filter: keys, events, delta, errorTypes } = dialect.tcp.configuration;

/** Names and values of an object, a filter or a change. */
export type Members = { readonly [name: string]: TcpValue };

/** Why something is not done, in the words of the protocol. */
export class Refusal {
  readonly type: string;
  readonly text: string;

  constructor(type: string, text: string) {
    this.type = type;
    this.text = text;
  }
}

/** The property that each filter key looks at. The property of a name is the name. */
const properties: Readonly<Record<string, string>> = {
  [keys.dbid]: 'DBID',
  [keys.name]: 'name',
  [keys.userName]: 'userName',
  [keys.switch]: 'switchDBID',
  [keys.tenant]: 'tenantDBID',
};

/** Properties by which objects of a type are told apart beside their DBID, where they have them. */
const uniqueProperties = ['name', 'userName', 'number'];

const gone = new Refusal(errorTypes.notFound, 'there is no such object');

/** Whether a value is a list of names and values. */
export function isMembers(value: TcpValue | undefined): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects that pass every key of the filter; a DBID overrides all other keys. */
export function select(world: ConfigurationWorld, type: number, filter: Members): readonly ConfObject[] | Refusal {
  const wanted = Object.keys(filter);
  for (const key of wanted) {
    if (!Object.hasOwn(properties, key))
      return new Refusal(errorTypes.invalidRequest, `${key} is not a key of a filter`);
  }
  const deciding = wanted.includes(keys.dbid) ? [keys.dbid] : wanted;
  return objectsOf(world, type).filter((object) => passes(object, deciding, filter));
}

function passes(object: ConfObject, deciding: readonly string[], filter: Members): boolean {
  for (const key of deciding) if (object[properties[key] as string] !== filter[key]) return false;
  return true;
}

/** Stores a new object under a DBID of its own, and tells those who follow its type. */
export function create(world: ConfigurationWorld, type: number, properties: Members): ConfObject | Refusal {
  const others = objectsOf(world, type);
  const taken = uniqueProperties.find(
    (name) => properties[name] !== undefined && others.some((each) => each[name] === properties[name]),
  );
  if (taken !== undefined) return new Refusal(errorTypes.notUnique, `there is an object of that ${taken}`);
  const object: ConfObject = { ...properties, DBID: world.nextDbid };
  world.nextDbid += 1;
  replaceAll(world, type, [...others, object]);
  tell(world, type, object, { name: events.created, attributes: { ObjectType: type, ConfObject: object } });
  return object;
}

/** Changes properties of an object, and tells those who follow its type what has changed. */
export function update(
  world: ConfigurationWorld,
  type: number,
  dbid: TcpValue,
  changed: Members,
): ConfObject | Refusal {
  const before = find(world, type, dbid);
  if (before === undefined) return gone;
  const after: ConfObject = { ...before, ...changed, DBID: before.DBID };
  const others = objectsOf(world, type);
  replaceAll(
    world,
    type,
    others.map((each) => (each === before ? after : each)),
  );
  const attributes = { ObjectType: type, [delta]: { DBID: before.DBID, changed } };
  tell(world, type, after, { name: events.updated, attributes });
  return after;
}

/** Forgets an object, and tells those who follow its type. */
export function remove(world: ConfigurationWorld, type: number, dbid: TcpValue): ConfObject | Refusal {
  const object = find(world, type, dbid);
  if (object === undefined) return gone;
  const others = objectsOf(world, type).filter((each) => each !== object);
  replaceAll(world, type, others);
  tell(world, type, object, { name: events.deleted, attributes: { ObjectType: type, DBID: object.DBID } });
  return object;
}

/** The object of a type by its DBID. */
export function find(world: ConfigurationWorld, type: number, dbid: TcpValue): ConfObject | undefined {
  return objectsOf(world, type).find((each) => each.DBID === dbid);
}

/** All objects of a type. */
export function objectsOf({ objects }: ConfigurationWorld, type: number): readonly ConfObject[] {
  return objects.get(type) ?? [];
}

function replaceAll(world: ConfigurationWorld, type: number, objects: readonly ConfObject[]): void {
  world.objects = new Map(world.objects).set(type, objects);
}

function tell({ subscribers }: ConfigurationWorld, type: number, object: ConfObject, message: TcpMessage): void {
  for (const each of [...subscribers]) {
    const isOfTenant = each.tenantDbid === undefined || object.tenantDBID === each.tenantDbid;
    if (each.objectType === type && isOfTenant) each.tell(message);
  }
}
