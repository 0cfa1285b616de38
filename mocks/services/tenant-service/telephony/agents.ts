import { dialect } from '../../../../contracts/dialect.ts';
import type { TcpMessage, TcpValue } from '../../../../contracts/messages/tcp.ts';
import { world as fixture } from '../../../../contracts/world.ts';
import { without } from '../../../common/changed.ts';
import { type Asker, Refusal, tell } from './events.ts';
import type { LoggedInAgent, TelephonyWorld } from './world.ts';

const { events, workModes } = dialect.tcp.voice;

const notLoggedIn = new Refusal('wrongState', 'nobody is logged in at the DN');

/** How an agent begins in a work mode. */
export function loggedIn(loginId: string, workMode: TcpValue = workModes.manualIn): LoggedInAgent {
  return { loginId, workMode, activity: workMode === workModes.autoIn ? 'ready' : 'not ready' };
}

/** Logs an agent in at a DN, who then is ready or not as the work mode says. */
export function login(
  world: TelephonyWorld,
  dn: string,
  { AgentID: loginId = null, AgentWorkMode: workMode }: TcpMessage['attributes'],
  asker?: Asker,
): Refusal | undefined {
  const person = fixture.persons.find(({ loginCode }) => loginCode !== null && loginCode === loginId);
  if (person?.loginCode == null) return new Refusal('unknownAgent', 'there is no such agent');
  if (world.agents.has(dn)) return new Refusal('wrongState', 'an agent is logged in at the DN already');
  const agent = loggedIn(person.loginCode, workMode);
  world.agents = new Map(world.agents).set(dn, agent);
  tellOf(world, dn, agent, events.login, {}, asker);
  tellActivity(world, dn, agent, {});
  return undefined;
}

/** Logs out whoever is at the DN. */
export function logout(
  world: TelephonyWorld,
  dn: string,
  { Reasons: reasons = {} }: TcpMessage['attributes'],
  asker?: Asker,
): Refusal | undefined {
  const agent = world.agents.get(dn);
  if (agent === undefined) return notLoggedIn;
  world.agents = without(world.agents, dn);
  tellOf(world, dn, agent, events.logout, reasons, asker);
  return undefined;
}

/** Makes the agent at the DN ready, or not. */
export function beActive(
  world: TelephonyWorld,
  dn: string,
  activity: LoggedInAgent['activity'],
  { AgentWorkMode: workMode, Reasons: reasons = {} }: TcpMessage['attributes'] = {},
  asker?: Asker,
): Refusal | undefined {
  const before = world.agents.get(dn);
  if (before === undefined) return notLoggedIn;
  const agent = { ...before, activity, workMode: workMode ?? before.workMode };
  world.agents = new Map(world.agents).set(dn, agent);
  tellActivity(world, dn, agent, reasons, asker);
  return undefined;
}

function tellActivity(world: TelephonyWorld, dn: string, agent: LoggedInAgent, reasons: TcpValue, asker?: Asker): void {
  tellOf(world, dn, agent, agent.activity === 'ready' ? events.ready : events.notReady, reasons, asker);
}

function tellOf(
  world: TelephonyWorld,
  dn: string,
  { loginId, workMode }: LoggedInAgent,
  name: string,
  reasons: TcpValue,
  asker?: Asker,
): void {
  tell(world, dn, name, { AgentID: loginId, AgentWorkMode: workMode, Reasons: reasons }, asker);
}
