import { beforeAll, expect, test } from '@jest/globals';
import { loadContracts } from '../../contracts/catalogue.ts';
import type { Contract } from '../../contracts/contract.ts';
import { Destinations } from '../../harness/peers/destinations.ts';
import { type Baseline, baselines } from '../../harness/strength/baseline.ts';
import { tryInteraction } from '../../harness/verify/interaction.ts';
import { adapter } from '../../mocks/protocols/sip/adapter.ts';
import { transportOf } from '../../mocks/protocols/sip/transport.ts';
import { messageBytes } from '../../mocks/protocols/sip/written.ts';
import { type FaultKind, type FaultyExchange, faultsOf } from './fixtures/faults.ts';
import { replay, type Said } from './fixtures/replay.ts';

const TIMEOUT_MS = 600_000;
/** Exchanges that are replayed at once. */
const LANES = 32;

interface Kept {
  contract: Contract;
  baseline: Baseline;
}

const kept: Kept[] = [];

beforeAll(async () => {
  const contracts = await loadContracts([51, 57, 58, 59]);
  const { signal } = new AbortController();
  const destinations = await Destinations.start({ contracts, signal });
  try {
    await Promise.all(
      destinations.up.map(async (destination) => {
        for (const contract of destination.contracts) {
          for (const interaction of contract.interactions) {
            const both = await baselines(destination, contract, interaction, signal);
            kept.push(...both.map((baseline) => ({ contract, baseline })));
          }
        }
      }),
    );
  } finally {
    await destinations.close();
  }
}, TIMEOUT_MS);

/** The verdict over an exchange that has gone over real sockets, and everything that it says. */
async function verdictOf({ contract, baseline }: Kept, said: readonly Said[]) {
  const { interaction, side, values } = baseline;
  const { verdict, mismatches } = await tryInteraction({
    ...{ contract, interaction, side, profile: adapter.profile },
    setState: async () => ({ values, undo: async () => {} }),
    signal: new AbortController().signal,
    run: () => replay(said, transportOf(contract)),
  });
  return { verdict, says: mismatches.map(({ path, message }) => `${path} ${message}`) };
}

async function inLanes<T>(jobs: readonly T[], work: (job: T) => Promise<void>): Promise<void> {
  const left = jobs.values();
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      for (const job of left) await work(job);
    }),
  );
}

const titleOf = ({ contract, baseline: { side, interaction } }: Kept) =>
  `${contract.connection}, ${side}, "${interaction.description}"`;

test(
  'every kept exchange passes when it is replayed',
  async () => {
    const failed: unknown[] = [];
    await inLanes(kept, async (each) => {
      const said = each.baseline.messages.map(
        ({ from, content }): Said => ({ from, bytes: messageBytes(content as never) }),
      );
      const { verdict, says } = await verdictOf(each, said);
      if (verdict !== 'passed') failed.push([titleOf(each), verdict, says]);
    });
    expect(failed).toEqual([]);
    expect(kept).toHaveLength(168);
  },
  TIMEOUT_MS,
);

test(
  'every single fault is caught on its side, and named',
  async () => {
    const made = new Map<FaultKind, number>();
    const survivors: string[] = [];
    const unnamed: unknown[] = [];
    const faults = kept.flatMap((each): [Kept, FaultyExchange][] =>
      faultsOf(each.baseline, transportOf(each.contract)).map((fault) => [each, fault]),
    );
    await inLanes(faults, async ([each, fault]) => {
      made.set(fault.kind, (made.get(fault.kind) ?? 0) + 1);
      const { verdict, says } = await verdictOf(each, fault.said);
      const title = `${titleOf(each)}: ${fault.kind}, ${fault.what}`;
      if (verdict !== 'failed') survivors.push(title);
      else if (!says.some((text) => fault.named.test(text))) unnamed.push([title, says]);
    });
    expect(survivors).toEqual([]);
    expect(unnamed).toEqual([]);
    expect(Object.fromEntries(made)).toEqual({
      'header dropped': 1339,
      'tag changed': 858,
      'wrong CSeq': 483,
      'no ACK': 85,
      'answer beside the offer': 169,
      'no Content-Length': 446,
    });
  },
  TIMEOUT_MS,
);
