import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import contract from '../../../contracts/connections/51-voice-sip-cluster-service--voice-sip-proxy-service.ts';
import type { Interaction } from '../../../contracts/contract.ts';
import { judge } from '../../../contracts/conversation.ts';
import type { MockServer } from '../../adapter.ts';
import { adapter } from '../../protocols/sip/adapter.ts';
import mock from './mock.ts';

const interactions = contract.interactions as readonly Interaction[];
let server: MockServer;

beforeAll(async () => {
  const listen = { host: '127.0.0.1', port: 0 };
  server = await adapter.serve({ contracts: [contract as never], listen, service: mock as never });
});
afterAll(() => server.close());

test('every state that the contract names has a handler, and no other is there', () => {
  const named = interactions.flatMap(({ given }) => given.map(({ name }) => name));
  expect(Object.keys(mock.states).sort()).toEqual([...new Set(named)].sort());
});

describe.each(interactions.map((interaction) => [interaction.description, interaction] as const))(
  '%s',
  (_name, interaction) => {
    test('is kept by the mock and by the harness as its source', async () => {
      const states = [];
      for (const given of interaction.given) states.push(await server.setState(given));
      const performance = { contract: contract as never, interaction, values: {} };
      const played = await adapter.play(performance, server.address, AbortSignal.timeout(20_000));
      await server.settled();
      const exchanges = server.exchanges();
      server.clear();
      for (const state of states) await state.undo();

      expect(played.failure).toBeUndefined();
      expect(judge(interaction, played.messages, adapter.profile, 'destination')).toEqual([]);
      expect(exchanges).toHaveLength(1);
      expect(exchanges[0]?.failure).toBeUndefined();
      expect(judge(interaction, exchanges[0]?.messages ?? [], adapter.profile, 'source')).toEqual([]);
      expect(played.messages.length).toBeGreaterThanOrEqual(
        interaction.steps.filter(({ optional }) => !optional).length,
      );
    });
  },
);
