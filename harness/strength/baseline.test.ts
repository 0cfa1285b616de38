import { expect, test } from '@jest/globals';
import { assumed, type Contract, destination, type Interaction, source } from '../../contracts/contract.ts';
import type { ObservedMessage } from '../../contracts/conversation.ts';
import type { MessageProfile } from '../../contracts/messages/profile.ts';
import type { Observed } from '../../mocks/adapter.ts';
import type { Destination } from '../peers/destinations.ts';
import { baselines } from './baseline.ts';

const profile: MessageProfile = {
  strict: { source: [], destination: [] },
  title: (content) => String((content as { name: string }).name),
  identity: { source: ['$.name'], destination: ['$.name'] },
};
const interaction: Interaction = {
  description: 'ping',
  basis: assumed('for this test'),
  given: [],
  steps: [source({ name: 'Ping' }), destination({ name: 'Pong' })],
};
const contract: Contract = { connection: 26, interactions: [interaction] };
const ping: ObservedMessage = { from: 'source', content: { name: 'Ping' }, atMs: 0 };
const pong: ObservedMessage = { from: 'destination', content: { name: 'Pong' }, atMs: 1 };
const { signal } = new AbortController();

/** A destination by what its player and its recorder have seen. */
function seeing(played: Observed, recorded: readonly ObservedMessage[]): Destination {
  let wasPlayed = false;
  return {
    system: 'Config Service',
    protocol: 'HTTP',
    contracts: [contract],
    adapter: {
      profile,
      play: async () => {
        wasPlayed = true;
        return played;
      },
      serve: async () => Promise.reject(new Error('not needed')),
      tap: async () => Promise.reject(new Error('not needed')),
    },
    server: {
      address: { host: '127.0.0.1', port: 1 },
      setState: async () => ({ values: {}, undo: async () => {} }),
      exchanges: () => (wasPlayed ? [{ id: 1, messages: recorded }] : []),
      settled: async () => {},
      clear: () => {},
      close: async () => {},
    },
  };
}

test('one play gives the records of both sides', async () => {
  const records = await baselines(seeing({ messages: [ping, pong] }, [ping, pong]), contract, interaction, signal);
  expect(records.map(({ side, messages }) => [side, messages.length])).toEqual([
    ['destination', 2],
    ['source', 2],
  ]);
});

test('a side that cannot be judged has none', async () => {
  const only: Interaction = { ...interaction, only: { side: 'source', reason: 'for this test' } };
  const records = await baselines(seeing({ messages: [ping] }, [ping]), contract, only, signal);
  expect(records.map(({ side }) => side)).toEqual(['source']);
});

test.each<[string, Observed, ObservedMessage[], string]>([
  ['did not finish', { messages: [ping, pong], failure: new Error('it broke off') }, [ping, pong], 'it broke off'],
  ['kept no contract', { messages: [ping] }, [ping], 'step 2 of 2, from the destination: expected Pong, got nothing'],
  ['was not recorded', { messages: [ping, pong] }, [], 'step 1 of 2, from the source: expected Ping, got nothing'],
])('an interaction that %s is an error', async (_, played, recorded, reason) => {
  await expect(baselines(seeing(played, recorded), contract, interaction, signal)).rejects.toMatchObject({
    name: 'BaselineError',
    message: `connection 26 Tenant Service -> Config Service, "ping": no record of a kept contract could be had: ${reason}`,
  });
});
