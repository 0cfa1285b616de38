import { dialect } from '../../../../contracts/dialect.ts';
import type { TcpMessage, TcpValue } from '../../../../contracts/messages/tcp.ts';
import { world as fixture } from '../../../../contracts/world.ts';

const { objectTypes, objectStates, flags } = dialect.tcp.configuration;

/** A configuration object; every one has a DBID, unique within its type. */
export type ConfObject = { readonly DBID: number; readonly [property: string]: TcpValue };

/** Somebody who is told what changes. */
export interface Subscriber {
  objectType: TcpValue;
  /** The tenant whose objects are followed; of all tenants when absent. */
  tenantDbid: TcpValue | undefined;
  tell(message: TcpMessage): void;
}

/** The part of the world that Configuration Server knows. */
export interface ConfigurationWorld {
  /** Configuration objects by type number. */
  objects: ReadonlyMap<number, readonly ConfObject[]>;
  /** Rises with every object that is created, so that no DBID is given twice. */
  nextDbid: number;
  readonly subscribers: Set<Subscriber>;
  databaseUp: boolean;
  readOnly: boolean;
  /** How many objects one part of an answer holds at most. */
  objectsPerPart: number;
  /** True: the connection breaks after an answer's first part. */
  breaksWithinAnswer: boolean;
}

const firstPlaceDbid = 401;
const firstNewDbid = 501;
const objectsPerPart = 100;

const enabled = { state: objectStates.enabled };
const ofTenant = { tenantDBID: fixture.tenant.dbid, ...enabled };

/** The objects of the fixture world, and a database in order. */
export function createConfiguration(): ConfigurationWorld {
  return {
    objects: new Map<number, readonly ConfObject[]>([
      [objectTypes.dn, dns()],
      [objectTypes.person, persons()],
      [objectTypes.place, places()],
      [objectTypes.agentGroup, [named(fixture.agentGroup)]],
      [objectTypes.tenant, [{ DBID: fixture.tenant.dbid, name: fixture.tenant.name, ...enabled }]],
      [objectTypes.application, applications()],
      [objectTypes.script, [named(fixture.routingScript)]],
      [objectTypes.skill, []],
      [objectTypes.callingList, [named(fixture.callingList)]],
      [objectTypes.campaign, [named(fixture.campaign), named({ dbid: 103, name: 'Hotels' })]],
      [objectTypes.campaignGroup, [named({ dbid: fixture.campaign.groupDbid, name: 'Airlines@Support' })]],
    ]),
    nextDbid: firstNewDbid,
    subscribers: new Set(),
    databaseUp: true,
    readOnly: false,
    objectsPerPart,
    breaksWithinAnswer: false,
  };
}

/** Everybody of the fixture world, in the order of their DBIDs. */
export function persons(): ConfObject[] {
  return fixture.persons.map(({ dbid, userName, employeeId, firstName, lastName, enabled: isEnabled }) => ({
    DBID: dbid,
    tenantDBID: fixture.tenant.dbid,
    userName,
    employeeID: employeeId,
    firstName,
    lastName,
    isAgent: flags.yes,
    state: isEnabled ? objectStates.enabled : objectStates.disabled,
  }));
}

function named({ dbid, name }: { dbid: number; name: string }): ConfObject {
  return { DBID: dbid, name, ...ofTenant };
}

function dns(): ConfObject[] {
  const { agent, secondAgent, routePoint, trunk } = fixture.dns;
  return [agent, secondAgent, routePoint, trunk].map(({ dbid, number }) => ({
    DBID: dbid,
    switchDBID: fixture.switch.dbid,
    number,
    ...ofTenant,
  }));
}

function places(): ConfObject[] {
  return fixture.persons.map(({ dn }, index) => named({ dbid: firstPlaceDbid + index, name: dn }));
}

function applications(): ConfObject[] {
  const { webServices, outboundServer, outboundDatabase, pulse, interactionServer } = fixture.applications;
  const plain = [{ dbid: 118, name: 'default' }, webServices, outboundServer, outboundDatabase, pulse];
  return [
    ...plain.map(({ dbid, name }) => ({ DBID: dbid, name, ...enabled })),
    {
      DBID: interactionServer.dbid,
      name: interactionServer.name,
      ...enabled,
      options: { settings: { 'delivering-timeout': '30' } },
      tenantDBIDs: [fixture.tenant.dbid],
      portInfos: [{ id: 'default', port: '7120' }],
    },
  ];
}
