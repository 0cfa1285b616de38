import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from '@jest/globals';
import { freePort } from '../../ports.ts';
import { openSession } from './client.ts';
import { type Attempt, firstPacket, standInForAbsent } from './outage.ts';

function startup(...words: string[]): Buffer {
  const body = Buffer.from(`${words.join('\0')}\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(8 + body.length, 0);
  head.writeInt32BE(3 << 16, 4);
  return Buffer.concat([head, body]);
}

test('the first packet tells who asks, however it is cut', () => {
  const packet = startup('user', 't100', 'database', 'd1');
  for (let length = 0; length < packet.length; length += 1) {
    expect(firstPacket(packet.subarray(0, length))).toBe('incomplete');
  }
  expect(firstPacket(packet)).toEqual({ role: 't100', database: 'd1' });
  expect(firstPacket(startup('user', 't100'))).toEqual({ role: 't100', database: 't100' });
});

test('encryption requests and other protocols are known', () => {
  expect(firstPacket(Buffer.from('0000000804d2162f', 'hex'))).toBe('encryption');
  expect(firstPacket(Buffer.from('0000000804d21630', 'hex'))).toBe('encryption');
  expect(firstPacket(Buffer.from('GET / HTTP/1.1\r\n'))).toBe('unknown');
  expect(firstPacket(Buffer.from('0000000000030000', 'hex'))).toBe('unknown');
});

test('who asks for an absent server is noted and gets no answer', async () => {
  const at = { host: '127.0.0.1', port: await freePort() };
  const attempts: Attempt[] = [];
  const standIn = await standInForAbsent(at, (attempt) => attempts.push(attempt));
  try {
    await expect(openSession({ at, role: 't100', database: 'd1' })).rejects.toThrow(
      /ECONNRESET|terminated unexpectedly/,
    );
    await expect(openSession({ at: { ...at, ca: 'none' }, role: 't100', database: 'd1' })).rejects.toThrow();
    const silent = connect(at);
    await once(silent, 'connect');
    await standIn.close();
    await once(silent, 'close');
  } finally {
    await standIn.close();
  }
  expect(attempts).toEqual([{ role: 't100', database: 'd1' }]);
  await expect(openSession({ at, role: 't100', database: 'd1' })).rejects.toThrow('ECONNREFUSED');
});
