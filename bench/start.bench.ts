import { loadContracts } from '../contracts/catalogue.ts';
import { Destinations } from '../harness/peers/destinations.ts';

/** How long all destinations may take to come up, in milliseconds, on two cores and with everything installed. */
const budgetMs = 8_000;
const rounds = 3;

const contracts = await loadContracts();
const totals: number[] = [];
for (let round = 1; round <= rounds; round += 1) {
  const startedAt = performance.now();
  const destinations = await Destinations.start({
    contracts,
    signal: AbortSignal.timeout(60_000),
    onProgress: ({ system, protocol, state, elapsedMs }) => {
      if (state !== 'starting') console.log(`round ${round}: ${system} (${protocol}) ${state} after ${elapsedMs} ms`);
    },
  });
  totals.push(Math.round(performance.now() - startedAt));
  const absent = destinations.absent.length;
  await destinations.close();
  if (absent > 0) throw new Error(`${absent} destinations did not come up`);
}
const median = totals.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
console.log(
  `all up, in parallel: median ${median} ms of ${rounds} rounds (${totals.join(', ')}); budget ${budgetMs} ms`,
);
if (median > budgetMs) process.exitCode = 1;
