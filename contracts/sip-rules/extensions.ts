import type { SipHeaders } from '../messages/sip.ts';
import type { SipRecord } from './record.ts';
import { type Occasion, occasion, rule, type SipRule } from './rule.ts';

const listOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : String(value ?? '').split(','))
    .map((each) => String(each).trim())
    .filter((each) => each !== '');
const textOf = (headers: SipHeaders, name: string) => (typeof headers[name] === 'string' ? headers[name] : undefined);
const secondsOf = (text: string | undefined) => (text === undefined ? undefined : Number.parseInt(text, 10));

function reliable(record: SipRecord): Occasion[] {
  return record.responses
    .filter(({ message }) => message.headers.rseq !== undefined && message.status < 200)
    .flatMap((response) => {
      const { headers } = response.message;
      const asked = response.request?.message.headers ?? {};
      const knows = [...listOf(asked.supported), ...listOf(asked.require)].includes('100rel');
      const before = record.responses.findLast(
        (each) =>
          each.index < response.index &&
          each.request === response.request &&
          each.message.headers.to?.tag === headers.to?.tag &&
          each.message.headers.rseq !== undefined,
      );
      const next = (before?.message.headers.rseq ?? 0) + 1;
      return [
        occasion(
          response,
          '$.headers.require',
          listOf(headers.require).includes('100rel'),
          '100rel has to stand there',
        ),
        occasion(response, '$.headers.rseq', knows, 'the request did not say that it knows 100rel'),
        ...(before === undefined
          ? []
          : [
              occasion(
                response,
                '$.headers.rseq',
                headers.rseq === next,
                `it rises by one to ${next}, got ${headers.rseq}`,
              ),
            ]),
      ];
    });
}

function acknowledged(record: SipRecord): Occasion[] {
  return record.requests
    .filter(({ message }) => message.method === 'PRACK')
    .flatMap((prack) => {
      const { rack } = prack.message.headers;
      const isMeant = record.responses.some(
        ({ index, message: { headers } }) =>
          index < prack.index &&
          headers.rseq === rack?.rseq &&
          headers.cseq?.number === rack?.cseq &&
          headers.cseq?.method === rack?.method,
      );
      const answers = record.answersTo(prack).filter(({ message }) => message.status >= 200);
      const status = isMeant ? 200 : 481;
      return [
        occasion(prack, '$.headers.rack', isMeant, 'it names no reliable response before it'),
        ...answers.map((each) =>
          occasion(
            each,
            '$.status',
            each.message.status === status,
            `it has to be ${status}, got ${each.message.status}`,
          ),
        ),
      ];
    });
}

function sessionTimers({ entries }: SipRecord): Occasion[] {
  return entries.flatMap((entry) => {
    const { headers } = entry.message;
    const seconds = secondsOf(textOf(headers, 'session-expires'));
    const least = Math.max(90, secondsOf(textOf(headers, 'min-se')) ?? 90);
    const status = 'status' in entry.message ? entry.message.status : 0;
    const refusal =
      status === 422
        ? [occasion(entry, '$.headers.min-se', headers['min-se'] !== undefined, '422 says what is enough')]
        : [];
    if (seconds === undefined) return refusal;
    const path = '$.headers.session-expires';
    const found = [occasion(entry, path, seconds >= least, `it has to be ${least} or more, got ${seconds}`)];
    if (status < 200 || status >= 300) return [...refusal, ...found];
    const names = /;\s*refresher=ua[cs]/i.test(textOf(headers, 'session-expires') ?? '');
    return [...found, occasion(entry, path, names, 'a 2xx says who refreshes')];
  });
}

/** SIP and Q.850 have causes of their own; another protocol may have any. */
const knownReason = /^(SIP\s*;\s*cause=[1-6]\d\d|Q\.850\s*;\s*cause=([1-9]\d?|1[01]\d|12[0-7]))(\s*;.*)?$/;
const otherReason = /^(?!(SIP|Q\.850)\b)[A-Za-z0-9.-]+(\s*;.*)?$/;

function reasons({ entries }: SipRecord): Occasion[] {
  return entries.flatMap((entry) =>
    [entry.message.headers.reason]
      .flat()
      .filter((each): each is string => typeof each === 'string')
      .map((text) => {
        const kept = knownReason.test(text) || otherReason.test(text);
        return occasion(entry, '$.headers.reason', kept, `it has to be a protocol and a cause, got "${text}"`);
      }),
  );
}

/** What RFC 3262, RFC 4028 and RFC 3326 ask of reliable responses, sessions and reasons. */
export const extensionRules: readonly SipRule[] = [
  rule(
    'X01',
    '3262, sections 3 and 4',
    'a reliable provisional response is one that the caller knows, and counts on',
    reliable,
  ),
  rule(
    'X01-PRACK',
    '3262, section 3',
    'a PRACK names the response that it acknowledges, and gets 200; any other gets 481',
    acknowledged,
  ),
  rule(
    'X03',
    '4028, sections 4, 6, 7 and 9',
    'a session is no shorter than Min-SE and 90 seconds, and a 2xx says who refreshes',
    sessionTimers,
  ),
  rule('X12', '3326, section 2', 'a reason is a protocol with a cause', reasons, 'warning'),
];
