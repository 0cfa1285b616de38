import { describe, expect, test } from '@jest/globals';
import { assumed, destination, type Interaction, type Step, source } from './contract.ts';
import { Conversation, judge, type ObservedMessage } from './conversation.ts';
import { bind, bound, fromState, integer, string } from './matchers.ts';
import type { MessageProfile } from './messages/profile.ts';

interface Message {
  name: string;
  ref?: number;
  [attribute: string]: unknown;
}

const profile: MessageProfile = {
  strict: { source: ['$'], destination: [] },
  title: (content) => String((content as Message).name),
  identity: { source: ['$.name'], destination: ['$.name'] },
};

function interaction(steps: Step<Message>[], more: Partial<Interaction> = {}): Interaction {
  return { description: 'a talk', basis: assumed('for this test'), given: [], steps: steps as Step[], ...more };
}

const asks = (content: Message): ObservedMessage => ({ from: 'source', content, atMs: 0 });
const answers = (content: Message): ObservedMessage => ({ from: 'destination', content, atMs: 0 });

const read = interaction([
  source<Message>({ name: 'Read', ref: bind('ref', integer(1)) }),
  destination<Message>({ name: 'Part', ref: bound('ref', 1), text: string('some') }, { repeat: true }),
  destination<Message>({ name: 'End', ref: bound('ref', 1) }),
]);

function texts(of: Interaction, messages: ObservedMessage[], side: 'source' | 'destination' = 'destination'): string[] {
  return judge(of, messages, profile, side).map(({ message }) => message);
}

describe('a conversation that keeps the contract', () => {
  test('may repeat what may repeat and answers with the reference it was asked with', () => {
    const part = answers({ name: 'Part', ref: 7, text: 'x' });
    expect(texts(read, [asks({ name: 'Read', ref: 7 }), part, part, answers({ name: 'End', ref: 7 })])).toEqual([]);
  });

  test('may leave out an optional step', () => {
    const call = interaction([
      source<Message>({ name: 'INVITE' }),
      destination<Message>({ name: '180' }, { optional: true }),
      destination<Message>({ name: '200' }),
    ]);
    expect(texts(call, [asks({ name: 'INVITE' }), answers({ name: '200' })])).toEqual([]);
    expect(texts(call, [asks({ name: 'INVITE' }), answers({ name: '180' }), answers({ name: '200' })])).toEqual([]);
  });

  test('may interleave lanes but not the steps of one lane', () => {
    const both = interaction([
      source<Message>({ name: 'A', ref: 1 }, { lane: 'a' }),
      source<Message>({ name: 'B', ref: 2 }, { lane: 'b' }),
      destination<Message>({ name: 'A1' }, { lane: 'a' }),
      destination<Message>({ name: 'A2' }, { lane: 'a' }),
      destination<Message>({ name: 'B1' }, { lane: 'b' }),
    ]);
    const asked = [asks({ name: 'A', ref: 1 }), asks({ name: 'B', ref: 2 })];
    expect(texts(both, [...asked, ...['B1', 'A1', 'A2'].map((name) => answers({ name }))])).toEqual([]);
    expect(texts(both, [...asked, ...['A2', 'B1', 'A1'].map((name) => answers({ name }))])).toEqual([
      'step 3 of 5, from the destination: expected A1 in its place, got it came too late',
    ]);
  });
});

describe('a conversation that breaks the contract', () => {
  const asked = asks({ name: 'Read', ref: 7 });
  const part = answers({ name: 'Part', ref: 7, text: 'x' });
  const end = answers({ name: 'End', ref: 7 });

  test('lacks a message', () => {
    expect(texts(read, [asked, part])).toEqual(['step 3 of 3, from the destination: expected End, got nothing']);
    expect(texts(read, [asked, end])).toEqual(['step 2 of 3, from the destination: expected Part, got nothing']);
  });

  test('has a message twice', () => {
    expect(texts(read, [asked, part, end, end])).toEqual([
      'step 3 of 3, from the destination: expected End once, got it came again',
    ]);
  });

  test('has a message that nothing asks for', () => {
    expect(texts(read, [asked, part, end, answers({ name: 'Extra' })])).toEqual([
      'destination: expected no further message, got Extra',
    ]);
  });

  test('has a message too many before the one that fits, and that one alone is named', () => {
    const orders = interaction([
      source<Message>({ name: 'Write', ref: 1 }),
      source<Message>({ name: 'Write', ref: 2 }),
    ]);
    const [first, second] = [asks({ name: 'Write', ref: 1 }), asks({ name: 'Write', ref: 2 })];
    const extra = asks({ name: 'Write', ref: 9 });
    expect(texts(orders, [extra, first, second], 'source')).toEqual(['source: expected no such message, got Write']);
    expect(texts(orders, [first, second, extra], 'source')).toEqual(['source: expected no further message, got Write']);
  });

  test('has a message too many where an optional one of another kind may come', () => {
    const order = interaction([
      source<Message>({ name: 'Begin' }, { optional: true }),
      source<Message>({ name: 'Write', ref: 1 }),
      source<Message>({ name: 'Commit' }, { optional: true }),
    ]);
    expect(texts(order, [asks({ name: 'Write', ref: 1 }), asks({ name: 'Drop' })], 'source')).toEqual([
      'source: expected no further message, got Drop',
    ]);
  });

  test('has the wrong reference', () => {
    const wrong = judge(read, [asked, part, answers({ name: 'End', ref: 8 })], profile, 'destination');
    expect(wrong).toHaveLength(1);
    expect(wrong[0]).toMatchObject({ step: 3, path: '$.ref', rule: 'bound', side: 'destination' });
  });

  test('has a field wrong, and only the side that sent it is blamed', () => {
    const messages = [asked, answers({ name: 'Part', ref: 7, text: 5 }), end];
    expect(judge(read, messages, profile, 'destination')[0]).toMatchObject({ step: 2, path: '$.text', rule: 'type' });
    expect(judge(read, messages, profile, 'source')).toEqual([]);
  });

  test('is seen not at all', () => {
    expect(texts(read, [], 'source')).toEqual(['step 1 of 3, from the source: expected Read, got nothing']);
  });

  test('holds what must never be sent', () => {
    const write = interaction([source<Message>({ name: 'Ping' })], {
      forbidden: [source({ name: 'Write', field: 'isAgent' })],
    });
    const messages = [asks({ name: 'Ping' }), asks({ name: 'Write', field: 'isAgent' })];
    expect(texts(write, messages, 'source')).toContain(
      'source: expected this message never to be sent, got Write with $.field',
    );
  });
});

describe('who waits for whom', () => {
  const talk = interaction([
    source<Message>({ name: 'Open' }),
    destination<Message>({ name: 'Opened', ref: bind('ref', integer(1)) }),
    source<Message>({ name: 'Read', ref: bound('ref', 1) }),
    destination<Message>({ name: 'Data', ref: bound('ref', 1) }),
  ]);
  const [open, opened] = [asks({ name: 'Open' }), answers({ name: 'Opened', ref: 7 })];
  const [read, data] = [asks({ name: 'Read', ref: 7 }), answers({ name: 'Data', ref: 7 })];

  test('whoever does not wait for the other side came too early, and the other side is not blamed', () => {
    expect(texts(talk, [open, read, opened, data], 'source')).toEqual([
      'step 3 of 4, from the source: expected Read in its place, got it came too early',
    ]);
    expect(texts(talk, [open, read, opened, data], 'destination')).toEqual([]);
  });

  test('a message that never came is missing on the side that owed it, whatever the other side did', () => {
    expect(texts(talk, [open, read, data], 'destination')).toEqual([
      'step 2 of 4, from the destination: expected Opened, got nothing',
    ]);
    expect(texts(talk, [open, read, data], 'source')).toEqual([]);
    expect(texts(talk, [opened, read, data], 'source')).toEqual([
      'step 1 of 4, from the source: expected Open, got nothing',
    ]);
  });

  test('messages of one side that change places are out of order', () => {
    expect(texts(talk, [read, opened, open, data], 'source')).toEqual([
      'step 3 of 4, from the source: expected Read in its place, got it came too early',
    ]);
  });

  test('a message in the place of another is the broken other, unless that one comes', () => {
    expect(texts(talk, [open, opened, asks({ name: 'Open' }), data], 'source')).toEqual([
      'step 1 of 4, from the source: expected Open once, got it came again',
      'step 3 of 4, from the source: expected Read, got nothing',
    ]);
    const twice = interaction([
      source<Message>({ name: 'Write' }),
      destination<Message>({ name: 'Refused', note: 'full' }),
      source<Message>({ name: 'Write again' }),
      destination<Message>({ name: 'Taken' }),
    ]);
    const messages = [
      asks({ name: 'Write' }),
      answers({ name: 'Taken' }),
      asks({ name: 'Write again' }),
      answers({ name: 'Taken' }),
    ];
    expect(judge(twice, messages, profile, 'destination')).toMatchObject([
      { step: 2, path: '$.name' },
      { step: 2, path: '$.note' },
    ]);
  });

  test('an optional step that comes too late is out of order, not doubled', () => {
    const call = interaction([
      destination<Message>({ name: '100' }, { optional: true }),
      destination<Message>({ name: '180' }),
    ]);
    const late = judge(call, [answers({ name: '180' }), answers({ name: '100' })], profile, 'destination');
    expect(late).toMatchObject([{ rule: 'order', step: 1, title: '100' }]);
  });
});

describe('which message is broken', () => {
  const writes = interaction([
    source<Message>({ name: 'Write', key: string('a'), of: bind('of', string('x')) }),
    source<Message>({ name: 'Write', key: string('a'), of: bound('of', 'x') }),
  ]);
  const write = (message: Partial<Message>) => asks({ name: 'Write', key: 'a', of: 'x', ...message });

  test('one wrong value breaks the step that is due, though a step further on would bear it', () => {
    const [first] = judge(writes, [write({ key: 5 }), write({})], profile, 'source');
    expect(first).toMatchObject({ step: 1, path: '$.key', rule: 'type' });
    const [second] = judge(writes, [write({}), write({ of: 'y' })], profile, 'source');
    expect(second).toMatchObject({ step: 2, path: '$.of', rule: 'bound' });
  });

  test('a copy to the letter is a duplicate, though it might pass for a broken next message', () => {
    const three = judge(writes, [write({}), write({}), write({})], profile, 'source');
    expect(three).toMatchObject([{ rule: 'duplicate', title: 'Write' }]);
  });

  test('a later message of the right kind is that one, and those before it are missing', () => {
    const talk = interaction([
      destination<Message>({ name: 'A', text: string('a') }),
      destination<Message>({ name: 'B', text: string('b') }),
    ]);
    expect(texts(talk, [answers({ name: 'B', text: 5 })])).toEqual([
      'step 1 of 2, from the destination: expected A, got nothing',
      '$.text: expected a string like "b", got 5 (number)',
    ]);
  });

  test('a part of a remembered object is named by its own path', () => {
    const echo = interaction([
      source<Message>({ name: 'Ask', via: bind('via', { hop: string('h'), branch: string('b') }) }),
      destination<Message>({ name: 'Answer', via: bound('via', { hop: 'h', branch: 'b' }) }),
    ]);
    const asked = asks({ name: 'Ask', via: { hop: 'h1', branch: 'b1' } });
    const found = judge(
      echo,
      [asked, answers({ name: 'Answer', via: { hop: 'h1', branch: 'b2' } })],
      profile,
      'destination',
    );
    expect(found.map(({ message }) => message)).toEqual([
      '$.via.branch: expected "b1", as in the value bound to via, got "b2" (string)',
    ]);
  });
});

describe('what is due', () => {
  test('comes with state values and remembered values filled in', () => {
    const update = interaction([
      source<Message>({ name: 'Get', key: fromState('key', 'k0') }),
      destination<Message>({ name: 'Got', tag: bind('tag', string('t0')) }),
      source<Message>({ name: 'Put', tag: bound('tag', 't0') }),
    ]);
    const conversation = new Conversation(update, profile, { values: { key: 'k9' } });
    expect(conversation.nextFromSource()).toEqual({ name: 'Get', key: 'k9' });
    conversation.feed(asks({ name: 'Get', key: 'k9' }));
    expect(conversation.nextFromSource()).toBeUndefined();
    conversation.feed(answers({ name: 'Got', tag: 't7' }));
    expect(conversation.nextFromSource()).toEqual({ name: 'Put', tag: 't7' });
    expect(conversation.done).toBe(false);
    conversation.feed(asks({ name: 'Put', tag: 't7' }));
    expect(conversation.done).toBe(true);
    expect(conversation.mismatches()).toEqual([]);
  });
});

describe('the sessions of a source', () => {
  const transfer = interaction([
    source<Message>({ name: 'Begin' }, { session: 'transaction' }),
    source<Message>({ name: 'Look' }, { session: 'other' }),
    source<Message>({ name: 'Ping' }),
    source<Message>({ name: 'End' }, { session: 'transaction' }),
  ]);
  const inSession = (name: string, session: string): ObservedMessage => ({ ...asks({ name }), session });
  const told = (...messages: ObservedMessage[]) => texts(transfer, messages, 'source');

  test('may have any names of their own, and what names none may come in any', () => {
    expect(
      told(inSession('Begin', 's7'), inSession('Look', 's9'), inSession('Ping', 's7'), inSession('End', 's7')),
    ).toEqual([]);
  });

  test('are not asked for on a wire that does not tell them apart', () => {
    expect(told(...['Begin', 'Look', 'Ping', 'End'].map((name) => asks({ name })))).toEqual([]);
  });

  test('are one for one name', () => {
    expect(
      told(inSession('Begin', 's7'), inSession('Look', 's9'), asks({ name: 'Ping' }), inSession('End', 's8')),
    ).toEqual(['step 4 of 4, from the source: expected End in the session "transaction", got it in another session']);
    expect(
      told(inSession('Begin', 's7'), inSession('Look', 's9'), asks({ name: 'Ping' }), inSession('End', 's9')),
    ).toEqual([
      'step 4 of 4, from the source: expected End in the session "transaction", got it in the session "other"',
    ]);
  });

  test('are two for two names', () => {
    expect(
      told(inSession('Begin', 's7'), inSession('Look', 's7'), asks({ name: 'Ping' }), inSession('End', 's7')),
    ).toEqual([
      'step 2 of 4, from the source: expected Look in a session of its own, "other", got it in the session "transaction"',
    ]);
  });

  test('are told by name to whoever plays the source', () => {
    const conversation = new Conversation(transfer, profile);
    const names = transfer.steps.map(({ content }) => {
      const { nextSession } = conversation;
      conversation.feed(asks(content as Message));
      return nextSession;
    });
    expect(names).toEqual(['transaction', 'other', undefined, 'transaction']);
  });
});
