import { dialect } from '../dialect.ts';
import { eachLike, integer, type Json, like, regex, string, type Template } from '../matchers.ts';
import type { RedisFields } from '../messages/redis.ts';
import { world } from '../world.ts';
import { decimalText } from './stream-entry.ts';

/** Object states and flags as the Configuration Layer counts them. */
const { objectStates, flags } = dialect.tcp.configuration;

const stateText = (example: number) => regex('^[12]$', String(example));

/** A configuration object in the cache: its key and the fields that its readers rely on. */
export interface ConfigObject {
  key: string;
  fields: Template<RedisFields> & Readonly<Record<string, Template<RedisFields[string]>>>;
}

const tenant = world.tenant.uuid;

/** The fixture world's tenant at a revision of its configuration. */
export const tenantObject = (revision: number): ConfigObject => ({
  key: dialect.redis.config.tenant(tenant),
  fields: {
    dbid: decimalText(world.tenant.dbid),
    name: world.tenant.name,
    uuid: tenant,
    sid: decimalText(world.tenant.sid),
    state: stateText(objectStates.enabled),
    sipDomain: string(world.tenant.sipDomain),
    region: string('r1'),
    rev: decimalText(revision),
  },
});

/** A DN of the fixture world. */
export const dnObject = ({ dbid, number }: { dbid: number; number: string }, type: number): ConfigObject => ({
  key: dialect.redis.config.dn(tenant, number),
  fields: {
    dbid: decimalText(dbid),
    switchDbid: decimalText(world.switch.dbid),
    number,
    type: decimalText(type),
    name: string(`dn-${number}`),
    state: stateText(objectStates.enabled),
    place: string(`Place${number}`),
    options: like<{ readonly [key: string]: Json }>({ TServer: { 'sip-cti-control': 'talk' } }),
  },
});

/** A person of the fixture world. */
export const personObject = (person: (typeof world.persons)[number]): ConfigObject => ({
  key: dialect.redis.config.person(tenant, person.employeeId),
  fields: {
    dbid: decimalText(person.dbid),
    userName: string(person.userName),
    employeeId: person.employeeId,
    firstName: string(person.firstName),
    lastName: string(person.lastName),
    isAgent: regex('^[12]$', String(flags.yes)),
    state: stateText(person.enabled ? objectStates.enabled : objectStates.disabled),
    skills: eachLike<Json>({ name: string('Billing'), level: integer(5) }),
    loginCodes: [person.loginCode].filter((code) => code !== null),
  },
});

/** DN types of the Configuration Layer that the fixture world uses. */
export const dnTypes = { extension: 1, routingPoint: 4 } as const;
