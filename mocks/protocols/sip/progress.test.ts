import { expect, test } from '@jest/globals';
import type { SipMessage } from '../../../contracts/messages/sip.ts';
import { withoutExtraProgress } from './progress.ts';

const cseq = { number: 1, method: 'INVITE' };
const via = { transport: 'TCP', sentBy: 'a', branch: 'z9hG4bK1' };
const invite: SipMessage = { method: 'INVITE', requestUri: 'sip:b', headers: { via, cseq, 'call-id': '1' } };

const answer = (status: number, tag?: string, headers: SipMessage['headers'] = {}): SipMessage => ({
  ...{ status, reason: '' },
  headers: { via, cseq, 'call-id': '1', to: { uri: 'sip:b', ...(tag === undefined ? {} : { tag }) }, ...headers },
});

/** What is left of the answers to an INVITE: status and To tag. */
function kept(answers: readonly SipMessage[], asked?: readonly number[]): string[] {
  const messages = [
    { from: 'source' as const, content: invite, atMs: 0 },
    ...answers.map((content) => ({ from: 'destination' as const, content, atMs: 0 })),
  ];
  return withoutExtraProgress(messages, asked)
    .slice(1)
    .map(({ content }) => {
      const { status, headers } = content as SipMessage & { status: number };
      return [status, headers.to?.tag].join(' ').trim();
    });
}

test('what comes again counts once', () => {
  const answers = [answer(100), answer(100), answer(180, 'a'), answer(180, 'a'), answer(183, 'a'), answer(200, 'a')];
  expect(kept(answers)).toEqual(['100', '180 a', '183 a', '200 a']);
});

test('of the ends that a call is forked to, the one that answers counts', () => {
  expect(kept([answer(180, 'a'), answer(180, 'b'), answer(200, 'b')])).toEqual(['180 b', '200 b']);
});

test('a tag that nobody has rung with is no fork', () => {
  expect(kept([answer(180, 'a'), answer(200, 'b')])).toEqual(['180 a', '200 b']);
});

test('what the judge does not know of is left out', () => {
  expect(kept([answer(100), answer(183, 'a'), answer(180, 'a'), answer(200, 'a')], [100, 180])).toEqual([
    ...['100', '180 a', '200 a'],
  ]);
});

test('what is wrong in itself, or reliable, stays', () => {
  const wrong = [
    answer(183),
    answer(183, 'a', { 'call-id': '2' }),
    answer(183, 'a', { via: { ...via, branch: 'z9hG4bK2' } }),
    answer(183, 'a', { rseq: 1 }),
  ];
  expect(kept([...wrong, answer(200, 'a')], [])).toHaveLength(5);
});
