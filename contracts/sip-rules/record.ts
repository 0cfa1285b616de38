import type { Side } from '../contract.ts';
import { isSipRequest, isSipResponse, type SipMessage, type SipRequest, type SipResponse } from '../messages/sip.ts';
import { otherSide } from '../mirrored.ts';

/** What passed on one SIP connection, as the rules look at it. */
export interface SipTraffic {
  transport: 'TCP' | 'UDP';
  /** In their order, retransmissions left out. */
  messages: readonly { from: Side; content: unknown }[];
  /** The side that is a proxy, where one is. */
  proxy?: Side;
  /** By user name, for the answers to challenges. */
  passwords?: Readonly<Record<string, string>>;
}

interface Entry<M extends SipMessage> {
  /** Its place among the messages. */
  index: number;
  from: Side;
  message: M;
}

export type RequestEntry = Entry<SipRequest>;

export interface ResponseEntry extends Entry<SipResponse> {
  /** What it answers; absent where nothing before it is meant. */
  request?: RequestEntry;
}

export type AnyEntry = RequestEntry | ResponseEntry;

/** A record with its requests and responses brought together. */
export interface SipRecord extends SipTraffic {
  /** All that are SIP messages. */
  entries: readonly AnyEntry[];
  requests: readonly RequestEntry[];
  responses: readonly ResponseEntry[];
  /** The responses to a request, in their order. */
  answersTo(request: RequestEntry): readonly ResponseEntry[];
  /** The INVITE that a CANCEL or an ACK is about: the last one before it of its side, Call-ID and number. */
  inviteOf(request: RequestEntry): RequestEntry | undefined;
}

/** Whether an entry is a request. */
export function isRequestEntry(entry: AnyEntry): entry is RequestEntry {
  return isSipRequest(entry.message);
}

/** The methods that open dialogs, or need none. */
export const openingMethods: readonly string[] = ['INVITE', 'SUBSCRIBE', 'REGISTER', 'OPTIONS'];

/** Reads a connection's messages for the rules. */
export function readTraffic(traffic: SipTraffic): SipRecord {
  const requests: RequestEntry[] = [];
  const responses: ResponseEntry[] = [];
  for (const [index, { from, content }] of traffic.messages.entries()) {
    if (isSipRequest(content)) requests.push({ index, from, message: content });
    else if (isSipResponse(content)) responses.push(withRequest({ index, from, message: content }, requests));
  }
  return {
    ...traffic,
    requests,
    responses,
    entries: [...requests, ...responses].sort((a, b) => a.index - b.index),
    answersTo: (request) => responses.filter((response) => response.request === request),
    inviteOf: (request) => inviteBefore(request, requests),
  };
}

/** A response belongs to the request that it repeats most of: rules have to see one that repeats something wrongly. */
function withRequest(response: Entry<SipResponse>, requests: readonly RequestEntry[]): ResponseEntry {
  const { headers } = response.message;
  const likeness = ({ message: { headers: asked } }: RequestEntry) =>
    [
      headers.via?.branch === asked.via?.branch,
      headers['call-id'] === asked['call-id'],
      headers.cseq?.number === asked.cseq?.number,
      headers.cseq?.method === asked.cseq?.method,
    ].filter(Boolean).length;
  const request = requests
    .filter(({ from, message }) => from === otherSide(response.from) && message.method !== 'ACK')
    .reduce<RequestEntry | undefined>(
      (best, each) => (best === undefined || likeness(each) >= likeness(best) ? each : best),
      undefined,
    );
  return request === undefined || likeness(request) < 3 ? response : { ...response, request };
}

function inviteBefore(request: RequestEntry, requests: readonly RequestEntry[]): RequestEntry | undefined {
  const { headers } = request.message;
  const before = requests.filter(
    ({ index, from, message }) => index < request.index && from === request.from && message.method === 'INVITE',
  );
  const same = before.filter(({ message }) => message.headers['call-id'] === headers['call-id']);
  return (
    same.findLast(({ message }) => message.headers.cseq?.number === headers.cseq?.number) ??
    before.findLast(({ message }) => message.headers.via?.branch === headers.via?.branch) ??
    same.at(-1)
  );
}
