import { isDeepStrictEqual } from 'node:util';
import type { SipContact, SipHop, SipMessage, SipVia } from '../messages/sip.ts';
import { hopNames, isOfOneHop, otherHop, type PassedRequest, type RelayRecord } from './record.ts';
import { occasion, type RelayOccasion, type RelayRule } from './rule.ts';

/** What a proxy has to change, or may (RFC 3261, section 16.6). */
const ownHeaders: readonly string[] = ['via', 'max-forwards', 'route', 'record-route'];

const text = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value));

const hopsOf = (via: SipVia | undefined): SipHop[] => {
  if (via === undefined) return [];
  const { below = [], ...top } = via;
  return [top, ...below];
};

const uris = (contacts: readonly SipContact[] | undefined) => (contacts ?? []).map(({ uri }) => uri);

/** What the proxy has put on top of the recorded route. */
function recordedBy({ came, went }: PassedRequest): string[] {
  const before = uris(came.message.headers['record-route']);
  const after = uris(went.message.headers['record-route']);
  return after.slice(0, Math.max(0, after.length - before.length));
}

function vias({ requests }: RelayRecord): RelayOccasion[] {
  return requests.flatMap(({ to, came, went }) => {
    const before = hopsOf(came.message.headers.via);
    const [own, ...below] = hopsOf(went.message.headers.via);
    const known = before.map(({ branch }) => branch);
    const is = (path: string, kept: boolean, what: string) => occasion(to, went, path, kept, what);
    return [
      is(
        '$.headers.via.below',
        isDeepStrictEqual(below, before),
        `below one new hop there have to be those that it came with, ${text(before)}, got ${text(below)}`,
      ),
      is(
        '$.headers.via.branch',
        !known.includes(own?.branch),
        `the proxy's hop has a branch of its own, got "${own?.branch}", which was there`,
      ),
    ];
  });
}

function maxForwards({ requests }: RelayRecord): RelayOccasion[] {
  return requests.map(({ to, came, went }) => {
    const before = came.message.headers['max-forwards'];
    const after = went.message.headers['max-forwards'];
    const owed = before === undefined ? 70 : before - 1;
    return occasion(to, went, '$.headers.max-forwards', after === owed, `it has to be ${owed}, got ${after ?? 'none'}`);
  });
}

function endOfHops({ hops, requests, cameOn }: RelayRecord): RelayOccasion[] {
  return hopNames.flatMap((hop) =>
    cameOn(hop)
      .filter((request) => request.message.headers['max-forwards'] === 0 && !isOfOneHop(request, hops[hop]))
      .map((came) => {
        const passed = requests.some((each) => each.came === came);
        return occasion(hop, came, '$.headers.max-forwards', !passed, 'it is 0, and the request was passed on');
      }),
  );
}

function recordedRoutes({ requests }: RelayRecord): RelayOccasion[] {
  return requests
    .filter(({ came, went }) => [came, went].some(({ message }) => message.headers['record-route'] !== undefined))
    .map((request) => {
      const before = uris(request.came.message.headers['record-route']);
      const after = uris(request.went.message.headers['record-route']);
      const kept = isDeepStrictEqual(after.slice(recordedBy(request).length), before);
      const what = `what was recorded before stands below what the proxy records: ${text(before)}, got ${text(after)}`;
      return occasion(request.to, request.went, '$.headers.record-route', kept, what);
    });
}

function routes({ requests }: RelayRecord): RelayOccasion[] {
  const own = new Set(requests.flatMap(recordedBy));
  return requests
    .filter(({ came }) => came.message.headers.route !== undefined)
    .map(({ to, came, went }) => {
      const before = uris(came.message.headers.route);
      const first = before.findIndex((uri) => !own.has(uri));
      const owed = first < 0 ? [] : before.slice(first);
      const after = uris(went.message.headers.route);
      const what = `the proxy takes itself off the route, so that it is ${text(owed)}, got ${text(after)}`;
      return occasion(to, went, '$.headers.route', isDeepStrictEqual(after, owed), what);
    });
}

/** The parts of a message that a proxy leaves as they are, by path. The increments of CSeq are worked out, not sent. */
function parts(message: SipMessage): Map<string, unknown> {
  const { cseq, ...headers } = message.headers;
  const kept = Object.entries(headers).filter(([name]) => !ownHeaders.includes(name));
  return new Map<string, unknown>([
    ...kept.map(([name, value]): [string, unknown] => [`$.headers.${name}`, value]),
    ['$.headers.cseq', cseq && { number: cseq.number, method: cseq.method }],
    ['$.sdp', message.sdp],
    ['$.body', message.body],
  ]);
}

/** An occasion for every part that came; what a proxy adds is its own affair. */
function untouched(
  came: SipMessage,
  went: SipMessage,
  at: (path: string, kept: boolean, what: string) => RelayOccasion,
) {
  const after = parts(went);
  return [...parts(came)]
    .filter(([, value]) => value !== undefined)
    .map(([path, value]) => {
      const got = after.get(path);
      return at(path, isDeepStrictEqual(got, value), `it came as ${text(value)} and went as ${text(got)}`);
    });
}

function requestParts({ requests }: RelayRecord): RelayOccasion[] {
  return requests.flatMap(({ to, came, went }) => {
    const at = (path: string, kept: boolean, what: string) => occasion(to, went, path, kept, what);
    // Where a dialog is opened, the number may be known by another name further on.
    const uri =
      came.message.headers.to?.tag === undefined
        ? []
        : [
            at(
              '$.requestUri',
              went.message.requestUri === came.message.requestUri,
              `it came as "${came.message.requestUri}" and went as "${went.message.requestUri}"`,
            ),
          ];
    return [...uri, ...untouched(came.message, went.message, at)];
  });
}

function responseParts({ responses }: RelayRecord): RelayOccasion[] {
  return responses.flatMap(({ request, came, went }) => {
    if (went === undefined) return [];
    const at = (path: string, kept: boolean, what: string) => occasion(request.from, went, path, kept, what);
    const recorded = [came, went].map(({ message }) => uris(message.headers['record-route'])) as [string[], string[]];
    const route = `it came as ${text(recorded[0])} and went as ${text(recorded[1])}`;
    return [
      at('$.headers.record-route', isDeepStrictEqual(...recorded), route),
      ...untouched(came.message, went.message, at),
    ];
  });
}

function poppedVias({ responses }: RelayRecord): RelayOccasion[] {
  return responses.flatMap(({ request, came, went }) => {
    if (went === undefined) return [];
    const owed = hopsOf(came.message.headers.via).slice(1);
    const got = hopsOf(went.message.headers.via);
    const what = `the proxy takes its own hop off, so that there are ${text(owed)}, got ${text(got)}`;
    return [occasion(request.from, went, '$.headers.via', isDeepStrictEqual(got, owed), what)];
  });
}

function tryings({ hops, requests }: RelayRecord): RelayOccasion[] {
  return requests.flatMap(({ from, came }) =>
    hops[from]
      .answersTo(came)
      .filter(({ message }) => message.status === 100)
      .map((response, at) => occasion(from, response, '$.status', at === 0, 'a 100 had come, and another came too')),
  );
}

function passedAtOnce({ responses }: RelayRecord): RelayOccasion[] {
  return responses
    .filter(({ came }) => came.message.status < 300)
    .map(({ request, came, went }) => {
      const { status } = came.message;
      return occasion(request.to, came, '$.status', went !== undefined, `the ${status} was not passed on`);
    });
}

/** A CANCEL for what was passed on is answered by the proxy, which sends one of its own. */
function cancels({ hops, requests, cameOn, wentOn }: RelayRecord): RelayOccasion[] {
  const isCancel = ({ message }: { message: { method: string } }) => message.method === 'CANCEL';
  return hopNames.flatMap((hop) => [
    ...cameOn(hop)
      .filter(isCancel)
      .map((cancel) => {
        const invite = requests.find(({ came }) => came === hops[hop].inviteOf(cancel));
        const kept = wentOn(otherHop(hop)).some(
          (each) => isCancel(each) && hops[otherHop(hop)].inviteOf(each) === invite?.went,
        );
        return occasion(hop, cancel, '$.method', kept, 'the proxy sent no CANCEL for the INVITE that it passed on');
      }),
    ...wentOn(hop)
      .filter(isCancel)
      .map((cancel) => {
        const owed = hopsOf(hops[hop].inviteOf(cancel)?.message.headers.via).slice(0, 1);
        const got = hopsOf(cancel.message.headers.via);
        const what = `it is of the proxy alone, with the hop of its INVITE, ${text(owed)}, got ${text(got)}`;
        return occasion(hop, cancel, '$.headers.via', isDeepStrictEqual(got, owed), what);
      }),
  ]);
}

/** The ACK of a refusal ends at the proxy, which sends one of its own; that of a 2xx is passed on. */
function acknowledgements({ hops, requests, cameOn, wentOn }: RelayRecord): RelayOccasion[] {
  const isAck = ({ message }: { message: { method: string } }) => message.method === 'ACK';
  return hopNames.flatMap((hop) => [
    ...cameOn(hop)
      .filter((request) => isAck(request) && !isOfOneHop(request, hops[hop]))
      .map((ack) => {
        const kept = requests.some(({ came }) => came === ack);
        return occasion(hop, ack, '$.method', kept, 'the ACK of a 2xx was not passed on');
      }),
    ...wentOn(hop)
      .filter((request) => isAck(request) && isOfOneHop(request, hops[hop]))
      .map((ack) => {
        const owed = hopsOf(hops[hop].inviteOf(ack)?.message.headers.via).slice(0, 1);
        const got = hopsOf(ack.message.headers.via);
        const what = `it is of the proxy alone, with the hop of its INVITE, ${text(owed)}, got ${text(got)}`;
        return occasion(hop, ack, '$.headers.via', isDeepStrictEqual(got, owed), what);
      }),
  ]);
}

function overloads({ responses }: RelayRecord): RelayOccasion[] {
  return responses
    .filter(({ came }) => came.message.status === 503)
    .map(({ request, came, went }) =>
      occasion(request.to, came, '$.status', went === undefined, 'it was passed on as it came, and says too much'),
    );
}

const relayRule = (
  id: string,
  section: string,
  says: string,
  occasions: RelayRule['occasions'],
  level: RelayRule['level'] = 'error',
): RelayRule => ({ id, section: `RFC 3261, ${section}`, says, level, occasions });

/**
 * What RFC 3261 asks of a proxy, as its two sides show it. Loops (section 16.3, step 4) are not here: no contract sends a request
 * round.
 */
export const relayRules: readonly RelayRule[] = [
  relayRule('P01', 'section 16.6 (step 8)', 'a proxy puts one hop of its own on top of Via', vias),
  relayRule('P02', 'section 16.6 (step 3)', 'a proxy lowers Max-Forwards by one', maxForwards),
  relayRule('P03-relay', 'section 16.3 (step 3)', 'a request that may go no further is passed nowhere', endOfHops),
  relayRule('P04-relay', 'section 16.6 (step 4)', 'a proxy records its route on top', recordedRoutes),
  relayRule('P05', 'sections 16.4 and 16.12', 'a proxy takes itself off the route of a request', routes),
  relayRule('P06', 'sections 16.1 and 16.6', 'a proxy leaves all else in a request as it came', requestParts),
  relayRule(
    'P06-responses',
    'sections 16.1 and 16.7',
    'a proxy leaves all else in a response as it came',
    responseParts,
  ),
  relayRule('P07', 'section 16.7 (step 3)', 'a proxy takes its own hop off the Via of a response', poppedVias),
  relayRule('P07-trying', 'section 16.7 (step 5)', 'a 100 is of one hop', tryings),
  relayRule('P07-at-once', 'section 16.7 (step 5)', 'a proxy passes every 101 to 299 on', passedAtOnce),
  relayRule('P08', 'section 16.10', 'a CANCEL is of one hop', cancels),
  relayRule(
    'P09',
    'sections 16.7 (step 10) and 17.1.1.3',
    'the ACK of a refusal is of one hop, that of a 2xx is not',
    acknowledgements,
  ),
  relayRule(
    'P13',
    'section 16.7 (step 6)',
    'that one target is overloaded does not say that the proxy is',
    overloads,
    'warning',
  ),
];
