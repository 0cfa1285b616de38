import { answer, event, request, type StepOptions, texts } from '../common/tcp-steps.ts';
import { sessions } from '../common/tenant-session.ts';
import {
  agentAt,
  atParty,
  dnIsIdle,
  eventManual,
  knownCall,
  newCall,
  once,
  refused,
  registerPage,
  registers,
  registrations,
  sameCall,
  voiceSession,
} from '../common/voice-events.ts';
import { documented, type Interaction, inferred, type ProviderState, type Step, state } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { bind, bound, like, string } from '../matchers.ts';
import type { TcpMessage } from '../messages/tcp.ts';
import { world } from '../world.ts';

const { requests, events, workModes, callTypes } = dialect.tcp.voice;
const { call, dns, persons } = world;
const [agent] = persons;

const nameDocumented = documented(`${eventManual}; which attributes the request has is inferred`);
const refusalInferred = inferred('EventError answers what is not carried out, under the reference id of the request');

const thisDn = { ThisDN: dns.agent.number };
const mode = bind('mode', string(workModes.manualIn));
const sameMode = bound('mode', workModes.manualIn);
const lunch = { ReasonCode: 'Lunch' };

const loggedIn = (activity: 'ready' | 'not ready'): ProviderState =>
  state('an agent is logged in at the DN', { number: dns.agent.number, agentId: agent.loginCode, activity });
const inCall = (progress: 'ringing' | 'established' | 'held'): ProviderState =>
  state('the DN is in a call', { number: dns.agent.number, connId: call.connId, progress });

const login = (id: number): Step<TcpMessage> =>
  request(id, requests.login, { ...thisDn, AgentID: agent.loginCode, AgentWorkMode: mode });
const makeCall = (id: number, to: { readonly number: string }): Step<TcpMessage> =>
  request(id, requests.makeCall, { ...thisDn, OtherDN: to.number, MakeCallType: callTypes.regular });
const forCall = (id: number, name: string, options: StepOptions = {}): Step<TcpMessage> =>
  request(id, name, { ...thisDn, ConnID: call.connId }, options);

const data = { ActivityID: '1-000001' };
const attachPages = documented(
  `Public clients of the Platform SDK: RequestAttachUserData with ThisDN, ConnID and UserData; ${eventManual}`,
);
/** Keys and texts of the source's own choice. */
const attach = (id: number): Step<TcpMessage> =>
  request(id, requests.attach, {
    ...thisDn,
    ConnID: call.connId,
    UserData: bind('data', texts(data)),
  });
const attached = {
  ConnID: call.connId,
  UserData: bound('data', data),
};

const agents: Interaction<TcpMessage>[] = [
  {
    description: 'give a DN up',
    basis: documented(registerPage),
    given: [dnIsIdle],
    steps: [
      ...registers(1),
      request(2, requests.unregister, { ...thisDn, ControlMode: dialect.tcp.voice.registration.ControlMode }),
      answer(2, events.unregistered, thisDn),
    ],
  },
  {
    description: 'log an agent in, who is not ready at first',
    basis: documented(`${eventManual}; that a login in manual-in mode leaves the agent not ready is inferred`),
    given: [dnIsIdle],
    steps: [
      ...registers(1),
      login(2),
      answer(2, events.login, agentAt(sameMode)),
      event(events.notReady, agentAt(sameMode)),
    ],
  },
  {
    description: 'make an agent ready',
    basis: nameDocumented,
    given: [loggedIn('not ready')],
    steps: [
      ...registers(1),
      request(2, requests.ready, { ...thisDn, AgentID: agent.loginCode, AgentWorkMode: mode }),
      answer(2, events.ready, agentAt(sameMode)),
    ],
  },
  {
    description: 'make an agent not ready, for a reason',
    basis: nameDocumented,
    given: [loggedIn('ready')],
    steps: [
      ...registers(1),
      request(2, requests.notReady, {
        ...thisDn,
        AgentID: agent.loginCode,
        AgentWorkMode: mode,
        Reasons: bind('reasons', texts(lunch)),
      }),
      answer(2, events.notReady, { ...agentAt(sameMode), Reasons: bound('reasons', lunch) }),
    ],
  },
  {
    description: 'log an agent out',
    basis: nameDocumented,
    given: [loggedIn('not ready')],
    steps: [
      ...registers(1),
      request(2, requests.logout, { ...thisDn, Reasons: like({}) }),
      answer(2, events.logout, agentAt()),
    ],
  },
  {
    description: 'a login at a DN that is not registered is refused',
    only: { side: 'destination', reason: 'a source that keeps the contract registers the DN first' },
    basis: refusalInferred,
    given: [dnIsIdle],
    negative: true,
    steps: [login(1), refused(1, 'the DN is not registered')],
  },
  {
    description: 'an agent who is not logged in cannot be ready',
    basis: refusalInferred,
    given: [dnIsIdle],
    negative: true,
    steps: [
      ...registers(1),
      request(2, requests.ready, { ...thisDn, AgentID: agent.loginCode, AgentWorkMode: mode }),
      refused(2, 'nobody is logged in'),
    ],
  },
];

/** A request about the fixture call, of which the event tells that it is done. */
const controlled = (
  description: string,
  progress: 'ringing' | 'established' | 'held',
  name: string,
  done: string,
): Interaction<TcpMessage> => ({
  description,
  basis: nameDocumented,
  given: [inCall(progress)],
  steps: [...registers(1), forCall(2, name), answer(2, done, atParty(knownCall, string(call.ani)))],
});

const calls: Interaction<TcpMessage>[] = [
  {
    description: 'make a call, which is answered and ends',
    basis: nameDocumented,
    given: [loggedIn('ready'), state('the called party answers and hangs up', { number: dns.secondAgent.number })],
    steps: [
      ...registers(1),
      makeCall(2, dns.secondAgent),
      answer(2, events.dialing, atParty(newCall, dns.secondAgent.number)),
      event(events.established, atParty(sameCall, dns.secondAgent.number)),
      event(events.released, atParty(sameCall, dns.secondAgent.number)),
    ],
  },
  {
    description: 'answer a call that has come to the DN',
    basis: nameDocumented,
    given: [dnIsIdle, once('a call comes')],
    steps: [
      ...registers(1),
      event(events.ringing, atParty(newCall, bind('caller', string(call.ani)))),
      request(2, requests.answer, { ...thisDn, ConnID: bound('connection', call.connId) }),
      answer(2, events.established, atParty(sameCall, bound('caller', call.ani))),
    ],
  },
  controlled('hold a call', 'established', requests.hold, events.held),
  controlled('retrieve a call', 'held', requests.retrieve, events.retrieved),
  controlled('release a call', 'established', requests.release, events.released),
  {
    description: 'attach data to a call',
    basis: attachPages,
    given: [inCall('established')],
    steps: [
      ...registers(1),
      attach(2),
      answer(2, events.attached, { ...atParty(knownCall, string(call.ani)), ...attached }),
    ],
  },
  {
    description: 'data that somebody else attaches to the call is told to every party that is registered',
    basis: attachPages,
    given: [inCall('established'), once('data is attached to the call')],
    steps: [
      ...registers(1),
      event(events.attached, { ...atParty(knownCall, string(call.ani)), UserData: texts(data) }),
    ],
  },
  {
    description: 'a call to a number that does not exist is refused',
    basis: inferred('an invalid destination is an EventError, where the switch knows it before it dials'),
    given: [loggedIn('ready')],
    negative: true,
    steps: [...registers(1), makeCall(2, dns.unknown), refused(2, 'there is no such destination')],
  },
  {
    description: 'a call to a DN that is busy is told so after it has been dialled',
    basis: documented(`${eventManual}: EventDestinationBusy; its attributes are inferred`),
    given: [loggedIn('ready')],
    negative: true,
    steps: [
      ...registers(1),
      makeCall(2, dns.busy),
      answer(2, events.dialing, atParty(newCall, dns.busy.number)),
      event(events.busy, atParty(sameCall, dns.busy.number)),
    ],
  },
  {
    description: 'a call that is not held cannot be retrieved',
    basis: refusalInferred,
    given: [inCall('established')],
    negative: true,
    steps: [...registers(1), forCall(2, requests.retrieve), refused(2, 'the call is in another state')],
  },
  {
    description: 'data for a call that is over is refused',
    basis: refusalInferred,
    given: [dnIsIdle],
    negative: true,
    steps: [...registers(1), attach(2), refused(2, 'there is no such call')],
  },
];

/** How GWS acts for agents and calls, and what it is told of them. */
export default defineContract<TcpMessage>({
  connection: 4,
  part: { name: 'voice' },
  port: 8000,
  interactions: [...sessions(voiceSession(world.applications.webServices.name)), ...registrations, ...agents, ...calls],
});
