import { createServer } from 'node:net';
import contract from '../../contracts/connections/03-billing-data-service--tenant-service.ts';
import type { Contract } from '../../contracts/contract.ts';
import type { TcpMessage } from '../../contracts/messages/tcp.ts';
import { listenOn } from '../../mocks/listen.ts';
import { adapter } from '../../mocks/protocols/tcp/adapter.ts';
import { defaultCodec } from '../../mocks/protocols/tcp/default-codec.ts';
import { defaultTcpLimits } from '../../mocks/protocols/tcp/limits.ts';
import tenantService from '../../mocks/services/tenant-service/mock.ts';
import { answerTo } from './frames.ts';

const listen = { host: '127.0.0.1', port: 0 };

/** The listening mock as everybody gets it: contract, answers of a world, a bounded record, keep-alive, limits. */
async function serveMock(): Promise<number> {
  const server = await adapter.serve({ contracts: [contract as Contract], listen, service: tenantService });
  return server.address.port;
}

/** node:net and the same codec: it reads every frame, looks the request up as one would by hand, and writes the right answer. */
async function serveBare(): Promise<number> {
  const opened = defaultCodec.encode({ name: 'SessionOpened', attributes: { protocolVersion: '8.5' } });
  const server = createServer({ noDelay: true }, (socket) => {
    const decoder = defaultCodec.decoder(defaultTcpLimits);
    socket.on('data', (chunk) => {
      const out: Uint8Array[] = [];
      for (const frame of decoder.push(chunk)) {
        if (frame.kind !== 'message') continue;
        const { message } = frame;
        if (message.name === 'SessionOpen') out.push(opened);
        else if (isAbsent(message)) out.push(defaultCodec.encode(answerTo(message)));
        else socket.destroy();
      }
      if (out.length > 0) socket.write(out.length === 1 ? (out[0] as Uint8Array) : Buffer.concat(out));
    });
    socket.on('error', () => socket.destroy());
  });
  return (await listenOn(server, listen)).port;
}

/** What is there, by type and name: ten types with an object each. */
const objects: ReadonlyMap<unknown, ReadonlyMap<unknown, object>> = new Map(
  Array.from({ length: 10 }, (_, at) => [at + 4, new Map([['present', {}]])]),
);

/** Whether a message asks for an object of a known type by a name that none has. */
function isAbsent({ name, attributes: { ObjectType: type, Filter: filter } }: TcpMessage): boolean {
  if (name !== 'RequestReadObjects' || typeof filter !== 'object' || filter === null || !('name' in filter))
    return false;
  return objects.get(type)?.has(filter.name) === false;
}

/** node:net alone: the bytes of frames come back as they are. What no mock can reach, as it reads none of them. */
async function serveEcho(): Promise<number> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('data', (chunk) => socket.write(chunk));
    socket.on('error', () => socket.destroy());
  });
  return (await listenOn(server, listen)).port;
}

const kinds: Readonly<Record<string, () => Promise<number>>> = { mock: serveMock, bare: serveBare, echo: serveEcho };
const serve = kinds[process.argv[2] ?? ''];
process.once('disconnect', () => process.exit());
process.send?.(await serve?.());
