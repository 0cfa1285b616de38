import { describe, expect, test } from '@jest/globals';
import { assumed, destination, type Interaction, type Side, type Step, source } from '../../contracts/contract.ts';
import { judge, type ObservedMessage } from '../../contracts/conversation.ts';
import type { MessageProfile } from '../../contracts/messages/profile.ts';
import { tcpProfile } from '../../contracts/messages/tcp.ts';
import { type SeenMessages, seenMessages } from './seen.ts';
import type { BrokenRule } from './standard.ts';

const asks = source<unknown>({ name: 'Ask' });
const notes = source<unknown>({ name: 'Note' });
const answers = destination<unknown>({ name: 'Answer', attributes: { Size: 1 } });
const ends = destination<unknown>({ name: 'End' });

function said(from: Side, name: string, more: object = {}): ObservedMessage {
  return { from, content: { name, attributes: {}, ...more }, atMs: 0 };
}

const ask = said('source', 'Ask', { referenceId: 7 });
const note = said('source', 'Note');
const answer = said('destination', 'Answer', { attributes: { Size: 1 } });
const end = said('destination', 'End');

interface Case {
  side?: Side;
  profile?: MessageProfile;
  broken?: BrokenRule[];
}

function seen(steps: Step[], messages: ObservedMessage[], { side, profile = tcpProfile, broken = [] }: Case = {}) {
  const interaction: Interaction = { description: 'one', basis: assumed('for this test'), given: [], steps };
  const mismatches = judge(interaction, messages, profile, side ?? 'destination');
  return seenMessages({ interaction, profile, messages, values: {}, mismatches, broken });
}

/** Each message as its number, its title and what is wrong with it. */
const lines = (found: SeenMessages | undefined) =>
  found?.messages.map(({ at, title, faults }) => [at ?? 'never', title, ...faults].join(' '));

describe('a fault stands at its message', () => {
  test('where a field is wrong', () => {
    const wrong = said('destination', 'Answer', { attributes: { Size: 2 } });
    const found = seen([asks, answers, ends], [ask, wrong, end]);
    expect(lines(found)).toEqual(['1 Ask', '2 Answer $.attributes.Size: expected 1, got 2 (number)', '3 End']);
    expect(found?.messages[0]).toEqual({ at: 1, from: 'source', title: 'Ask', number: '#7', faults: [] });
  });

  test('where nobody asked for it', () => {
    const found = seen([asks, answers], [ask, said('destination', 'Else'), answer]);
    expect(lines(found)).toEqual(['1 Ask', '2 Else destination: expected no such message, got Else', '3 Answer']);
  });

  test('where it came again', () => {
    expect(lines(seen([asks, answers, ends], [ask, answer, end, answer]))).toEqual([
      ...['1 Ask', '2 Answer', '3 End'],
      '4 Answer step 2 of 3, from the destination: expected Answer once, got it came again',
    ]);
  });

  test('where it was too early, which only the later one shows', () => {
    expect(lines(seen([asks, answers, notes, ends], [ask, answer, end, note]))).toEqual([
      ...['1 Ask', '2 Answer'],
      '3 End step 4 of 4, from the destination: expected End in its place, got it came too early',
      '4 Note',
    ]);
  });

  test('where it never came, before what should have followed', () => {
    expect(lines(seen([asks, answers, notes, ends], [ask, note, end]))).toEqual([
      '1 Ask',
      'never Answer',
      '2 Note',
      '3 End',
    ]);
    expect(lines(seen([asks, answers, ends], [ask]))).toEqual(['1 Ask', 'never Answer', 'never End']);
  });

  test('where a rule of the standard is broken, a warning and the own end said to be so', () => {
    const rule = { id: 'T1', section: 'RFC 1, section 2', says: '', level: 'error' } as const;
    const place = { by: 'destination', title: '', path: '$.x', text: 'it has to be y', sentence: '' } as const;
    const broken: BrokenRule[] = [
      { ...place, rule, own: false, message: 2 },
      { ...place, rule: { ...rule, level: 'warning' }, own: true, message: 1 },
    ];
    expect(lines(seen([asks, answers], [ask, answer], { broken }))).toEqual([
      '1 Ask of the harness itself, a warning, $.x: it has to be y (RFC 1, section 2, T1)',
      '2 Answer $.x: it has to be y (RFC 1, section 2, T1)',
    ]);
  });
});

describe('what is kept for a drawing', () => {
  const inDialogs: MessageProfile = { ...tcpProfile, placeOf: () => ({ dialog: 'one' }) };
  const { placeOf: _, ...undrawn } = tcpProfile;

  test('of what passed are conversations with dialogs only, of what failed all', () => {
    const wrong = [ask, said('destination', 'Else')];
    expect(seen([asks, answers], [ask, answer])).toBeUndefined();
    expect(seen([asks, answers], [ask, answer], { profile: inDialogs })?.messages).toHaveLength(2);
    expect(seen([asks, answers], wrong)?.messages).toHaveLength(2);
    expect(seen([asks, answers], wrong, { profile: undrawn })).toBeUndefined();
    expect(seen([asks, answers], [])).toBeUndefined();
  });

  test('is bounded around the first fault, and nothing of a message but its kind', () => {
    const steps = [asks, ...Array.from({ length: 300 }, () => notes), ends];
    const secret = said('source', 'Note', { attributes: { Password: 'never to be told' } });
    const found = seen(steps, [ask, ...Array.from({ length: 300 }, () => secret), said('destination', 'Else')]);
    expect([found?.messages.length, found?.before, found?.after]).toEqual([100, 202, 0]);
    expect(found?.messages.at(-1)?.faults).toHaveLength(1);
    expect(JSON.stringify(found)).not.toContain('never to be told');
    const early = seen([asks, answers, notes], [said('source', 'Else'), answer, note], { side: 'source' });
    expect([early?.messages.length, early?.before, early?.after]).toEqual([3, 0, 0]);
  });
});
