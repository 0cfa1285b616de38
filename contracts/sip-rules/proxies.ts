import { otherSide } from '../mirrored.ts';
import { occasion, rule, type SipRule } from './rule.ts';

/** What RFC 3261 asks of proxies, as far as one of their connections shows it. */
export const proxyRules: readonly SipRule[] = [
  rule(
    'P03',
    '3261, section 16.3',
    'a proxy refuses what may go no further with 483; it may answer OPTIONS itself',
    (record) => {
      const { proxy, requests } = record;
      if (proxy === undefined) return [];
      return requests
        .filter(({ from, message }) => from === otherSide(proxy) && message.headers['max-forwards'] === 0)
        .filter(({ message }) => message.method !== 'ACK')
        .flatMap((request) => {
          const mayAnswer = request.message.method === 'OPTIONS';
          return record
            .answersTo(request)
            .filter(({ message }) => message.status > 100)
            .map((response) => {
              const { status } = response.message;
              return occasion(response, '$.status', status === 483 || mayAnswer, `it has to be 483, got ${status}`);
            });
        });
    },
  ),
  rule('P04', '3261, sections 16.6 (step 4) and 19.1.1', 'who records its route routes loosely', ({ entries }) =>
    entries.flatMap((entry) =>
      (entry.message.headers['record-route'] ?? []).map(({ uri }, at) => {
        const kept = /^sips?:.*;lr(=[^;]*)?(;|$)/i.test(uri);
        return occasion(
          entry,
          `$.headers.record-route[${at}].uri`,
          kept,
          `it has to have the parameter lr, got "${uri}"`,
        );
      }),
    ),
  ),
  rule('P11', '3261, section 16.2', 'a proxy says 100 to nothing but INVITE', ({ proxy, responses }) =>
    proxy === undefined
      ? []
      : responses
          .filter(({ from, message }) => from === proxy && message.status === 100)
          .map((response) => {
            const method = response.message.headers.cseq?.method;
            return occasion(
              response,
              '$.headers.cseq.method',
              method === 'INVITE',
              `it has to be INVITE, got ${method}`,
            );
          }),
  ),
];
