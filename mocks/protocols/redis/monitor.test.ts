import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { listenOn } from '../../listen.ts';
import { Monitor } from './monitor.ts';

const server = createServer();
let at: { host: string; port: number };
let monitor: Monitor;
let socket: Socket;

beforeAll(async () => {
  at = await listenOn(server, { host: '127.0.0.1', port: 0 });
});
beforeEach(async () => {
  const connected = once(server, 'connection') as Promise<[Socket]>;
  const started = Monitor.start(at);
  [socket] = await connected;
  socket.write('+OK\r\n');
  monitor = await started;
});
afterEach(() => {
  monitor?.close();
  socket?.destroy();
});
afterAll(() => void server.close());

let markers = 0;
/** Shows lines, and waits until they have been read. */
async function shown(...lines: readonly (readonly [client: string, ...argv: string[]])[]): Promise<void> {
  markers += 1;
  const marker = `marker ${markers}`;
  await monitor.seen(marker, async () => {
    for (const [client, ...argv] of [...lines, ['127.0.0.1:1', 'PING', marker]]) {
      socket.write(`+1795399360.715138 [0 ${client}] ${argv.map((each) => `"${each}"`).join(' ')}\r\n`);
    }
  });
}

const port = '127.0.0.1:45334';
const named = [port, 'CLIENT', 'SETNAME', 'voxpact-observer'] as const;
const get = (key: string) => ({ command: { command: 'GET', key }, atUs: 1_795_399_360_715_138 });

test('a read that waits goes on with what its client does next, as long as that is there', async () => {
  const read = ['XREAD', 'BLOCK', '0', 'STREAMS', 'stream', '$'] as const;
  const open = `id=3 addr=${port} laddr=127.0.0.1:6379 fd=8 name= age=0`;
  const next = async (clientList: string) => {
    await shown([port, ...read]);
    expect(monitor.take().map(({ command }) => command.command)).toEqual(['XREAD']);
    monitor.forget(monitor.departed(clientList));
    await shown([port, 'GET', 'key']);
    return monitor.take().map(({ command }) => command.command);
  };
  expect(await next(open)).toEqual(['XREAD', 'GET']);
  // Somebody else has its port.
  expect(await next('')).toEqual(['GET']);
});

test('what the harness does is left out for as long as its connection lives, its port is not', async () => {
  await shown(named, [port, 'GET', 'of the harness']);
  const list = `id=3 addr=${port} laddr=127.0.0.1:6379 fd=8 name=voxpact-observer age=0`;
  expect(monitor.departed(list)).toEqual([]);
  expect(monitor.departed('id=4 addr=127.0.0.1:2 laddr=127.0.0.1:6379 fd=9 name= age=0')).toEqual([port]);
  monitor.forget([port]);
  await shown([port, 'GET', 'of a source']);
  expect(monitor.take()).toEqual([get('of a source')]);
});
