import { dialect } from '../../../contracts/dialect.ts';
import type { TcpValue } from '../../../contracts/messages/tcp.ts';
import { world as fixture } from '../../../contracts/world.ts';

const { objectTypes, objectStates, flags } = dialect.tcp.configuration;

/** A configuration object; every one has a DBID, unique within its type. */
export type ConfObject = { readonly DBID: number; readonly [property: string]: TcpValue };

/** What the Tenant Service's mock knows, and how it is told to behave. */
export interface TenantWorld {
  /** Configuration objects by type number. */
  objects: Map<number, readonly ConfObject[]>;
  /** The one password that opens a session, for every user name. */
  password: string;
  databaseUp: boolean;
  /** How many objects one part of an answer holds at most. */
  objectsPerPart: number;
  /** True: the connection breaks after an answer's first part. */
  breaksWithinAnswer: boolean;
}

const firstPlaceDbid = 401;
const objectsPerPart = 100;

/** The world before any state is set: the fixture world's objects, and everything in order. */
export function createTenantWorld(): TenantWorld {
  return {
    objects: new Map<number, readonly ConfObject[]>([
      [objectTypes.person, persons()],
      [objectTypes.dn, dns()],
      [objectTypes.place, places()],
      [objectTypes.application, applications()],
      [objectTypes.tenant, tenants()],
      [objectTypes.skill, []],
    ]),
    password: 'a-password',
    databaseUp: true,
    objectsPerPart,
    breaksWithinAnswer: false,
  };
}

/** Everybody of the fixture world, in the order of their DBIDs. */
export function persons(): ConfObject[] {
  return fixture.persons.map(({ dbid, userName, employeeId, firstName, lastName, enabled }) => ({
    DBID: dbid,
    tenantDBID: fixture.tenant.dbid,
    userName,
    employeeID: employeeId,
    firstName,
    lastName,
    isAgent: flags.yes,
    state: enabled ? objectStates.enabled : objectStates.disabled,
  }));
}

function dns(): ConfObject[] {
  const { agent, secondAgent, routePoint, trunk } = fixture.dns;
  return [agent, secondAgent, routePoint, trunk].map(({ dbid, number }) => ({
    DBID: dbid,
    tenantDBID: fixture.tenant.dbid,
    switchDBID: fixture.switch.dbid,
    number,
    state: objectStates.enabled,
  }));
}

function places(): ConfObject[] {
  return fixture.persons.map(({ dn }, index) => ({
    DBID: firstPlaceDbid + index,
    tenantDBID: fixture.tenant.dbid,
    name: dn,
    state: objectStates.enabled,
  }));
}

function applications(): ConfObject[] {
  const names = ['default', 'Cloud', 'OCS'];
  return names.map((name, index) => ({ DBID: 118 + index, name, state: objectStates.enabled }));
}

function tenants(): ConfObject[] {
  const { dbid, name } = fixture.tenant;
  return [{ DBID: dbid, name, state: objectStates.enabled }];
}
