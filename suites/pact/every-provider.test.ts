import { describe, expect, test } from '@jest/globals';
import { systemSlug } from '../../contracts/architecture.ts';
import { loadContracts } from '../../contracts/catalogue.ts';
import type { Contract, Interaction } from '../../contracts/contract.ts';
import { pacticipants } from '../../contracts/pact.ts';
import { rowOf } from '../../contracts/parts.ts';
import { formatAddress } from '../../harness/address.ts';
import { openControl } from '../../harness/control.ts';
import { Destinations } from '../../harness/peers/destinations.ts';
import { interactionsIn, pactFile } from './committed.ts';
import { verifyByCommand } from './verifier-command.ts';

/** What the official command cannot see, by description, with the reason; everything else has to pass. */
const follows = 'it goes where a 307 leads and judges the answer from there';
const beyondIt: Readonly<Record<string, string>> = {
  'query a session at a node that does not own it': follows,
  'send an event to a node that does not own the session': follows,
  'return the result of the dialog to a node that does not own the session': follows,
};

/** Requests to Object storage are signed and those to External/customer go over TLS: see official-tools.test.ts. */
const contracts = (await loadContracts()).filter(
  (contract) => rowOf(contract).protocol === 'HTTP' && rowOf(contract).listens !== 'Object storage',
);

/** A committed file holds the contracts of one consumer with one provider; a provider may listen on several ports. */
interface PactOfPair {
  file: string;
  contracts: Contract[];
}

function pairs(): PactOfPair[] {
  const byFile = Map.groupBy(contracts, (contract) => {
    const { consumer, provider } = pacticipants(rowOf(contract), contract.interactions[0] as Interaction);
    return `${systemSlug(consumer)}--${systemSlug(provider)}`;
  });
  return [...byFile].map(([file, of]) => ({ file, contracts: of }));
}

describe("the official verifier command, given a committed file and a state-change URL, passes the provider's mock", () => {
  test('there are files of all connections over HTTP', () => {
    expect(new Set(contracts.map(({ connection }) => connection)).size).toBeGreaterThanOrEqual(19);
  });

  test.each(pairs().map((pair) => [pair.file, pair] as const))(
    '%s',
    async (file, pair) => {
      const { signal } = new AbortController();
      const destinations = await Destinations.start({ contracts: pair.contracts, signal });
      try {
        expect(destinations.absent).toEqual([]);
        const [destination, ...others] = destinations.up;
        if (destination === undefined || others.length > 0) throw new Error(`${file} is about several ports`);
        const control = await openControl(destination.server);
        const verdicts = await verifyByCommand(
          pactFile(file),
          formatAddress(destination.server.address, 'HTTP'),
          `${control.url}/states`,
        ).finally(() => control.close());
        const interactions = pair.contracts.flatMap((contract) => interactionsIn(file, contract));
        const expected = interactions.map(({ description }) => [
          description,
          description in beyondIt ? expect.not.stringMatching(/^OK$/) : 'OK',
        ]);
        expect(verdicts).toEqual(Object.fromEntries(expected));
      } finally {
        await destinations.close();
      }
    },
    60_000,
  );
});
