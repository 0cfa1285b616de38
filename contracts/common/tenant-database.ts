import { dialect } from '../dialect.ts';
import type { SqlRow } from '../messages/postgres.ts';
import { world } from '../world.ts';
import { dnTypes } from './config-object.ts';

const { objectStates, objectTypes, flags } = dialect.tcp.configuration;
const { tables } = dialect.postgres;
const { tenant, dns } = world;

const ofTenant = { tenant_dbid: tenant.dbid };
const onSwitch = { ...ofTenant, switch_dbid: world.switch.dbid };
const enabled = { state: objectStates.enabled };

/** DBIDs of agent logins, in the order of the fixture world's persons. */
const firstLoginDbid = 401;

const logins = world.persons.flatMap((person, index) =>
  person.loginCode === null ? [] : [{ person, dbid: firstLoginDbid + index, code: person.loginCode }],
);

/** The login of a person of the fixture world. @throws Error when that person has none */
export function loginOf(person: { dbid: number }): { dbid: number; code: string } {
  const login = logins.find((each) => each.person.dbid === person.dbid);
  if (login === undefined) throw new Error(`the fixture world has no agent login for person ${person.dbid}`);
  return { dbid: login.dbid, code: login.code };
}

const dnRow = ({ dbid, number }: { dbid: number; number: string }, type: number) => ({
  dbid,
  ...onSwitch,
  type,
  dn_number: number,
  name: `dn-${number}`,
  ...enabled,
});

/** A person of the fixture world, as a row. */
export const personRow = (person: (typeof world.persons)[number]) => ({
  dbid: person.dbid,
  ...ofTenant,
  employee_id: person.employeeId,
  user_name: person.userName,
  first_name: person.firstName,
  last_name: person.lastName,
  email: `${person.userName}@${tenant.sipDomain}`,
  password: null,
  is_agent: flags.yes,
  state: person.enabled ? objectStates.enabled : objectStates.disabled,
});

/** The agent login of a person of the fixture world, as a row. */
export const loginRow = (person: { dbid: number }) => {
  const { dbid, code } = loginOf(person);
  return { dbid, ...onSwitch, login_code: code, ...enabled };
};

/** An option of a person, as a row. */
export const personOption = (dbid: number, name: string, value: string) => ({
  object_dbid: dbid,
  object_type: objectTypes.person,
  section: 'TServer',
  prop_name: name,
  prop_value: value,
});

/** A person that is not in the fixture world until an interaction adds it. */
export const newcomer = {
  dbid: 115,
  employeeId: 'A5005',
  userName: 'agent5',
  firstName: 'Eve',
  lastName: 'Example',
  email: 'agent5@t100.voice.example',
} as const;

/** The row of the newcomer, without a password. */
export const newcomerRow = {
  dbid: newcomer.dbid,
  ...ofTenant,
  employee_id: newcomer.employeeId,
  user_name: newcomer.userName,
  first_name: newcomer.firstName,
  last_name: newcomer.lastName,
  email: newcomer.email,
  is_agent: flags.yes,
  ...enabled,
};

/** The extension of an agent of the fixture world, as a row. */
export const agentDnRow = dnRow(dns.agent, dnTypes.extension);

/** A DN that is not in the fixture world. @param owner the tenant that it belongs to @param which 0 or 1: there are two */
export const newDnRow = (owner: { dbid: number }, which = 0) => ({
  ...dnRow({ dbid: 390 + which, number: `799${which}` }, dnTypes.extension),
  tenant_dbid: owner.dbid,
});

/** The fixture world as the tenant's database stores it: rows by table, in an order in which they can be inserted. */
export const storedWorld: readonly (readonly [table: string, rows: readonly SqlRow[]])[] = [
  [
    tables.tenant,
    [{ dbid: tenant.dbid, name: tenant.name, is_service_provider: flags.no, ...enabled, tenant_uuid: tenant.uuid }],
  ],
  [tables.switch, [{ dbid: world.switch.dbid, ...ofTenant, name: world.switch.name, ...enabled }]],
  [tables.dn, [agentDnRow, dnRow(dns.secondAgent, dnTypes.extension), dnRow(dns.routePoint, dnTypes.routingPoint)]],
  [tables.person, world.persons.map(personRow)],
  [tables.agentLogin, logins.map(({ person }) => loginRow(person))],
  [tables.loginInfo, logins.map(({ person, dbid }) => ({ person_dbid: person.dbid, agent_login_dbid: dbid }))],
  [tables.option, [personOption(world.persons[0].dbid, 'sip-cti-control', 'talk')]],
];
