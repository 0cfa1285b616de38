import { createSocket } from 'node:dgram';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadContracts } from '../../contracts/catalogue.ts';
import type { Contract, Interaction } from '../../contracts/contract.ts';
import { judge } from '../../contracts/conversation.ts';
import { verifyDestination } from '../../harness/verify/sides.ts';
import type { Address, MockServer, ProtocolAdapter, ServiceMock } from '../../mocks/adapter.ts';
import { adapterFor, serviceMock } from '../../mocks/registry.ts';

/** One connection of every wire; what is said of it here holds for every adapter. */
const wires = [
  ['HTTP', 26],
  ['HTTPS', 44],
  ['TCP', 3],
  ['Redis', 49],
  ['Kafka', 50],
  ['Postgres', 13],
  ['SIP/TCP', 51],
  ['SIP/UDP', 57],
] as const;

const host = '127.0.0.1';
const anyPort: Address = { host, port: 0 };
/** More than any limit of a message, in MiB: nobody may keep it all. SIPp reads what is no SIP at about one a second. */
const oversizedMiB = (protocol: string): number => (protocol.startsWith('SIP') ? 2 : 40);
const patienceMs = 20_000;

interface Peer {
  port: number;
  close(): Promise<void>;
}

function listening(server: Server): Promise<Peer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address !== null ? address.port : 0,
        close: () =>
          new Promise<void>((done) => {
            for (const socket of sockets) socket.destroy();
            server.close(() => done());
          }),
      });
    });
  });
}

function udpPeer(answer?: Buffer): Promise<Peer> {
  const socket = createSocket('udp4');
  if (answer !== undefined) socket.on('message', (_, from) => socket.send(answer, from.port, from.address));
  return new Promise((resolve) => {
    socket.bind(0, host, () => {
      resolve({ port: socket.address().port, close: () => new Promise<void>((done) => socket.close(() => done())) });
    });
  });
}

const garbage = Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 167 + 13) % 256));

/** Peers that accept a connection and then do one thing wrong. */
const badPeers = {
  silent: (udp: boolean) => (udp ? udpPeer() : listening(createServer((socket) => void socket.resume()))),
  'closing at once': (udp: boolean) => (udp ? udpPeer() : listening(createServer((socket) => void socket.end()))),
  'answering garbage': (udp: boolean) =>
    udp ? udpPeer(garbage) : listening(createServer((socket) => void socket.on('data', () => socket.write(garbage)))),
} as const;

/** Sends bytes to a mock and waits until it closes, or has had time enough to read them. */
async function sendRaw({ port }: Address, udp: boolean, chunks: readonly Buffer[]): Promise<void> {
  if (udp) {
    const socket = createSocket('udp4');
    for (const chunk of chunks) {
      await new Promise<void>((done) => socket.send(chunk.subarray(0, 60_000), port, host, () => done()));
    }
    await new Promise<void>((done) => socket.close(() => done()));
    return;
  }
  const socket = connect(port, host);
  const closed = new Promise<void>((done) => socket.on('error', () => {}).on('close', () => done()));
  socket.resume();
  for (const chunk of chunks)
    if (!socket.destroyed) await new Promise<void>((done) => socket.write(chunk, () => done()));
  socket.end();
  await Promise.race([closed, new Promise<void>((done) => setTimeout(done, 2_000).unref())]);
  socket.destroy();
}

describe.each(wires)('the adapter of %s', (protocol, number) => {
  let adapter: ProtocolAdapter;
  let contract: Contract;
  let service: ServiceMock;
  let mock: MockServer;
  const udp = protocol === 'SIP/UDP';
  const signal = new AbortController().signal;

  beforeAll(async () => {
    const found = (await loadContracts([number]))[0];
    const stood = found && (await serviceMock(found));
    if (found === undefined || stood === undefined) throw new Error(`connection ${number} has no contract or no mock`);
    contract = found;
    service = stood;
    adapter = await adapterFor(protocol);
    mock = await adapter.serve({ contracts: [contract], listen: anyPort, service });
  }, 60_000);
  afterAll(() => mock?.close(), 30_000);

  const firstOfDestination = (): Interaction => {
    const found = contract.interactions.find(({ only }) => only?.side !== 'source');
    if (found === undefined) throw new Error('no interaction for a destination');
    return { ...found, stepTimeoutMs: 500 };
  };

  const stillAnswers = async (): Promise<void> => {
    const one: Contract = {
      ...contract,
      interactions: [firstOfDestination()].map(({ stepTimeoutMs: _, ...rest }) => rest),
    };
    const { interactions } = await verifyDestination({
      contract: one,
      adapter,
      at: mock.address,
      setState: (state) => mock.setState(state),
      signal,
    });
    expect(interactions.map(({ verdict, reason, mismatches }) => [verdict, reason, mismatches])).toEqual([
      ['passed', undefined, []],
    ]);
  };

  test('listens on loopback at the port that was free', () => {
    expect(mock.address.host).toBe(host);
    expect(mock.address.port).toBeGreaterThan(0);
  });

  test('says in one sentence that a port is in use', async () => {
    await expect(
      adapter.serve({ contracts: [contract], listen: { host, port: mock.address.port }, service }),
    ).rejects.toThrow(`port ${mock.address.port} on ${host} is in use`);
    await stillAnswers();
  }, 60_000);

  test('taps what passes, changes nothing, and closes twice', async () => {
    const { stepTimeoutMs: _, ...interaction } = firstOfDestination();
    const tap = await adapter.tap(anyPort, mock.address);
    try {
      const { interactions } = await verifyDestination({
        contract: { ...contract, interactions: [interaction] },
        adapter,
        at: { ...mock.address, ...tap.address },
        setState: (state) => mock.setState(state),
        signal,
      });
      expect(interactions.map(({ verdict, reason, mismatches }) => [verdict, reason, mismatches])).toEqual([
        ['passed', undefined, []],
      ]);
      await tap.settled();
      const messages = tap.exchanges().flatMap((exchange) => exchange.messages);
      expect(judge(interaction, messages, adapter.profile, 'source')).toEqual([]);
    } finally {
      await tap.close();
      await tap.close();
    }
  }, 30_000);

  test.each(Object.entries(badPeers))(
    'ends with one sentence when the peer is %s',
    async (_, start) => {
      const peer = await start(udp);
      try {
        const startedAt = performance.now();
        const at = { ...mock.address, port: peer.port };
        const interaction = firstOfDestination();
        const { failure, messages } = await adapter.play({ contract, interaction, values: {} }, at, signal);
        expect(performance.now() - startedAt).toBeLessThan(patienceMs);
        // A close is a message of its own on some wires; then it is the judge who says what is missing.
        const sentence = failure?.message ?? judge(interaction, messages, adapter.profile, 'destination')[0]?.message;
        expect(sentence).toMatch(/^\S.{20,}$/s);
        expect(sentence).not.toMatch(/\n\s+at /);
      } finally {
        await peer.close();
      }
    },
    40_000,
  );

  test('stops at once when it is aborted during play', async () => {
    const peer = await badPeers.silent(udp);
    const abort = new AbortController();
    const interaction = { ...firstOfDestination(), stepTimeoutMs: 30_000 };
    try {
      const startedAt = performance.now();
      setTimeout(() => abort.abort(), 300);
      const at = { ...mock.address, port: peer.port };
      const { failure } = await adapter.play({ contract, interaction, values: {} }, at, abort.signal);
      expect(failure).toBeInstanceOf(Error);
      expect(performance.now() - startedAt).toBeLessThan(5_000);
    } finally {
      await peer.close();
    }
  }, 40_000);

  test('survives garbage, a half-close and oversized input, and answers the next one', async () => {
    await sendRaw(mock.address, udp, [garbage]);
    await sendRaw(mock.address, udp, []);
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    await sendRaw(
      mock.address,
      udp,
      Array.from({ length: oversizedMiB(protocol) }, () => chunk),
    );
    await stillAnswers();
  }, 60_000);

  test('closes twice and frees its port', async () => {
    await mock.close();
    await mock.close();
    const again = await adapter.serve({ contracts: [contract], listen: mock.address, service });
    expect(again.address.port).toBe(mock.address.port);
    mock = again;
  }, 60_000);
});
