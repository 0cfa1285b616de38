import { answeredCall, basicCall, refusedCall } from '../../contracts/common/sip-calls.ts';
import { gvpSession } from '../../contracts/common/sip-treatment.ts';
import { exchange } from '../../contracts/common/sip-within.ts';
import type { ProviderState } from '../../contracts/contract.ts';
import { world } from '../../contracts/world.ts';
import type { Asked, Crossing, Relayed } from './crossing.ts';

const { dns, pstn } = world;

/** Calls that other files name. */
export const names = {
  answered: 'answered by a browser agent, over UDP',
  refused: 'refused by who was called',
  cancelled: 'cancelled',
  overloaded: 'refused by a carrier that is overloaded',
  hopless: 'that may go no further',
};

const fromOutside = 'a call from outside reaches a node, which releases it by the recorded route';

/** A call to an agent, by its hops. */
export const callToAgent = (relayed: Relayed): [upstream: Asked, downstream: Asked] => [
  relayed.asked(51, 'a call with an offer is answered and released', basicCall('TCP', dns.webrtc.number)),
  relayed.asked(57, 'a call is offered to a browser agent, answered and released'),
];

async function overloadedCall(relayed: Relayed): Promise<Crossing> {
  const refusal = refusedCall('TCP', pstn.answering, 500, 'Server Internal Error');
  const description = 'a call is refused with 503 while the carrier is overloaded, which says when to try again';
  const carrier = relayed.asked(59, description);
  const { undo } = await relayed.serverOf(59).setState(carrier[1].given[0] as ProviderState);
  try {
    const caller = relayed.asked(51, 'a call that no target in service can take is refused with 503', refusal);
    return await relayed.called(caller, carrier);
  } finally {
    await undo();
  }
}

/** No hop, so whoever was dialled has to know nothing of it. */
async function hoplessCall(relayed: Relayed): Promise<Crossing> {
  const options = { invite: { headers: { 'max-forwards': 0 } } };
  const refusal = refusedCall('TCP', dns.webrtc.number, 483, 'Too Many Hops', options);
  const caller = relayed.asked(51, 'a call that may go no further is refused with 483', refusal);
  const { upstream, downstream } = await relayed.called(caller, callToAgent(relayed)[1]);
  return { upstream, downstream: { number: downstream.number, messages: downstream.messages } };
}

function platformCallsNode(relayed: Relayed): Promise<Crossing> {
  const steps = [
    ...answeredCall('TCP', dns.routePoint.number, { anonymous: true, headers: gvpSession }),
    ...exchange('TCP', 'callee', 'BYE', { number: 1, first: true }),
  ];
  return relayed.calledNode(relayed.asked(58, 'the platform places a call', steps), relayed.asked(51, fromOutside));
}

/** The calls that cross the proxy, each once. */
export const calls: readonly { what: string; cross(relayed: Relayed): Promise<Crossing> }[] = [
  { what: names.answered, cross: (relayed) => relayed.called(...callToAgent(relayed)) },
  {
    what: 'answered in the public network, over TCP',
    cross: (relayed) =>
      relayed.called(
        relayed.asked(51, 'requests of a dialog go through a proxy that stays on its route'),
        relayed.asked(59, 'a call to the public network is answered and released'),
      ),
  },
  {
    what: 'released by who was called',
    cross: (relayed) =>
      relayed.called(
        relayed.asked(51, 'a call is released by the other party'),
        relayed.asked(57, 'an agent releases the call'),
      ),
  },
  {
    what: names.refused,
    cross: (relayed) =>
      relayed.called(
        relayed.asked(51, 'the busy of an endpoint is passed on as 486'),
        relayed.asked(57, 'a call that the agent rejects is refused with 486'),
      ),
  },
  {
    what: names.cancelled,
    cross: (relayed) =>
      relayed.called(
        relayed.asked(51, 'a ringing call is cancelled'),
        relayed.asked(57, 'a call that the agent does not answer is cancelled'),
      ),
  },
  { what: names.overloaded, cross: overloadedCall },
  { what: names.hopless, cross: hoplessCall },
  { what: 'of the platform to a node', cross: platformCallsNode },
  { what: 'from outside', cross: (relayed) => relayed.calledBack(relayed.asked(51, fromOutside)) },
  {
    what: 'given a treatment',
    cross: (relayed) => relayed.calledBack(relayed.asked(58, 'a treatment is started by MSML and its end is told')),
  },
];
