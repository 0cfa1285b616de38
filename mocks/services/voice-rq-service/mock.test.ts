import { describe, expect, test } from '@jest/globals';
import tenantService from '../../../contracts/connections/16-tenant-service--voice-rq-service.ts';
import interactionServer from '../../../contracts/connections/20-interaction-server--voice-rq-service.ts';
import sipCluster from '../../../contracts/connections/25-voice-sip-cluster-service--voice-rq-service.ts';
import ors from '../../../contracts/connections/30-ors--voice-rq-service.ts';
import { state } from '../../../contracts/contract.ts';
import type { TcpMessage, TcpValue } from '../../../contracts/messages/tcp.ts';
import type { StateSet } from '../../adapter.ts';
import voiceRqService from './mock.ts';
import { addTo, openStream } from './streams.ts';
import { createRqWorld, type RqWorld } from './world.ts';

type Attributes = TcpMessage['attributes'];

/** A client on a session of its own. */
class Client {
  /** What came without being the answer to the last question. */
  readonly pushed: TcpMessage[] = [];
  hungUp = false;
  readonly #leaving = new AbortController();
  readonly #handler: ReturnType<typeof voiceRqService.accept>;
  #lastId = 0;

  constructor(world: RqWorld) {
    this.#handler = voiceRqService.accept(world, {
      push: (message) => void this.pushed.push(message),
      hangUp: () => {
        this.hungUp = true;
      },
      signal: this.#leaving.signal,
    });
  }

  async ask(name: string, attributes: Attributes = {}): Promise<TcpMessage[]> {
    this.#lastId += 1;
    const answers = await this.#handler.onMessage({ name, referenceId: this.#lastId, attributes });
    return [...(answers ?? [])];
  }

  async add(stream: string, event: string): Promise<TcpMessage | undefined> {
    const [answer] = await this.ask('RqAdd', { stream, event, timeStamp: '00000199c9e8c07d', body: { id: event } });
    return answer;
  }

  async read(stream: string, from = '0', wait = false): Promise<string[]> {
    return eventsOf(await this.ask('RqRead', { stream, from, wait }));
  }

  leave(): void {
    this.#leaving.abort();
  }
}

/** The names of the events that messages carry. */
function eventsOf(messages: readonly TcpMessage[]): string[] {
  const entries = messages.flatMap(({ attributes }) => (attributes.entries ?? []) as readonly TcpValue[]);
  return entries.map((entry) => (entry as { event: string }).event);
}

const refusal = (referenceId: number, code: string) =>
  expect.objectContaining({ name: 'RqError', referenceId, attributes: expect.objectContaining({ code }) });

const session = 'voice-ors-0:session';

describe('streams, which all clients share', () => {
  test('what three producers add, a reader who waits gets at once and in order', async () => {
    const world = createRqWorld();
    const [sip, tenant, digital, reader] = [1, 2, 3, 4].map(() => new Client(world)) as [
      Client,
      Client,
      Client,
      Client,
    ];
    expect(await reader.read(session, '0', true)).toEqual([]);
    await sip.add(session, 'EventRouteRequest');
    await tenant.add(session, 'urs.target');
    await digital.add(session, 'ixn.notification');
    expect(eventsOf(reader.pushed)).toEqual(['EventRouteRequest', 'urs.target', 'ixn.notification']);
    expect(reader.pushed.map(({ referenceId }) => referenceId)).toEqual([1, 1, 1]);
  });

  test('a reader who waits first gets what is there, then what comes', async () => {
    const world = createRqWorld();
    openStream(world, session);
    const [producer, reader] = [new Client(world), new Client(world)];
    await producer.add(session, 'before');
    expect(await reader.read(session, '0', true)).toEqual(['before']);
    await producer.add(session, 'after');
    expect(eventsOf(reader.pushed)).toEqual(['after']);
  });

  test('a read goes on behind the entry that an add has named', async () => {
    const world = createRqWorld();
    openStream(world, session);
    const client = new Client(world);
    const ids = [];
    for (const event of ['first', 'second', 'third']) ids.push((await client.add(session, event))?.attributes.entryId);
    expect(ids).toEqual(['1760000000125-0', '1760000000125-1', '1760000000125-2']);
    expect(await client.read(session, String(ids[0]))).toEqual(['second', 'third']);
    expect(await client.read(session, String(ids[2]))).toEqual([]);
  });

  test('the entries of one stream are not in another', async () => {
    const world = createRqWorld();
    openStream(world, session);
    openStream(world, 'other');
    const client = new Client(world);
    await client.add('other', 'elsewhere');
    expect(await client.read(session)).toEqual([]);
    expect(await client.read('other')).toEqual(['elsewhere']);
  });

  test('an event that is repeated is there twice', async () => {
    const world = createRqWorld();
    openStream(world, session);
    const client = new Client(world);
    await client.add(session, 'urs.target');
    await client.add(session, 'urs.target');
    expect(await client.read(session)).toEqual(['urs.target', 'urs.target']);
  });

  test('a reader who has left gets nothing more, and is forgotten; the others go on', async () => {
    const world = createRqWorld();
    const [producer, leaver, stayer] = [new Client(world), new Client(world), new Client(world)];
    await leaver.read(session, '0', true);
    await stayer.read(session, '0', true);
    leaver.leave();
    await producer.add(session, 'late');
    expect(leaver.pushed).toEqual([]);
    expect(eventsOf(stayer.pushed)).toEqual(['late']);
    expect(world.readers.size).toBe(1);
  });

  test('a closed stream takes no event, wakes no reader, and begins anew when it is read again', async () => {
    const world = createRqWorld();
    const [producer, reader] = [new Client(world), new Client(world)];
    await reader.read(session, '0', true);
    await producer.add(session, 'EventReleased');
    expect(await reader.ask('RqClose', { stream: session })).toEqual([
      { name: 'RqClosed', referenceId: 2, attributes: {} },
    ]);
    expect(await producer.add(session, 'late')).toEqual(refusal(2, 'NO_STREAM'));
    expect(await reader.ask('RqClose', { stream: session })).toEqual([refusal(3, 'NO_STREAM')]);
    expect(await reader.read(session)).toEqual([]);
    await producer.add(session, 'of the next session');
    expect(eventsOf(reader.pushed)).toEqual(['EventReleased']);
  });
});

describe('a node', () => {
  test('that is full opens no stream, and serves those that are open', async () => {
    const world = { ...createRqWorld(), maxStreams: 1 };
    const client = new Client(world);
    await client.read(session);
    expect(await client.ask('RqRead', { stream: 'one more', from: '0', wait: false })).toEqual([
      refusal(2, 'OVERLOADED'),
    ]);
    expect((await client.add(session, 'urs.target'))?.name).toBe('RqAdded');
    await client.ask('RqClose', { stream: session });
    expect(
      (await client.ask('RqRead', { stream: 'one more', from: '0', wait: false })).map(({ name }) => name),
    ).toEqual(['RqEvents']);
  });

  test('takes an event again once the election is over', async () => {
    const world = { ...createRqWorld(), refusals: 1 };
    openStream(world, session);
    const client = new Client(world);
    expect(await client.add(session, 'urs.target')).toEqual(refusal(1, 'NOT_READY'));
    expect((await client.add(session, 'urs.target'))?.name).toBe('RqAdded');
    expect(await client.read(session)).toEqual(['urs.target']);
  });

  test('that leaves a command unanswered does not carry it out either', async () => {
    const world = { ...createRqWorld(), unanswered: 1 };
    openStream(world, session);
    const client = new Client(world);
    expect(await client.add(session, 'lost')).toBeUndefined();
    expect(await client.read(session)).toEqual([]);
  });

  test('that stops answers nothing and hangs up', async () => {
    const client = new Client({ ...createRqWorld(), stops: true });
    expect(await client.ask('RqRead', { stream: session, from: '0', wait: false })).toEqual([]);
    expect(client.hungUp).toBe(true);
  });

  test.each<[string, Attributes, string]>([
    ['RqAdd', { event: 'x' }, 'stream is missing'],
    ['RqAdd', { stream: session }, 'event is missing'],
    ['RqRead', { stream: session, from: 'yesterday' }, 'from is not the id of an entry'],
    ['RqRead', { stream: session }, 'from is not the id of an entry'],
    ['RqMove', { stream: session }, 'RqMove is not modelled by this mock'],
  ])('refuses %s with %j: %s', async (name, attributes, text) => {
    const world = createRqWorld();
    expect(await new Client(world).ask(name, attributes)).toEqual([
      { name: 'RqError', referenceId: 1, attributes: { code: 'BAD_REQUEST', text } },
    ]);
    expect(world.streams.size).toBe(0);
  });
});

describe('states', () => {
  const given = [tenantService, interactionServer, sipCluster, ors].flatMap(({ interactions }) =>
    interactions.map((interaction) => interaction.given),
  );

  test('every state that a contract names has a handler, and every handler is named', () => {
    const named = new Set(given.flat().map(({ name }) => name));
    expect(Object.keys(voiceRqService.states).sort()).toEqual([...named].sort());
  });

  async function set(world: RqWorld, { name, params }: ReturnType<typeof state>): Promise<Partial<StateSet>> {
    const handler = voiceRqService.states[name];
    if (handler === undefined) throw new Error(`no state "${name}"`);
    return handler(world, params);
  }

  /** A copy that nothing writes into later. The readers are sessions, which no state sets. */
  const contentOf = ({ readers: _, ...fixture }: RqWorld) => structuredClone(fixture);

  test.each([...new Map(given.map((states) => [states.map(({ name }) => name).join(', '), states]))])(
    '%s: undone to the letter, whatever happened meanwhile',
    async (_, states) => {
      const world = createRqWorld();
      openStream(world, session);
      addTo(world, session, { event: 'before', timeStamp: null, body: {} });
      const before = contentOf(world);
      const sets = [];
      for (const each of states) sets.push(await set(world, each));
      openStream(world, 'meanwhile');
      addTo(world, session, { event: 'meanwhile', timeStamp: null, body: {} });
      for (const each of sets.reverse()) await each.undo?.();
      expect(contentOf(world)).toEqual(before);
    },
  );

  test('events that are announced come once, to the first who waits', async () => {
    const world = createRqWorld();
    const coming = { stream: session, event: 'EventRouteRequest', count: 1 };
    await set(world, state('events are added while the stream is read', coming));
    const [first, second] = [new Client(world), new Client(world)];
    await first.read(session, '0', true);
    await second.read('other', '0', true);
    await new Promise((resolve) => setImmediate(resolve));
    expect(eventsOf(first.pushed)).toEqual(['EventRouteRequest']);
    expect(await second.read(session, '0', true)).toEqual(['EventRouteRequest']);
    await new Promise((resolve) => setImmediate(resolve));
    expect(eventsOf(first.pushed)).toEqual(['EventRouteRequest']);
  });

  test.each([
    [
      state('the node is active', { node: -1, pair: 0 }),
      "the state's parameter node must be a number from 0 up, not -1",
    ],
    [state('the stream is open'), "the state's parameter stream must be the name of a stream, not undefined"],
    [
      state('the stream holds events', { stream: session, event: 'EventMoon', count: 1 }),
      'the fixture world has EventRouteRequest, EventTreatmentApplied, EventTreatmentEnd, EventAttachedDataChanged; "EventMoon" is asked for',
    ],
  ])('that cannot be set say so: %j', async (wanted, sentence) => {
    await expect(set(createRqWorld(), wanted)).rejects.toThrow(sentence);
  });
});
