import { closeDetails, connectionClosed } from '../common/tcp-session.ts';
import { event } from '../common/tcp-steps.ts';
import { sessions } from '../common/tenant-session.ts';
import {
  agentAt,
  atParty,
  dnIsIdle,
  eventManual,
  newCall,
  once,
  registers,
  registrations,
  sameCall,
  voiceSession,
} from '../common/voice-events.ts';
import { documented, type Interaction, inferred } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { bind, bound, regex, string, text } from '../matchers.ts';
import type { TcpMessage } from '../messages/tcp.ts';
import { world } from '../world.ts';

const { events } = dialect.tcp.voice;
const caller = bind('caller', string(world.call.ani));
const sameCaller = bound('caller', world.call.ani);

const feed: Interaction<TcpMessage>[] = [
  {
    description: 'a call at a registered DN is told from ringing to its end, as one and the same call',
    basis: documented(
      `${eventManual}; Genesys Pulse Private Edition Guide, Architecture: the feed of voice events comes from this port`,
    ),
    given: [dnIsIdle, once('a call comes, is answered and ends')],
    steps: [
      ...registers(1),
      event(events.ringing, atParty(newCall, caller)),
      event(events.established, atParty(sameCall, sameCaller)),
      event(events.released, atParty(sameCall, sameCaller)),
    ],
  },
  {
    description: 'an agent at a registered DN is told as logged in before the agent is ready or not',
    basis: documented(`${eventManual}; that a login comes before readiness follows from the model of agent states`),
    given: [dnIsIdle, once('an agent logs in')],
    steps: [
      ...registers(1),
      event(events.login, agentAt()),
      event(text(regex(`^(${events.ready}|${events.notReady})$`, events.notReady)), agentAt()),
    ],
  },
  {
    description: 'the end of the connection ends the feed',
    basis: inferred('registrations belong to a session, and clients are documented to make them anew on the next one'),
    given: [dnIsIdle, once('the server goes away')],
    free: closeDetails,
    negative: true,
    steps: [...registers(1), connectionClosed],
  },
];

/** The events of calls and agents that Pulse counts. Who registers a DN gets all that happens there. */
export default defineContract<TcpMessage>({
  connection: 2,
  part: { name: 'voice-events' },
  port: 8000,
  interactions: [...sessions(voiceSession(world.applications.pulse.name)), ...registrations, ...feed],
});
