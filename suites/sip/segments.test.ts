import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadContracts } from '../../contracts/catalogue.ts';
import type { Contract } from '../../contracts/contract.ts';
import { Destinations } from '../../harness/peers/destinations.ts';
import { explain } from '../../harness/report/explain.ts';
import { type Exercise, verifyDestination, verifySource } from '../../harness/verify/sides.ts';
import { randomOf } from './fixtures/random.ts';
import { StreamRelay } from './fixtures/stream-relay.ts';

const TIMEOUT_MS = 300_000;

let destinations: Destinations;

beforeAll(async () => {
  const contracts = await loadContracts([51, 59]);
  destinations = await Destinations.start({ contracts, signal: new AbortController().signal });
}, TIMEOUT_MS);
afterAll(() => destinations.close());

/** Interactions that the source begins, so that all goes through the relay. */
function begunBySource(contract: Contract): Contract {
  return { ...contract, interactions: contract.interactions.filter(({ steps }) => steps[0]?.from === 'source') };
}

test.each([51, 59])(
  'connection %i passes in whatever pieces its messages come, on both sides',
  async (number) => {
    const up = destinations.up.find(({ contracts }) => contracts.some(({ connection }) => connection === number));
    const whole = up?.contracts.find(({ connection }) => connection === number);
    if (up === undefined || whole === undefined) throw new Error(`connection ${number} has no destination`);
    const contract = begunBySource(whole);
    const { adapter, server } = up;
    const relay = new StreamRelay(server.address, randomOf(number));
    const at = await relay.listen();
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const exercise: Exercise = async (interaction, address, values) => {
      await adapter.play({ contract, interaction, values }, address, signal);
      await relay.flushed();
    };
    try {
      const setState = server.setState.bind(server);
      const destination = await verifyDestination({ contract, adapter, at, setState, signal });
      const source = await verifySource({ contract, adapter, server, served: up.contracts, at, exercise, signal });
      expect(explain({ contract, destination, source })).toEqual([]);
      expect([destination.verdict, source.verdict]).toEqual(['passed', 'passed']);
    } finally {
      relay.close();
    }
    // A message is a piece where nothing happens to it; here most are several, and some are one together.
    expect(relay.done.went).toBeGreaterThan(2 * relay.done.came);
    expect(relay.done.together).toBeGreaterThan(5);
  },
  TIMEOUT_MS,
);
