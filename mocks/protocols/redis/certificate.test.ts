import { once } from 'node:events';
import { connect as dial } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import interactionServer from '../../../contracts/connections/07-interaction-server--redis.ts';
import type { Contract } from '../../../contracts/contract.ts';
import { type Address, type MockServer, UnattainableStateError } from '../../adapter.ts';
import { adapter } from './adapter.ts';
import { connect } from './client.ts';
import { interactionOf, redisService, sourceFaults } from './fixtures/trial.ts';

const contract = interactionServer as Contract;
const untrusted = interactionOf(contract, 'cannot be trusted');
const [shown] = untrusted.given;

let server: MockServer;
beforeAll(async () => {
  server = await adapter.serve({
    contracts: [contract],
    service: redisService,
    listen: { host: '127.0.0.1', port: 0 },
  });
});
afterAll(() => server?.close());

/** Logs in over TLS, whatever certificate is shown, and says something. */
async function trustAnybody({ host, port, user = '', password = '' }: Address): Promise<void> {
  const client = new Redis({
    host,
    port,
    username: user,
    password,
    tls: { rejectUnauthorized: false },
    enableReadyCheck: false,
    retryStrategy: null,
  });
  await client.get('ors:{t}:ixnsession:1').catch(() => {});
  client.disconnect();
}

test('a source that refuses the certificate keeps the contract', async () => {
  const faults = await sourceFaults(server, contract, untrusted, async (_, at, { ca = '' }) => {
    await expect(connect({ at: { ...at, ca } })).rejects.toThrow(/cannot be reached \(\w+\)/);
  });
  expect(faults).toEqual([]);
  expect(server.exchanges().flatMap(({ messages }) => messages.map(({ content }) => content))).toEqual([
    { fault: 'tls' },
  ]);
});

test('a source that takes any certificate is caught', async () => {
  const faults = await sourceFaults(server, contract, untrusted, (_, at) => trustAnybody(at));
  expect(faults).toContainEqual(expect.stringContaining('got GET ors:{t}:ixnsession:1'));
});

test('a source that does without TLS is caught', async () => {
  const faults = await sourceFaults(server, contract, untrusted, async (_, at) => {
    const plain = await connect({ at });
    await plain.get('ors:{t}:ixnsession:1').catch(() => {});
    plain.disconnect();
  });
  expect(faults).toContainEqual(expect.stringContaining('got GET ors:{t}:ixnsession:1'));
});

test('once the state is undone there is no TLS any more', async () => {
  const { undo, values } = await server.setState(shown as NonNullable<typeof shown>);
  await undo();
  await expect(connect({ at: { ...server.address, ca: values.ca ?? '' }, timeoutMs: 200 })).rejects.toThrow(
    'took the connection but did not answer in time',
  );
  const plain = await connect({ at: server.address });
  plain.disconnect();
});

test('a client that says nothing at all is let go with the server', async () => {
  const other = await adapter.serve({
    contracts: [contract],
    service: redisService,
    listen: { host: '127.0.0.1', port: 0 },
  });
  await other.setState(shown as NonNullable<typeof shown>);
  const silent = dial({ host: other.address.host, port: other.address.port });
  await once(silent, 'connect');
  const gone = once(silent, 'close');
  await other.close();
  await gone;
  expect(silent.destroyed).toBe(true);
});

test('the certificate of a server of somebody else cannot be changed', async () => {
  const attached = await adapter.attach({ contracts: [contract], service: redisService, at: server.address });
  try {
    await expect(attached.setState(shown as NonNullable<typeof shown>)).rejects.toThrow(UnattainableStateError);
  } finally {
    await attached.close();
  }
});
