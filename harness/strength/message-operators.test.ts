import { describe, expect, test } from '@jest/globals';
import { assumed, destination, type Interaction, type Step, source } from '../../contracts/contract.ts';
import { judge, type ObservedMessage } from '../../contracts/conversation.ts';
import { integer, string } from '../../contracts/matchers.ts';
import type { MessageProfile } from '../../contracts/messages/profile.ts';
import type { Baseline } from './baseline.ts';
import { messageBreaks } from './message-operators.ts';
import { placedMessages } from './messages.ts';
import { namesBreak } from './mutant.ts';
import { tolerantChanges } from './tolerant.ts';

interface Message {
  name: string;
  n?: number;
  note?: string;
}

const profile: MessageProfile = {
  strict: { source: [], destination: [] },
  title: (content) => String((content as Message).name),
  identity: { source: ['$.name'], destination: ['$.name'] },
};

const asks = (name: string, more: Partial<Message> = {}): ObservedMessage => ({
  from: 'source',
  content: { name, ...more },
  atMs: 0,
});
const answers = (name: string, more: Partial<Message> = {}): ObservedMessage => ({
  ...asks(name, more),
  from: 'destination',
});

function baseline(steps: Step<Message>[], messages: ObservedMessage[], more: Partial<Interaction> = {}): Baseline {
  const interaction = { description: 'a talk', basis: assumed('for this test'), given: [], steps: steps as Step[] };
  return { interaction: { ...interaction, ...more }, side: 'destination', messages, values: {} };
}

function breaksOf(record: Baseline) {
  return messageBreaks(record, placedMessages(record, profile), profile);
}
const namesOf = (messages: readonly ObservedMessage[]) =>
  messages.map(({ content }) => (content as Message).name).join(' ');

const read = baseline(
  [
    source<Message>({ name: 'Read' }),
    destination<Message>({ name: 'Begin' }),
    destination<Message>({ name: 'Part', n: integer(1) }, { repeat: true }),
    destination<Message>({ name: 'Note', note: string('n') }, { optional: true }),
    destination<Message>({ name: 'End' }),
  ],
  [asks('Read'), answers('Begin'), answers('Part', { n: 1 }), answers('Note', { note: 'n' }), answers('End')],
);

describe('what can be done to messages', () => {
  test('each is lost, doubled, swapped and late, but for what a step allows', () => {
    expect(breaksOf(read).map(({ operator, step, messages }) => `${operator} ${step}: ${namesOf(messages)}`)).toEqual([
      'message lost 2: Read Part Note End',
      'message lost 3: Read Begin Note End',
      'message lost 5: Read Begin Part Note',
      'message duplicated 2: Read Begin Begin Part Note End',
      'message duplicated 4: Read Begin Part Note Note End',
      'message duplicated 5: Read Begin Part Note End End',
      'swapped with the next 2: Read Part Begin Note End',
      'swapped with the next 3: Read Begin Note Part End',
      'swapped with the next 4: Read Begin Part End Note',
      'late 2: Read Part Note End Begin',
      'late 3: Read Begin Note End Part',
    ]);
  });

  test('and the judge names every one of them', () => {
    for (const { operator, step, naming, messages } of breaksOf(read)) {
      const found = judge(read.interaction, messages, profile, 'destination');
      const named = found.some((mismatch) => namesBreak(naming, mismatch));
      expect(`${operator} ${step}: ${named ? 'named' : JSON.stringify(found)}`).toBe(`${operator} ${step}: named`);
    }
  });

  test('what may change places is not swapped', () => {
    const parts = baseline(
      [destination<Message>({ name: 'Part', n: integer(1) }), destination<Message>({ name: 'Part', n: integer(1) })],
      [answers('Part', { n: 1 }), answers('Part', { n: 2 })],
    );
    expect(breaksOf(parts).filter(({ operator }) => operator.startsWith('swapped'))).toEqual([]);
  });

  test('messages of different lanes have no order', () => {
    const lanes = baseline(
      [destination<Message>({ name: 'A' }, { lane: 'a' }), destination<Message>({ name: 'B' }, { lane: 'b' })],
      [answers('A'), answers('B')],
    );
    expect(breaksOf(lanes).map(({ operator }) => operator)).not.toContain('swapped with the next');
  });

  test('a message of a session that has several is sent in another one, and the judge names it', () => {
    const inSession = (name: string, session: string): ObservedMessage => ({ ...asks(name), session });
    const record: Baseline = {
      ...baseline(
        [
          source<Message>({ name: 'Begin' }, { session: 'transaction' }),
          source<Message>({ name: 'Look' }, { session: 'other' }),
          source<Message>({ name: 'End' }, { session: 'transaction' }),
        ],
        [inSession('Begin', 's1'), inSession('Look', 's2'), inSession('End', 's1')],
      ),
      side: 'source',
    };
    const moved = breaksOf(record).filter(({ operator }) => operator === 'in another session');
    expect(moved.map(({ step, messages }) => [step, messages.map(({ session }) => session)])).toEqual([
      [1, ['another than s1', 's2', 's1']],
      [3, ['s1', 's2', 'another than s1']],
    ]);
    for (const { naming, messages } of moved) {
      const found = judge(record.interaction, messages, profile, 'source');
      expect(found.map((mismatch) => namesBreak(naming, mismatch))).toEqual([true]);
    }
  });

  test('what is forbidden is sent', () => {
    const quiet = baseline(
      [source<Message>({ name: 'Ping' }), destination<Message>({ name: 'Pong' })],
      [asks('Ping'), answers('Pong')],
      {
        forbidden: [destination<Message>({ name: 'Write', note: 'x' }) as Step],
      },
    );
    const [sent] = breaksOf(quiet).filter(({ operator }) => operator === 'forbidden message');
    expect(namesOf(sent?.messages ?? [])).toBe('Ping Pong Write');
    const found = judge(quiet.interaction, sent?.messages ?? [], profile, 'destination');
    expect(sent !== undefined && found.some((mismatch) => namesBreak(sent.naming, mismatch))).toBe(true);
  });
});

describe('what has to be borne', () => {
  test('another key order, an optional step left out, a repeated step once more', async () => {
    const changes = await tolerantChanges(read, profile, {});
    expect(changes.map(({ change, step }) => `${change} ${step}`)).toEqual([
      'other key order 0',
      'optional step left out 4',
      'repeated step once more 3',
    ]);
    for (const { messages } of changes) expect(judge(read.interaction, messages, profile, 'destination')).toEqual([]);
  });

  test('an adapter may know of more', async () => {
    const respell = async (content: unknown) => [{ change: 'in capitals', content }];
    const changes = await tolerantChanges(read, profile, { respell });
    expect(changes.filter(({ change }) => change === 'in capitals').map(({ step }) => step)).toEqual([2, 3, 4, 5]);
  });
});
