import type { Side } from '../../contracts/contract.ts';
import {
  isSipRequest,
  isSipResponse,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from '../../contracts/messages/sip.ts';
import { names } from './calls.ts';
import type { Crossing } from './crossing.ts';

type Hop = keyof Crossing;
/** What passed on both sides of a proxy, to be broken. */
export type Copy = Record<Hop, { transport: 'TCP' | 'UDP'; messages: { from: Side; content: SipMessage }[] }>;

/** The first request of a method on a hop. */
const request = (copy: Copy, hop: Hop, method: string) =>
  copy[hop].messages.find(({ content }) => isSipRequest(content) && content.method === method)?.content as SipRequest;
/** The first response with a status on a hop. */
const response = (copy: Copy, hop: Hop, status: number) =>
  copy[hop].messages.find(({ content }) => isSipResponse(content) && content.status === status)?.content as SipResponse;
const withoutMessage = (copy: Copy, hop: Hop, content: SipMessage) => {
  copy[hop].messages = copy[hop].messages.filter((each) => each.content !== content);
};

/** One way for each to break a rule on proxies: its id, the call, where it shows, and what is done to the copies of both hops. */
export const breaks: readonly (readonly [rule: string, what: string, place: string, change: (copy: Copy) => void])[] = [
  [
    'P01',
    names.answered,
    'Message 1 downstream, $.headers.via.below',
    (copy) => {
      delete request(copy, 'downstream', 'INVITE').headers.via?.below;
    },
  ],
  [
    'P01',
    names.answered,
    'Message 1 downstream, $.headers.via.branch',
    (copy) => {
      const { via } = request(copy, 'downstream', 'INVITE').headers;
      if (via?.below?.[0]?.branch !== undefined) via.branch = via.below[0].branch;
    },
  ],
  [
    'P02',
    names.answered,
    'Message 1 downstream, $.headers.max-forwards',
    (copy) => {
      delete request(copy, 'downstream', 'INVITE').headers['max-forwards'];
    },
  ],
  [
    'P03-relay',
    names.hopless,
    'Message 1 upstream, $.headers.max-forwards',
    (copy) => {
      copy.downstream.messages.push({ from: 'source', content: request(copy, 'upstream', 'INVITE') });
    },
  ],
  [
    'P04-relay',
    names.answered,
    'Message 1 downstream, $.headers.record-route',
    (copy) => {
      request(copy, 'upstream', 'INVITE').headers['record-route'] = [{ uri: 'sip:10.0.0.9;lr' }];
    },
  ],
  [
    'P05',
    names.answered,
    'downstream, $.headers.route',
    (copy) => {
      request(copy, 'downstream', 'BYE').headers.route = request(copy, 'upstream', 'BYE').headers.route ?? [];
    },
  ],
  [
    'P06',
    names.answered,
    'Message 1 downstream, $.headers.x-genesys-calluuid',
    (copy) => {
      delete request(copy, 'downstream', 'INVITE').headers['x-genesys-calluuid'];
    },
  ],
  [
    'P06',
    names.answered,
    'downstream, $.requestUri',
    (copy) => {
      request(copy, 'downstream', 'BYE').requestUri = 'sip:1002@127.0.0.1';
    },
  ],
  [
    'P06-responses',
    names.answered,
    'upstream, $.headers.record-route',
    (copy) => {
      delete response(copy, 'upstream', 200).headers['record-route'];
    },
  ],
  [
    'P06-responses',
    names.answered,
    'upstream, $.sdp',
    (copy) => {
      delete response(copy, 'upstream', 200).sdp;
    },
  ],
  [
    'P07',
    names.answered,
    'upstream, $.headers.via',
    (copy) => {
      const { via } = response(copy, 'downstream', 200).headers;
      if (via !== undefined) response(copy, 'upstream', 200).headers.via = via;
    },
  ],
  [
    'P07-trying',
    names.answered,
    'upstream, $.status',
    (copy) => {
      copy.upstream.messages.push({ from: 'destination', content: response(copy, 'upstream', 100) });
    },
  ],
  [
    'P07-at-once',
    names.answered,
    'downstream, $.status',
    (copy) => withoutMessage(copy, 'upstream', response(copy, 'upstream', 180)),
  ],
  [
    'P08',
    names.cancelled,
    'upstream, $.method',
    (copy) => withoutMessage(copy, 'downstream', request(copy, 'downstream', 'CANCEL')),
  ],
  [
    'P08',
    names.cancelled,
    'downstream, $.headers.via',
    (copy) => {
      const { via } = request(copy, 'downstream', 'INVITE').headers;
      if (via !== undefined) request(copy, 'downstream', 'CANCEL').headers.via = via;
    },
  ],
  [
    'P09',
    names.answered,
    'upstream, $.method',
    (copy) => withoutMessage(copy, 'downstream', request(copy, 'downstream', 'ACK')),
  ],
  [
    'P09',
    names.refused,
    'downstream, $.headers.via',
    (copy) => {
      const { via } = request(copy, 'downstream', 'INVITE').headers;
      if (via !== undefined) request(copy, 'downstream', 'ACK').headers.via = via;
    },
  ],
  [
    'P13',
    names.overloaded,
    'downstream, $.status',
    (copy) => {
      response(copy, 'upstream', 500).status = 503;
    },
  ],
];
