import { describe, expect, test } from '@jest/globals';
import { assumed, type Contract, destination, type Side, source } from '../../contracts/contract.ts';
import type { MessageProfile } from '../../contracts/messages/profile.ts';
import type { RuleVerdict, SeenExchange, StandardRule } from '../../contracts/messages/standard.ts';
import { tcpProfile } from '../../contracts/messages/tcp.ts';
import type { Exchange, MockServer, ObservedMessage, ProtocolAdapter } from '../../mocks/adapter.ts';
import { tryInteraction } from './interaction.ts';
import { verifySource } from './sides.ts';
import type { InteractionResult } from './verdict.ts';

const must: StandardRule = { id: 'T1', section: 'RFC 1, section 2', says: 'nobody shouts', level: 'error' };
const should: StandardRule = { id: 'T2', section: 'RFC 1, section 3', says: 'nobody whispers', level: 'warning' };
const idle: StandardRule = { id: 'T3', section: 'RFC 1, section 4', says: 'nobody sings', level: 'error' };

/** A rule that no message may have a key. */
function verdictOn(key: string, { messages }: SeenExchange): RuleVerdict {
  const breaks = messages.flatMap(({ content }, message) =>
    key in (content as object) ? [{ message, path: `$.${key}`, text: `it has to be absent, got ${key}` }] : [],
  );
  const occasions = messages.length;
  return breaks.length === 0 ? { verdict: 'kept', occasions } : { verdict: 'broken', occasions, breaks };
}

const profile: MessageProfile = {
  ...tcpProfile,
  standard: {
    name: 'Test',
    rules: [must, should, idle],
    check: (exchange) =>
      new Map<string, RuleVerdict>([
        ['T1', verdictOn('loud', exchange)],
        ['T2', verdictOn('soft', exchange)],
        ['T3', { verdict: 'no occasion' }],
      ]),
  },
};

const contract: Contract = {
  connection: 3,
  interactions: [
    {
      description: 'ask',
      basis: assumed('for this test'),
      given: [],
      steps: [source<unknown>({ name: 'Ask' }), destination<unknown>({ name: 'Answer' })],
    },
  ],
};
const [interaction] = contract.interactions;
if (interaction === undefined) throw new Error('there is one');
const signal = new AbortController().signal;
const setState = async () => ({ values: {}, undo: async () => {} });

const said = (from: Side, name: string, more: object = {}): ObservedMessage => ({
  from,
  content: { name, ...more },
  atMs: 0,
});

function tried(...messages: ObservedMessage[]): Promise<InteractionResult> {
  const run = async () => ({ messages });
  return tryInteraction({
    contract,
    interaction: interaction as never,
    side: 'destination',
    profile,
    setState,
    run,
    signal,
  });
}

const loud = { loud: true };
const shouted = 'RFC 1, section 2 (T1): nobody shouts; it has to be absent, got loud';

describe('a rule of the standard', () => {
  test('that everybody keeps is counted, and one without occasion is not', async () => {
    const result = await tried(said('source', 'Ask'), said('destination', 'Answer'));
    expect(result).toMatchObject({ verdict: 'passed', standard: { messages: 2, broken: [] } });
    expect([...(result.standard?.occasions ?? [])]).toEqual([
      ['T1', 2],
      ['T2', 2],
    ]);
  });

  test('that the side under test breaks fails an interaction whose contract is kept', async () => {
    const result = await tried(said('source', 'Ask'), said('destination', 'Answer', loud));
    expect(result).toMatchObject({ verdict: 'failed', mismatches: [] });
    expect(result.reason).toBeUndefined();
    expect(result.standard?.broken).toEqual([
      {
        rule: must,
        by: 'destination',
        own: false,
        message: 2,
        title: 'Answer',
        path: '$.loud',
        text: 'it has to be absent, got loud',
        sentence: `Answer: $.loud: ${shouted}`,
      },
    ]);
  });

  test('that is a warning is listed and changes no verdict', async () => {
    const result = await tried(said('source', 'Ask'), said('destination', 'Answer', { soft: true }));
    expect(result).toMatchObject({ verdict: 'passed', standard: { broken: [{ rule: should, own: false }] } });
  });

  test('that the harness breaks proves nothing of the peer', async () => {
    const result = await tried(said('source', 'Ask', loud), said('destination', 'Answer'));
    expect(result).toMatchObject({
      verdict: 'error',
      during: 'judging',
      reason: `the harness broke a rule itself, so nothing is proven: Ask: $.loud: ${shouted}`,
    });
  });

  test('that the harness breaks takes nothing from a broken contract', async () => {
    const result = await tried(said('source', 'Ask', loud), said('destination', 'Else'));
    expect(result.verdict).toBe('failed');
    expect(result.mismatches.map(({ path }) => path)).toEqual(['$.name']);
  });

  test('has nothing to say where nothing was exchanged', async () => {
    expect(await tried()).not.toHaveProperty('standard');
  });
});

describe('between the interactions', () => {
  /** A source that asks, and asks once more after the interaction. */
  async function verified(later: ObservedMessage) {
    const exchanges: Exchange[] = [];
    const take = (message: ObservedMessage) => exchanges.push({ id: exchanges.length + 1, messages: [message] });
    let settlements = 0;
    const server: MockServer = {
      address: { host: '127.0.0.1', port: 1 },
      setState,
      exchanges: () => exchanges,
      // Once before all, twice in the interaction, and once after it.
      settled: async () => {
        settlements += 1;
        if (settlements === 4) take(later);
      },
      clear: () => {},
      close: async () => {},
    };
    const exercise = async () => void take(said('source', 'Ask'));
    const adapter = { profile } as ProtocolAdapter;
    return verifySource({ contract, adapter, server, at: server.address, exercise, signal });
  }

  test('a rule that the source breaks fails its side', async () => {
    const result = await verified(said('source', 'Ask', loud));
    expect(result.interactions.map(({ verdict }) => verdict)).toEqual(['passed']);
    expect(result).toMatchObject({ verdict: 'failed', between: { broken: [{ sentence: `Ask: $.loud: ${shouted}` }] } });
    expect(result.strays).toBeUndefined();
  });

  test('a rule that the harness breaks proves nothing of the source', async () => {
    const result = await verified(said('destination', 'Answer', loud));
    expect(result).toMatchObject({
      verdict: 'error',
      reason: `the harness broke a rule itself, so nothing is proven: Answer: $.loud: ${shouted}`,
    });
  });
});
