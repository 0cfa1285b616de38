import type { Side } from '../contract.ts';
import { otherSide } from '../mirrored.ts';
import { acknowledgesRefusal } from '../sip-rules/dialogs.ts';
import {
  type RequestEntry,
  type ResponseEntry,
  readTraffic,
  type SipRecord,
  type SipTraffic,
} from '../sip-rules/record.ts';

/** The two connections of a proxy that a call crosses: upstream is the one on which it was opened. */
export type Hop = 'upstream' | 'downstream';

/** What passed on both sides of one proxy. Upstream the proxy is the destination, downstream the source. */
export type RelayTraffic = Readonly<Record<Hop, Pick<SipTraffic, 'transport' | 'messages'>>>;

/** A request that a proxy passed on, as it came and as it went. */
export interface PassedRequest {
  /** The hop on which it came. */
  from: Hop;
  /** The hop on which it went on. */
  to: Hop;
  came: RequestEntry;
  went: RequestEntry;
}

/** A response to a request that was passed on, as it came back and, if it did, as it went on. */
export interface PassedResponse {
  request: PassedRequest;
  came: ResponseEntry;
  went: ResponseEntry | undefined;
}

/** Both sides of a proxy with the copies of each transaction brought together. */
export interface RelayRecord {
  hops: Readonly<Record<Hop, SipRecord>>;
  requests: readonly PassedRequest[];
  /** Those above 100, which is of one hop alone. */
  responses: readonly PassedResponse[];
  /** The requests that came to the proxy on a hop, and those that it sent there. */
  cameOn(hop: Hop): readonly RequestEntry[];
  wentOn(hop: Hop): readonly RequestEntry[];
}

export const hopNames: readonly Hop[] = ['upstream', 'downstream'];

export const otherHop = (hop: Hop): Hop => (hop === 'upstream' ? 'downstream' : 'upstream');

/** Which side of a hop the proxy is. */
const proxyOn: Readonly<Record<Hop, Side>> = { upstream: 'destination', downstream: 'source' };

/** Whether a request is of one hop alone: CANCEL, and the ACK of a refusal (RFC 3261, sections 16.10 and 17.1.1.3). */
export function isOfOneHop(request: RequestEntry, record: SipRecord): boolean {
  return request.message.method === 'CANCEL' || acknowledgesRefusal(request, record);
}

/** Reads both sides of a proxy for the rules. */
export function readRelay(traffic: RelayTraffic): RelayRecord {
  const read = (hop: Hop) => readTraffic({ ...traffic[hop], proxy: proxyOn[hop] });
  const hops = { upstream: read('upstream'), downstream: read('downstream') };
  const sentBy = (hop: Hop, side: Side) => hops[hop].requests.filter(({ from }) => from === side);
  const cameOn = (hop: Hop) => sentBy(hop, otherSide(proxyOn[hop]));
  const wentOn = (hop: Hop) => sentBy(hop, proxyOn[hop]);

  const requests = hopNames.flatMap((from): PassedRequest[] => {
    const to = otherHop(from);
    const left = wentOn(to).filter((request) => !isOfOneHop(request, hops[to]));
    return cameOn(from)
      .filter((request) => !isOfOneHop(request, hops[from]))
      .flatMap((came) => {
        const went = copyOf(came, left);
        if (went === undefined) return [];
        left.splice(left.indexOf(went), 1);
        return [{ from, to, came, went }];
      });
  });
  const responses = requests.flatMap((request): PassedResponse[] => {
    const { from, to, came, went } = request;
    const left = [...hops[from].answersTo(came)];
    return hops[to]
      .answersTo(went)
      .filter(({ message }) => message.status > 100)
      .map((response) => {
        const at = left.findIndex(({ message }) => message.status === response.message.status);
        return { request, came: response, went: at < 0 ? undefined : left.splice(at, 1)[0] };
      });
  });
  return { hops, requests, responses, cameOn, wentOn };
}

/** The request that repeats most of another one: rules have to see one that repeats something wrongly. */
function copyOf(came: RequestEntry, candidates: readonly RequestEntry[]): RequestEntry | undefined {
  const { headers, method } = came.message;
  const likeness = ({ message }: RequestEntry) =>
    [
      message.headers['call-id'] === headers['call-id'],
      message.headers.cseq?.number === headers.cseq?.number,
      message.headers.from?.tag === headers.from?.tag,
      message.headers.via?.below?.[0]?.branch === headers.via?.branch,
    ].filter(Boolean).length;
  return candidates
    .filter((each) => each.message.method === method && likeness(each) >= 2)
    .reduce<RequestEntry | undefined>(
      (best, each) => (best === undefined || likeness(each) > likeness(best) ? each : best),
      undefined,
    );
}
