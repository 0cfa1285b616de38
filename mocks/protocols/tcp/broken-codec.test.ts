import { afterEach, expect, test } from '@jest/globals';
import contract from '../../../contracts/connections/03-billing-data-service--tenant-service.ts';
import type { Contract } from '../../../contracts/contract.ts';
import tenantService from '../../services/tenant-service/mock.ts';
import { createTcpAdapter } from './adapter.ts';
import type { Codec } from './codec.ts';
import { defaultCodec } from './default-codec.ts';
import jsonLines from './fixtures/json-lines-codec.ts';

const plain = contract as Contract;
const listen = { host: '127.0.0.1', port: 0 };
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const throwing = () => {
  throw new TypeError('no licence');
};

/** Plays the opening of a session through codecs of either side; what the source met, and what the mock recorded. */
async function opened(codecs: { source: Codec; destination: Codec }) {
  const adapter = createTcpAdapter(codecs.destination);
  const server = await adapter.serve({ contracts: [plain], listen, service: tenantService });
  closing.push(() => server.close());
  const interaction = plain.interactions.find(({ description }) => description === 'open a configuration session');
  if (interaction === undefined) throw new Error('the contract opens no session');
  const source = createTcpAdapter(codecs.source, { stepTimeoutMs: 1_000 });
  const { failure } = await source.play(
    { contract: plain, interaction, values: {} },
    server.address,
    AbortSignal.timeout(20_000),
  );
  await server.settled();
  return { met: failure?.message, recorded: server.exchanges().map((exchange) => exchange.failure?.message) };
}

test('two sides with the same codec of their own understand each other', async () => {
  expect(await opened({ source: jsonLines, destination: jsonLines })).toEqual({
    met: undefined,
    recorded: [undefined],
  });
});

test('two sides with different codecs do not', async () => {
  const { recorded } = await opened({ source: jsonLines, destination: defaultCodec });
  expect(recorded).toEqual([expect.stringMatching(/^a frame of the source cannot be read: a frame announces /)]);
});

test('a codec that throws while the source writes', async () => {
  const { met } = await opened({ source: { ...defaultCodec, encode: throwing }, destination: defaultCodec });
  expect(met).toBe('the codec cannot write SessionOpen: no licence');
});

test('a codec that throws while the mock answers ends that session, and the mock goes on', async () => {
  const { met, recorded } = await opened({
    source: defaultCodec,
    destination: { ...defaultCodec, encode: throwing },
  });
  expect(met).toContain('saying 2 "the codec cannot write SessionOpened: no licence", before SessionOpened');
  expect(recorded).toEqual(['the codec cannot write SessionOpened: no licence']);
});

test('a codec that throws while it reads, or instead of giving a decoder', async () => {
  const deaf: Codec = { ...defaultCodec, decoder: () => ({ push: throwing, end: throwing }) };
  for (const destination of [deaf, { ...defaultCodec, decoder: throwing }]) {
    const { recorded } = await opened({ source: defaultCodec, destination });
    expect(recorded).toEqual(['a frame of the source cannot be read: no licence']);
  }
});

test('a codec that throws on control frames', async () => {
  const { met } = await opened({ source: { ...defaultCodec, control: throwing }, destination: defaultCodec });
  expect(met).toBe('the codec cannot write a poll frame: no licence');
});
