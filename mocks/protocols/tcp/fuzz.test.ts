import { expect, test } from '@jest/globals';
import billing from '../../../contracts/connections/03-billing-data-service--tenant-service.ts';
import { compile } from '../../../contracts/matching.ts';
import { isTcpMessage, type TcpMessage } from '../../../contracts/messages/tcp.ts';
import { startCountedMock } from './fixtures/counted-mock.ts';
import { Member } from './fixtures/crowd.ts';
import { fuzz, repertoire } from './fixtures/fuzz.ts';
import { Random } from './random-messages.ts';

const frames = 1_000_000;
const warmUpFrames = 50_000;
const connections = 250;

const requests = billing.interactions
  .flatMap(({ steps }) => steps.filter(({ from }) => from === 'source'))
  .flatMap(({ content }): TcpMessage[] => {
    const { example } = compile(content);
    return isTcpMessage(example) && example.referenceId !== undefined ? [example] : [];
  });

test('a million frames, good and bad, neither crash nor hang a mock, and leave nothing behind', async () => {
  const random = new Random(Number(process.env.FUZZ_SEED ?? 20_251_126));
  const mock = await startCountedMock([billing.connection]);
  const good = await Member.open(mock.address, 'Cloud');
  const all = repertoire(random, requests);

  await fuzz(mock.address, random, all, { connections, total: warmUpFrames });
  const before = await mock.figures();
  const { sent, connected } = await fuzz(mock.address, random, all, { connections, total: frames });
  const after = await mock.figures();

  expect(sent).toBeGreaterThanOrEqual(frames);
  expect(connected).toBeGreaterThan(frames / 1_000);
  // The others are control frames, and what ends a connection.
  expect(after.messages - before.messages).toBeGreaterThan(0.9 * frames);
  expect(after.sessions).toBe(1);
  expect(after.exchanges).toBeLessThanOrEqual(1_000);
  expect(after.heapMiB - before.heapMiB).toBeLessThan(8);
  expect(after.buffersMiB - before.buffersMiB).toBeLessThan(5);

  const anew = await Member.open(mock.address, 'Cloud');
  for (const member of [good, anew]) {
    for (const [index, request] of requests.entries()) member.say({ ...request, referenceId: index + 1 });
    await member.hears('EventObjectsSent', requests.length);
    expect(member.heard('close of the socket')).toBe(0);
    member.socket.destroy();
  }
  await mock.stop();
}, 120_000);
