import { fork } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import contract from '../contracts/connections/03-billing-data-service--tenant-service.ts';
import type { Contract } from '../contracts/contract.ts';
import { adapter } from '../mocks/protocols/tcp/adapter.ts';
import { defaultCodec } from '../mocks/protocols/tcp/default-codec.ts';
import tenantService from '../mocks/services/tenant-service/mock.ts';

/**
 * Requests per second of the Tenant Service's mock (decoding, contract match, answer, record) against a bare node:net echo
 * of the same frames, each in a process of its own. The figure to quote is the ratio: it is taken within each round.
 */
const connections = 32;
const depths = [1, 16];
const rounds = 5;
const warmUpMs = 500;
const measureMs = 1_500;
const lengthBytes = 4;

const opening = defaultCodec.encode({
  name: 'SessionOpen',
  attributes: { clientName: 'bench', clientApplicationType: 1, userName: 'bench', userPassword: 'a-password' },
});
const request = defaultCodec.encode({
  name: 'RequestReadObjects',
  referenceId: 5,
  attributes: { ObjectType: 13, Filter: { name: 'absent' } },
});

async function serveMock(): Promise<number> {
  const listen = { host: '127.0.0.1', port: 0 };
  const server = await adapter.serve({ contracts: [contract as Contract], listen, service: tenantService });
  return server.address.port;
}

async function serveEcho(): Promise<number> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('data', (chunk) => socket.write(chunk));
    socket.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Counts the frames of a stream by their lengths alone, so that the client costs little. */
function frameCounter(): (chunk: Buffer) => number {
  let skip = 0;
  let head = Buffer.alloc(0);
  return (chunk) => {
    let count = 0;
    let at = skip;
    if (head.length > 0) {
      const joined = Buffer.concat([head, chunk]);
      head = Buffer.alloc(0);
      return countFrom(joined, 0);
    }
    return countFrom(chunk, at);

    function countFrom(bytes: Buffer, from: number): number {
      at = from;
      while (at + lengthBytes <= bytes.length) {
        at += lengthBytes + bytes.readUInt32BE(at);
        count += 1;
      }
      skip = Math.max(0, at - bytes.length);
      if (at < bytes.length) head = Buffer.from(bytes.subarray(at));
      return count;
    }
  };
}

/** One connection that keeps `depth` requests in flight. @param answered told how many answers came */
async function client(port: number, depth: number, answered: (count: number) => void): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  socket.write(opening);
  await once(socket, 'data');
  const frames = frameCounter();
  const requests = Array.from({ length: depth + 1 }, (_, count) => Buffer.concat(Array(count).fill(request)));
  socket.on('data', (chunk) => {
    const count = frames(chunk);
    answered(count);
    if (count > 0 && socket.writable) socket.write(requests[Math.min(count, depth)] as Buffer);
  });
  socket.write(requests[depth] as Buffer);
  return socket;
}

async function requestsPerSecond(port: number, depth: number): Promise<number> {
  let answers = 0;
  const count = (more: number) => {
    answers += more;
  };
  const sockets = await Promise.all(Array.from({ length: connections }, () => client(port, depth, count)));
  await new Promise((resolve) => setTimeout(resolve, warmUpMs));
  answers = 0;
  const startedAt = performance.now();
  await new Promise((resolve) => setTimeout(resolve, measureMs));
  const perSecond = (answers * 1000) / (performance.now() - startedAt);
  for (const socket of sockets) socket.destroy();
  return perSecond;
}

const median = (figures: readonly number[]) => figures.toSorted((a, b) => a - b)[figures.length >> 1] as number;

async function measure(): Promise<void> {
  const children = ['mock', 'echo'].map((role) => fork(fileURLToPath(import.meta.url), [role]));
  try {
    const [mock, echo] = (await Promise.all(
      children.map(async (child) => (await once(child, 'message'))[0]),
    )) as number[];
    for (const depth of depths) {
      const seen: { mock: number; echo: number }[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const figures = { mock: 0, echo: 0 };
        for (const role of round % 2 === 0 ? (['mock', 'echo'] as const) : (['echo', 'mock'] as const)) {
          figures[role] = await requestsPerSecond((role === 'mock' ? mock : echo) as number, depth);
        }
        seen.push(figures);
      }
      const text = (role: 'mock' | 'echo') => Math.round(median(seen.map((each) => each[role]))).toLocaleString('en');
      const ratio = median(seen.map((each) => each.mock / each.echo)).toFixed(2);
      console.log(
        `depth ${depth}, ${connections} connections: mock ${text('mock')} requests/s, echo ${text('echo')}, ratio ${ratio}`,
      );
    }
  } finally {
    for (const child of children) child.kill();
  }
}

const role = process.argv[2];
if (role === undefined) await measure();
else process.send?.(await (role === 'mock' ? serveMock() : serveEcho()));
