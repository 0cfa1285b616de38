import { scriptReference, scriptUrl } from '../../../contracts/common/config-service-states.ts';
import { dialect } from '../../../contracts/dialect.ts';
import type { Json } from '../../../contracts/matchers.ts';
import { world as fixture } from '../../../contracts/world.ts';
import type { Annex, ConfigObject } from './world.ts';

const { agentGroup, dns, list, persons, routingScript, sbc, sipNode, switch: aSwitch, tenant } = fixture;
const hostDbid = 340;
const skillDbid = 350;

const object = (type: string, dbid: number, own: Record<string, Json>, annex: Annex = {}): ConfigObject => ({
  type,
  dbid,
  tenantUuid: tenant.uuid,
  state: 'enabled',
  ...own,
  annex,
  revision: 1,
});

const dn = ({ dbid, number }: { dbid: number; number: string }, dnType: string, annex: Annex) =>
  object('DN', dbid, { number, dnType, switchDbid: aSwitch.dbid }, annex);

const phoneOptions = { TServer: { 'sip-cti-control': 'talk' } };

/** One object or more of every type, after the fixture world. */
export function fixtureObjects(): ConfigObject[] {
  return [
    dn(dns.agent, 'Extension', phoneOptions),
    dn(dns.secondAgent, 'Extension', phoneOptions),
    dn(dns.routePoint, 'RoutePoint', { Orchestration: { application: scriptReference } }),
    dn(dns.trunk, 'Trunk', { TServer: { contact: sbc.contact } }),
    object(
      'Switch',
      aSwitch.dbid,
      { name: aSwitch.name, tserverDbid: aSwitch.tserverDbid },
      { [dialect.http.configService.dialPlanSection]: { 'dial-plan-rule-1': '7XXX=>7XXX' } },
    ),
    ...persons.map(({ dbid, employeeId, userName, loginCode, enabled }) =>
      object('Person', dbid, {
        state: enabled ? 'enabled' : 'disabled',
        employeeId,
        userName,
        isAgent: true,
        agentLogins: loginCode === null ? [] : [{ loginId: loginCode, switchDbid: aSwitch.dbid }],
      }),
    ),
    object('AgentGroup', agentGroup.dbid, {
      name: agentGroup.name,
      members: persons.slice(0, 2).map(({ dbid }) => dbid),
    }),
    object('Script', routingScript.dbid, { name: routingScript.name }, { Application: { url: scriptUrl } }),
    object('Transaction', list.dbid, { name: list.name }, { Holidays: { '2030-01-01': 'closed' } }),
    object(
      'Application',
      sipNode.serverDbid,
      { name: sipNode.application },
      { TServer: { 'sip-address': `${sipNode.id}.voice.example` } },
    ),
    object('Skill', skillDbid, { name: 'Billing' }),
    object('Host', hostDbid, { name: 'voice-node-1' }),
    object('Tenant', tenant.dbid, { name: tenant.name }),
  ];
}
