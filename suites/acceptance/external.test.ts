import { describe, expect, test } from '@jest/globals';
import { connectionByNumber, type SystemName } from '../../contracts/architecture.ts';
import { loadContracts } from '../../contracts/catalogue.ts';
import { explain } from '../../harness/report/explain.ts';
import { verify } from '../../harness/verify/run.ts';
import type { Address } from '../../mocks/adapter.ts';
import { adapterFor, serviceMock } from '../../mocks/registry.ts';
import { startS3Proxy } from '../../mocks/services/object-storage/s3/server.ts';
import { startAzurite } from '../../mocks/services/object-storage/server.ts';

const anyPort: Address = { host: '127.0.0.1', port: 0 };

interface Running {
  address: Address;
  close(): Promise<void>;
}

/** A server that somebody else might have started: the harness is told nothing but its address. */
async function running(number: number, part?: string): Promise<Running> {
  const row = connectionByNumber(number);
  const contract = (await loadContracts([number]))[0];
  if (row?.listens === 'Object storage') {
    const { address, account, stop } = await (part === 's3' ? startS3Proxy(anyPort) : startAzurite(anyPort));
    return { address: { ...address, user: account.name, password: account.key }, close: stop };
  }
  const service = contract && (await serviceMock(contract));
  if (row === undefined || service === undefined) throw new Error(`connection ${number} has no mock`);
  const server = await (await adapterFor(row.protocol)).serve({ contracts: [], listen: anyPort, service });
  // The server's own address is that of the Tenant Service; to watch a PostgreSQL takes a superuser.
  const address = row.protocol === 'Postgres' ? { ...server.address, user: 'postgres' } : server.address;
  return { address, close: () => server.close() };
}

describe('a real server at an address of its own', () => {
  test.each([
    [9, 'Redis', undefined],
    [50, 'Kafka', undefined],
    [13, 'PostgreSQL', undefined],
    [24, 'Object storage', 'azure'],
    [24, 'Object storage', 's3'],
  ] as const)(
    'serves connection %i (%s, %s) on both sides and stays up',
    async (number, system: SystemName, part) => {
      const contracts = await loadContracts([number]);
      const server = await running(number, part);
      try {
        const options = {
          contracts,
          external: new Map([[system, server.address]]),
          signal: new AbortController().signal,
        };
        // Twice: what the first run leaves behind must not be in the way of the second.
        for (let round = 1; round <= 2; round += 1) {
          const run = await verify({ ...options, sides: ['destination', 'source'] });
          expect(run.connections.flatMap(explain)).toEqual([]);
          expect(run.verdict).toBe('passed');
        }
      } finally {
        await server.close();
      }
    },
    90_000,
  );
});
