import { isSipRequest, type SipMessage } from '../messages/sip.ts';
import type { SipRecord } from './record.ts';
import { occasion, rule, type SipRule } from './rule.ts';

const hasBody = ({ sdp, body }: SipMessage) => sdp !== undefined || body !== undefined;

/** Whether the stated length can be that of the body; a session description is no longer the text that it was. */
function lengthFits(message: SipMessage, length: number): boolean {
  if (message.body !== undefined) return length === new TextEncoder().encode(message.body).length;
  return message.sdp === undefined ? length === 0 : length > 0;
}

const mandatory = ['from', 'to', 'call-id', 'cseq'] as const;

function missing({ entries }: SipRecord, names: readonly string[], of: (message: SipMessage) => boolean) {
  return entries
    .filter(({ message }) => of(message))
    .flatMap((entry) =>
      names.map((name) =>
        occasion(
          entry,
          `$.headers.${name}`,
          entry.message.headers[name] !== undefined,
          `${name} has to be there, and is not`,
        ),
      ),
    );
}

/** What RFC 3261 asks of every message, as far as logical messages show it. */
export const messageRules: readonly SipRule[] = [
  rule(
    'R04',
    '3261, sections 18.3 and 20.14',
    'on a stream every message says how many octets its body has',
    ({ entries, transport }) =>
      transport === 'UDP'
        ? []
        : entries.map((entry) => {
            const length = entry.message.headers['content-length'];
            const text = `the length has to be that of the body, got ${length ?? 'none'}`;
            return occasion(
              entry,
              '$.headers.content-length',
              length !== undefined && lengthFits(entry.message, length),
              text,
            );
          }),
  ),
  rule(
    'R10',
    '3261, section 8.1.1.5',
    'CSeq is a number below 2^31, and its method is that of the request',
    ({ entries }) =>
      entries.flatMap((entry) => {
        const { cseq } = entry.message.headers;
        if (cseq === undefined) return [];
        const isNumber = Number.isInteger(cseq.number) && cseq.number >= 0 && cseq.number < 2 ** 31;
        const range = `the number has to lie below 2^31, got ${cseq.number}`;
        const number = occasion(entry, '$.headers.cseq.number', isNumber, range);
        if (!isSipRequest(entry.message)) return [number];
        const { method } = entry.message;
        const text = `the method has to be ${method}, got ${cseq.method}`;
        return [number, occasion(entry, '$.headers.cseq.method', cseq.method === method, text)];
      }),
  ),
  rule('R11', '3261, section 20', 'every message has From, To, Call-ID and CSeq', (record) =>
    missing(record, mandatory, () => true),
  ),
  rule('R12', '3261, section 20.15', 'a body has a type', (record) => missing(record, ['content-type'], hasBody)),
  rule('R13', '3261, section 20.22', 'Max-Forwards lies between 0 and 255', ({ entries }) =>
    entries.flatMap((entry) => {
      const hops = entry.message.headers['max-forwards'];
      if (hops === undefined) return [];
      const kept = Number.isInteger(hops) && hops >= 0 && hops <= 255;
      return [occasion(entry, '$.headers.max-forwards', kept, `it has to lie between 0 and 255, got ${hops}`)];
    }),
  ),
  rule('R20', '3261, section 8.1.1', 'a request has a Via, and says how many hops it may go', (record) => [
    ...missing(record, ['via'], isSipRequest),
    ...missing(record, ['max-forwards'], (message) => isSipRequest(message) && message.method !== 'ACK'),
  ]),
  rule(
    'R20-ACK',
    '3261, section 8.1.1',
    'an ACK says how many hops it may go, which real SIP Servers are known to leave out',
    (record) => missing(record, ['max-forwards'], (message) => isSipRequest(message) && message.method === 'ACK'),
    'warning',
  ),
];
