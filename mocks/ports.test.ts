import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { assertFree, freePort } from './ports.ts';

const open: Server[] = [];

async function listen(port: number): Promise<number> {
  const server = createServer().listen(port, '127.0.0.1');
  open.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

describe('freePort', () => {
  test('gives a port that a server can listen on', async () => {
    const port = await freePort();
    expect(await listen(port)).toBe(port);
  });

  test('does not give the same port twice, though nobody listens there yet', async () => {
    const ports = await Promise.all(Array.from({ length: 50 }, () => freePort()));
    expect(new Set(ports).size).toBe(50);
  });

  test('gives none that another process has been given', async () => {
    const here = await Promise.all(Array.from({ length: 50 }, () => freePort()));
    const script = `import { freePort } from ${JSON.stringify(new URL('./ports.ts', import.meta.url).href)};
      const ports = [];
      while (ports.length < 900) ports.push(await freePort());
      console.log(JSON.stringify(ports));
      process.stdin.resume();`;
    const others = Array.from({ length: 3 }, () => execa('node', ['--input-type=module', '--eval', script]));
    const drawn = others.map(({ stdout }) => once(createInterface({ input: stdout }), 'line'));
    const there = (await Promise.all(drawn)).flatMap(([line]) => JSON.parse(line) as number[]);
    for (const other of others) other.stdin.end();
    await Promise.all(others);
    expect(there).toHaveLength(2700);
    expect(here.filter((port) => there.includes(port))).toEqual([]);
    expect(new Set(there).size).toBe(2700);
  });

  test('passes over a port that is in use for TCP, and one in use for UDP', async () => {
    const before = await freePort();
    await listen(before + 1);
    const socket = createSocket('udp4').bind(before + 2, '127.0.0.1');
    try {
      await once(socket, 'listening');
      expect(await freePort()).toBeGreaterThan(before + 2);
    } finally {
      socket.close();
    }
  });

  test('looks on the host that was asked for', async () => {
    expect(await freePort('127.0.0.2')).toBeGreaterThan(0);
    expect(await freePort('::1')).toBeGreaterThan(0);
    await expect(freePort('192.0.2.1')).rejects.toThrow('EADDRNOTAVAIL');
  });
});

describe('assertFree', () => {
  test('says which port is in use', async () => {
    const port = await listen(0);
    await expect(assertFree({ host: '127.0.0.1', port })).rejects.toThrow(
      `port ${port} on 127.0.0.1 is in use; stop what listens there, or choose another port.`,
    );
  });

  test('asks for UDP alone where that is what the server speaks, and for TCP otherwise', async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    try {
      await once(socket, 'listening');
      const held = { host: '127.0.0.1', port: socket.address().port };
      await expect(assertFree(held, 'UDP')).rejects.toThrow(
        `port ${held.port} on 127.0.0.1 is in use; stop what listens there, or choose another port.`,
      );
    } finally {
      socket.close();
    }
    const port = await listen(await freePort());
    await expect(assertFree({ host: '127.0.0.1', port }, 'UDP')).resolves.toBeUndefined();
  });

  test('is content with a free port, and with port 0', async () => {
    await expect(assertFree({ host: '127.0.0.1', port: await freePort() })).resolves.toBeUndefined();
    await expect(assertFree({ host: '127.0.0.1', port: 0 })).resolves.toBeUndefined();
  });
});
