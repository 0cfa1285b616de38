import { world } from '../../../contracts/world.ts';
import type { RelayingMock } from '../../protocols/sip/proxy/relaying.ts';
import { always, beginning, dialledState, streamLimits, switchState } from '../../protocols/sip/service.ts';
import { relaying } from './relaying.ts';

const LIMIT_REACHED = 'the limit of new dialogs is reached';
const { dns } = world;

/** What the proxy begins: with a node of the SIP Cluster, and with the voice platform on the node's behalf. */
const begun = [
  'the proxy asks whether a node is in service',
  'a caller dials a route point',
  'a call gets a treatment',
  'a call gets an announcement',
  'a call joins a conference',
  'a call reaches a voice application',
  'a voice application hands a call over',
  'a voice application hands a call over after a consultation',
  'a treatment collects digits',
  'the state of the media servers is asked for',
  'an unknown event package is asked for',
  'a treatment is asked for an unknown tenant',
  'a treatment is asked for while all ports are busy',
  'a treatment is asked for with a malformed document',
];

/**
 * Stands for the SIP Proxy and for all that it would forward to: it answers calls itself, by the dialled number. Where an end of its
 * runs beside it, it relays.
 */
const mock: RelayingMock = {
  system: 'Voice SIP Proxy Service',
  switches: [LIMIT_REACHED],
  states: {
    'the proxy is in service': always,
    'a DN answers': dialledState(dns.answering.number),
    'the proxy stays on the route to a DN': dialledState(dns.routed.number),
    'a DN answers when it is told to talk': dialledState(dns.talking.number),
    'a DN limits the time of its sessions': dialledState(dns.timed.number),
    'a DN wants long sessions': dialledState(dns.longTimed.number),
    'a DN answers and hangs up': dialledState(dns.leaving.number),
    'a DN rings and is not answered': dialledState(dns.ringing.number),
    'a DN rings until time is up': dialledState(dns.silent.number),
    'a number is in no dial plan': dialledState(dns.unknown.number),
    'a DN is not registered': dialledState(dns.offline.number),
    'a DN is busy': dialledState(dns.busy.number),
    'a DN declines calls': dialledState(dns.declining.number),
    'no target of a DN is in service': dialledState(dns.unreachable.number),
    ...Object.fromEntries(begun.map((name) => [name, beginning(name)])),
    [LIMIT_REACHED]: switchState(LIMIT_REACHED),
  },
  relaying,
  notModelled: [
    'forwarding while no other end runs beside it: no second leg, so no Via or Max-Forwards of a proxy',
    'the rate limit counts nothing: it is reached or not',
    'a connection that it closes in a call, and another proxy to go to then',
    ...streamLimits,
    'time: a session is as long as its dialog, and a call rings no longer than it takes to say so',
  ],
};

export default mock;
