import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { listenOn } from './listen.ts';

const open: Server[] = [];
const server = (): Server => {
  const created = createServer();
  open.push(created);
  return created;
};
afterEach(async () => {
  for (const each of open.splice(0)) await new Promise((resolve) => each.close(resolve));
});

test('port 0 becomes the port that it got', async () => {
  const { host, port } = await listenOn(server(), { host: '127.0.0.1', port: 0 });
  expect(host).toBe('127.0.0.1');
  expect(port).toBeGreaterThan(0);
});

test('a port in use is one sentence', async () => {
  const taken = await listenOn(server(), { host: '127.0.0.1', port: 0 });
  await expect(listenOn(server(), taken)).rejects.toThrow(
    `port ${taken.port} on 127.0.0.1 is in use; stop what listens there, or choose another port.`,
  );
});

test('an address of another machine is one sentence', async () => {
  await expect(listenOn(server(), { host: '192.0.2.1', port: 0 })).rejects.toThrow(
    '192.0.2.1 is no address of this machine; choose one that it has, such as 127.0.0.1.',
  );
});
