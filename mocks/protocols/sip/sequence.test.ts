import { expect, test } from '@jest/globals';
import type { Side } from '../../../contracts/contract.ts';
import type { SipMessage } from '../../../contracts/messages/sip.ts';
import { inSequence } from './sequence.ts';

/** Messages of a dialog by their titles: `INVITE 1` of the source, `200 INVITE 1` of the destination, `< BYE 1` the other way round. */
function ordered(...titles: string[]): string[] {
  const messages = titles.map((title) => {
    const [, turned, status, method = '', number] = /^(< )?(?:(\d{3}) )?([A-Z]+) (\d+)$/.exec(title) ?? [];
    const sides: Side[] = turned === undefined ? ['source', 'destination'] : ['destination', 'source'];
    const headers = { cseq: { number: Number(number), method } };
    const content: SipMessage =
      status === undefined ? { method, requestUri: 'sip:a', headers } : { status: Number(status), reason: '', headers };
    return { from: sides[status === undefined ? 0 : 1] as Side, content, atMs: 0, title };
  });
  return inSequence(messages).map((message) => (message as (typeof messages)[number]).title);
}

test('a provisional response comes before the final one, and 100 before all', () => {
  const late = ordered('INVITE 1', '200 INVITE 1', 'ACK 1', '180 INVITE 1', '100 INVITE 1', 'BYE 2', '200 BYE 2');
  expect(late).toEqual(['INVITE 1', '100 INVITE 1', '180 INVITE 1', '200 INVITE 1', 'ACK 1', 'BYE 2', '200 BYE 2']);
});

test('an ACK comes before the request that has overtaken it', () => {
  expect(ordered('INVITE 1', '200 INVITE 1', 'BYE 2', '200 BYE 2', 'ACK 1')).toEqual([
    ...['INVITE 1', '200 INVITE 1', 'ACK 1', 'BYE 2', '200 BYE 2'],
  ]);
});

test('an ACK stays behind the requests that were sent before the INVITE was answered', () => {
  const early = ['INVITE 1', '180 INVITE 1', 'NOTIFY 2', '200 NOTIFY 2', '200 INVITE 1', 'ACK 1'];
  expect(ordered(...early)).toEqual(early);
});

test('the answer to a CANCEL comes before the end of the INVITE', () => {
  expect(ordered('INVITE 1', '180 INVITE 1', 'CANCEL 1', '487 INVITE 1', '200 CANCEL 1', 'ACK 1')).toEqual([
    ...['INVITE 1', '180 INVITE 1', 'CANCEL 1', '200 CANCEL 1', '487 INVITE 1', 'ACK 1'],
  ]);
});

test('nothing else is moved: not a request before its answer, not the answer to what was asked later', () => {
  const wrong = ['INVITE 1', '200 INVITE 1', 'ACK 1', '200 BYE 2', 'BYE 2', '< BYE 1', '< 200 BYE 1', '486 INVITE 1'];
  expect(ordered(...wrong)).toEqual(wrong);
});
