import { world as fixture } from '../../../../contracts/world.ts';
import type { StateHandler } from '../../../adapter.ts';
import { changed, without } from '../../../common/changed.ts';
import { type Happening, prepared } from '../happenings.ts';
import { oneOf, text } from '../params.ts';
import type { TenantWorld } from '../world.ts';
import { loggedIn, login } from './agents.ts';
import { attach, comeIn, end, establish } from './calls.ts';
import { loseLink } from './events.ts';
import type { Call, Progress } from './world.ts';

type Handler = StateHandler<TenantWorld>;

const { call: fixtureCall, persons } = fixture;

/** A state in which something happens at a DN once a session has registered it. */
const onceRegistered =
  (happening: (dn: string) => Happening): Handler =>
  (world, params) =>
    prepared(world, 'DN registered', happening(text(params, 'number')));

/** The calls without those that a DN takes part in. */
function callsWithout({ calls }: TenantWorld, dn: string): TenantWorld['calls'] {
  return new Map([...calls].filter(([, { parties }]) => !parties.has(dn)));
}

function callOf({ calls }: TenantWorld, dn: string): Call {
  const found = [...calls.values()].find(({ parties }) => parties.has(dn));
  if (found === undefined) throw new Error(`there is no call at ${dn}`);
  return found;
}

/** The provider states of calls and agents. */
export const telephonyStates: Readonly<Record<string, Handler>> = {
  'the DN is idle': (world, params) => {
    const dn = text(params, 'number');
    return changed(world, { agents: without(world.agents, dn), calls: callsWithout(world, dn) });
  },
  'an agent is logged in at the DN': (world, params) => {
    const agent = {
      ...loggedIn(text(params, 'agentId')),
      activity: oneOf(params, 'activity', ['ready', 'not ready'] as const),
    };
    return changed(world, { agents: new Map(world.agents).set(text(params, 'number'), agent) });
  },
  'the DN is in a call': (world, params) => {
    const dn = text(params, 'number');
    const progress = oneOf(params, 'progress', ['ringing', 'established', 'held'] as const);
    const parties = new Map<string, Progress>([
      [fixtureCall.ani, progress === 'ringing' ? 'dialing' : 'established'],
      [dn, progress],
    ]);
    const connId = text(params, 'connId');
    const call = { connId, uuid: fixtureCall.uuid, parties, userData: {} };
    return changed(world, { calls: new Map(callsWithout(world, dn)).set(connId, call) });
  },
  'data is attached to the call once the DN is registered': onceRegistered(
    (dn) => (world) => void attach(world, dn, callOf(world, dn).connId, { ActivityID: '1-000001' }),
  ),
  'a call comes once the DN is registered': onceRegistered((dn) => (world) => void comeIn(world, dn)),
  'a call comes, is answered and ends once the DN is registered': onceRegistered(
    (dn) => (world) => end(world, establish(world, comeIn(world, dn))),
  ),
  'an agent logs in once the DN is registered': onceRegistered(
    (dn) => (world) => void login(world, dn, { AgentID: persons[0].loginCode, AgentWorkMode: loggedIn('').workMode }),
  ),
  'the link is lost and comes back once the DN is registered': onceRegistered(() => (world) => {
    // Or else it would be lost again with the next registration.
    world.happenings = without(world.happenings, 'DN registered');
    loseLink(world);
  }),
  'the server goes away once the DN is registered': onceRegistered(() => ({ registrations }) => {
    for (const { leave } of [...registrations]) leave();
  }),
  'the called party answers and hangs up': (world, params) =>
    prepared(world, 'call made', (now) => end(now, establish(now, callOf(now, text(params, 'number'))))),
};
