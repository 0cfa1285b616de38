import { afterEach, expect, test } from '@jest/globals';
import type { TcpMessage } from '../../../contracts/messages/tcp.ts';
import { world } from '../../../contracts/world.ts';
import { type CountedMock, startCountedMock } from './fixtures/counted-mock.ts';
import { Member } from './fixtures/crowd.ts';
import type { TcpLimits } from './limits.ts';

const people = 2_000;
const [agent] = world.persons;

const follow: TcpMessage = {
  name: 'RequestRegisterNotification',
  referenceId: 1,
  attributes: { Subscription: { object_type: 3, tenant_id: world.tenant.dbid } },
};
const change = (referenceId: number): TcpMessage => ({
  name: 'RequestUpdateObject',
  referenceId,
  attributes: {
    ObjectType: 3,
    ObjectDelta: { DBID: agent.dbid, changed: { emailAddress: `agent-${referenceId}@t100.example` } },
  },
});
const readPersons = (referenceId: number): TcpMessage => ({
  name: 'RequestReadObjects',
  referenceId,
  attributes: { ObjectType: 3, Filter: {} },
});

let mock: CountedMock;
let crowd: Member[] = [];
afterEach(async () => {
  for (const { socket } of crowd) socket.destroy();
  crowd = [];
  await mock.stop();
});

/** Opens sessions, a hundred at a time. */
async function gather(count: number, clientName: string): Promise<Member[]> {
  const gathered: Member[] = [];
  while (gathered.length < count) {
    const more = Array.from({ length: Math.min(100, count - gathered.length) }, () =>
      Member.open(mock.address, clientName),
    );
    gathered.push(...(await Promise.all(more)));
  }
  crowd.push(...gathered);
  return gathered;
}

async function start(limits: Partial<TcpLimits> = {}): Promise<void> {
  mock = await startCountedMock([2, 3, 4], limits);
}

test('2,000 sources have a session, a subscription and an answer each, and are told of every change', async () => {
  await start();
  const members = await gather(people, 'pulse-lds-0');
  for (const member of members) member.say(follow, readPersons(2));
  await Promise.all(members.map((member) => member.hears('EventObjectsSent')));

  const [author] = (await gather(1, 'Cloud')) as [Member];
  author.say(change(1), change(2), change(3));
  await Promise.all(members.map((member) => member.hears('EventObjectUpdated', 3)));
  expect(members.every((member) => member.heard('EventNotificationRegistered') === 1)).toBe(true);
  expect(members.every((member) => member.heard('EventObjectUpdated') === 3)).toBe(true);

  const { sessions, exchanges, heapMiB } = await mock.figures();
  expect(sessions).toBe(people + 1);
  expect(exchanges).toBeLessThanOrEqual(1_000);
  expect(heapMiB).toBeLessThan(100);

  for (const { socket } of members) socket.end();
  await Promise.all(members.map((member) => member.hears('close of the socket')));
  author.say(change(4));
  await author.hears('EventObjectUpdated', 4);
  expect((await mock.figures()).sessions).toBe(1);
}, 60_000);

test('sources that do not read are cut before they fill the memory, and keep nobody else waiting', async () => {
  const mebibyte = 1024 * 1024;
  await start({ maxQueuedBytes: mebibyte });
  const readers = await gather(200, 'pulse-lds-0');
  for (const member of readers) member.say(follow);
  await Promise.all(readers.map((member) => member.hears('EventNotificationRegistered')));
  const deaf = await gather(30, 'deaf');
  for (const { socket } of deaf) socket.pause();
  const before = await mock.figures();

  const [author] = (await gather(1, 'Cloud')) as [Member];
  // Of 300 MiB the operating system takes what its own buffers hold.
  await mock.flood('deaf', 100, mebibyte / 10);
  author.say(change(1));
  await Promise.all(readers.map((member) => member.hears('EventObjectUpdated')));

  const after = await mock.figures();
  expect(after.buffersMiB - before.buffersMiB).toBeLessThan(40);
  expect(after.sessions).toBe(readers.length + 1);
}, 60_000);

test('many sources that do not read share one limit', async () => {
  const mebibyte = 1024 * 1024;
  await start({ maxQueuedBytes: 64 * mebibyte, maxBacklogBytes: 20 * mebibyte });
  const deaf = await gather(30, 'deaf');
  for (const { socket } of deaf) socket.pause();
  await mock.flood('deaf', 100, mebibyte / 10);
  const { buffersMiB, sessions } = await mock.figures();
  expect(buffersMiB).toBeLessThan(40);
  expect(sessions).toBeLessThan(deaf.length);
  const [reader] = (await gather(1, 'Cloud')) as [Member];
  reader.say(readPersons(1));
  await reader.hears('EventObjectsSent');
}, 60_000);

test('a source that asks much and reads late gets every answer', async () => {
  await start({ maxQueuedBytes: 1024 * 1024 });
  const requests = 20_000;
  const [late, other] = (await gather(2, 'Cloud')) as [Member, Member];
  late.socket.pause();
  late.say(...Array.from({ length: requests }, (_, index) => readPersons(index + 1)));
  for (let round = 1; round <= 20; round += 1) {
    other.say(readPersons(round));
    await other.hears('EventObjectsSent', round);
  }
  expect((await mock.figures()).buffersMiB).toBeLessThan(20);
  late.socket.resume();
  await late.hears('EventObjectsSent', requests);
  expect(late.heard('EventObjectsRead')).toBe(requests);
}, 60_000);
