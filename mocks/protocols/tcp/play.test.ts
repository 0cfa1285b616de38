import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import contract from '../../../contracts/connections/03-billing-data-service--tenant-service.ts';
import type { Contract } from '../../../contracts/contract.ts';
import { judge } from '../../../contracts/conversation.ts';
import { type TcpMessage, type TcpValue, tcpProfile } from '../../../contracts/messages/tcp.ts';
import { type Observed, UnreachableError } from '../../adapter.ts';
import { listenOn } from '../../listen.ts';
import { createTcpAdapter } from './adapter.ts';
import { defaultCodec } from './default-codec.ts';
import { type ScriptedDestination, scriptedDestination } from './fixtures/scripted-destination.ts';

const patient = createTcpAdapter();
/** For what never comes. */
const hasty = createTcpAdapter(defaultCodec, { stepTimeoutMs: 300, sessionTimeoutMs: 300 });
type Script = Parameters<typeof scriptedDestination>[0];

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

async function broken(script: Script): Promise<ScriptedDestination> {
  const destination = await scriptedDestination(script);
  undo.push(destination.close);
  return destination;
}

function interactionOf(description: string) {
  const found = contract.interactions.find((each) => each.description === description);
  if (found === undefined) throw new Error(`no interaction "${description}"`);
  return found;
}

async function playAt(
  address: { host: string; port: number },
  description: string,
  { signal = AbortSignal.timeout(10_000), adapter = patient } = {},
): Promise<Observed> {
  const interaction = interactionOf(description);
  return adapter.play({ contract: contract as Contract, interaction, values: {} }, address, signal);
}

/** What the judge says of a destination with the given script. */
async function verdictOn(description: string, script: Script, adapter = patient): Promise<string[]> {
  const { address } = await broken(script);
  const observed = await playAt(address, description, { adapter });
  const mismatches = judge(interactionOf(description), observed.messages, tcpProfile, 'destination');
  return [...mismatches.map(({ message }) => message), ...(observed.failure ? [observed.failure.message] : [])];
}

const person = { DBID: 111, userName: 'agent1', employeeID: 'A1001', isAgent: 2, state: 1, tenantDBID: 101 };
const read = (referenceId: number | undefined, ...objects: TcpValue[]): TcpMessage => ({
  name: 'EventObjectsRead',
  ...(referenceId === undefined ? {} : { referenceId }),
  attributes: { ObjectType: 3, ConfObject: objects },
});
const sent = (referenceId: number): TcpMessage => ({ name: 'EventObjectsSent', referenceId, attributes: {} });
const refOf = (message: TcpMessage) => message.referenceId as number;

describe('a destination that keeps the contract', () => {
  test('is observed message by message, the session left out, the password never told', async () => {
    const { address } = await broken((message, say) => say(read(refOf(message), person), sent(refOf(message))));
    const observed = await playAt(address, 'read all persons');
    expect(observed.failure).toBeUndefined();
    expect(observed.messages.map(({ from, content }) => `${from} ${tcpProfile.title(content)}`)).toEqual([
      'source RequestReadObjects',
      'destination EventObjectsRead',
      'destination EventObjectsSent',
    ]);
    const opened = await playAt(address, 'open a configuration session');
    expect(opened.messages[0]?.content).toMatchObject({ attributes: { userPassword: '***' } });
  });

  test('may send unknown attributes and events in one piece or byte by byte', async () => {
    const verdict = await verdictOn('read all persons', (message, _, socket) => {
      const part = { ...read(refOf(message), { ...person, emailAddress: 'a@b.example' }) };
      const bytes = [{ ...part, attributes: { ...part.attributes, New: true } }, sent(refOf(message))].flatMap(
        (each) => [...defaultCodec.encode(each)],
      );
      for (const byte of bytes) socket.write(Uint8Array.of(byte));
    });
    expect(verdict).toEqual([]);
  });

  test('may interleave the answers of two reads in flight', async () => {
    const waiting: number[] = [];
    const verdict = await verdictOn('two reads in flight are told apart by their reference ids', (message, say) => {
      waiting.push(refOf(message));
      if (waiting.length < 2) return;
      const [dns, places] = waiting as [number, number];
      const dn = { DBID: 301, number: '7001', switchDBID: 105, state: 1, tenantDBID: 101 };
      const place = { DBID: 401, name: '7001', state: 1, tenantDBID: 101 };
      const part = (ref: number, ObjectType: number, object: TcpValue): TcpMessage => ({
        name: 'EventObjectsRead',
        referenceId: ref,
        attributes: { ObjectType, ConfObject: [object] },
      });
      say(part(places, 4, place), part(dns, 2, dn), part(places, 4, place), sent(dns), sent(places));
    });
    expect(verdict).toEqual([]);
  });
});

const answerMissing = [
  'step 2 of 3, from the destination: expected EventObjectsRead, got nothing',
  'step 3 of 3, from the destination: expected EventObjectsSent, got nothing',
];

describe('a destination with one thing wrong', () => {
  test('an attribute dropped', async () => {
    const { employeeID, ...rest } = person;
    expect(employeeID).toBeDefined();
    expect(
      await verdictOn('read all persons', (message, say) => say(read(refOf(message), rest), sent(refOf(message)))),
    ).toEqual([
      '$.attributes.ConfObject[0].employeeID: expected a string like "A1001", got nothing (the key is missing)',
    ]);
  });

  test('a type changed', async () => {
    const verdict = await verdictOn('read all persons', (message, say) =>
      say(read(refOf(message), { ...person, DBID: '111' }), sent(refOf(message))),
    );
    expect(verdict).toEqual(['$.attributes.ConfObject[0].DBID: expected an integer like 111, got "111" (string)']);
  });

  test('a wrong reference id', async () => {
    expect(await verdictOn('read all persons', (message, say) => say(read(99, person), sent(refOf(message))))).toEqual([
      '$.referenceId: expected 1, the value bound to request 1, got 99 (number)',
    ]);
  });

  test('no reference id', async () => {
    expect(
      await verdictOn('read all persons', (message, say) => say(read(undefined, person), sent(refOf(message)))),
    ).toEqual(['$.referenceId: expected the value bound to request 1 like 1, got nothing (the key is missing)']);
  });

  test('the end marker lost', async () => {
    expect(await verdictOn('read all persons', (message, say) => say(read(refOf(message), person)), hasty)).toEqual([
      'step 3 of 3, from the destination: expected EventObjectsSent, got nothing',
      'no EventObjectsRead or EventObjectsSent came within 300 ms',
    ]);
  });

  test('an event after the end', async () => {
    expect(
      await verdictOn('read all persons', (message, say) =>
        say(read(refOf(message), person), sent(refOf(message)), read(refOf(message), person)),
      ),
    ).toEqual(['step 2 of 3, from the destination: expected EventObjectsRead once, got it came again']);
  });

  test('an object lost from the inventory', async () => {
    expect(
      await verdictOn('the parts of an answer add up to the inventory', (message, say) =>
        say(read(refOf(message), person, person), read(refOf(message), person), sent(refOf(message))),
      ),
    ).toEqual(['$.attributes.ConfObject: expected at least 2 items and at most 2 items, got 1 item']);
  });

  test('objects where there are none', async () => {
    expect(
      await verdictOn('nothing found is an answer without objects, not an error', (message, say) =>
        say(read(refOf(message), person), sent(refOf(message))),
      ),
    ).toEqual([
      'destination: expected this message never to be sent, got EventObjectsRead',
      'destination: expected no such message, got EventObjectsRead',
    ]);
  });

  test('a session opened where it must be rejected', async () => {
    expect(await verdictOn('a session with bad credentials is rejected and closed', () => {}, hasty)).toEqual([
      '$.name: expected "SessionRejected", got "SessionOpened" (string)',
      '$.attributes.reason: expected a string like "the user name or the password is wrong", got nothing (the key is missing)',
      'step 3 of 3, from the destination: expected ConnectionClosed, got nothing',
      'no ConnectionClosed came within 300 ms',
    ]);
  });

  test('an error instead of an answer', async () => {
    expect(
      await verdictOn(
        'read all persons',
        (message, say) =>
          say({ name: 'EventError', referenceId: refOf(message), attributes: { type: 'T', text: 'no' } }),
        hasty,
      ),
    ).toEqual([
      '$.name: expected "EventObjectsRead", got "EventError" (string)',
      '$.attributes.ObjectType: expected 3, got nothing (the key is missing)',
      '$.attributes.ConfObject: expected an array, got nothing (the key is missing)',
      'step 3 of 3, from the destination: expected EventObjectsSent, got nothing',
      'no EventObjectsRead or EventObjectsSent came within 300 ms',
    ]);
  });

  test('silence', async () => {
    expect(await verdictOn('read all persons', () => {}, hasty)).toEqual([
      ...answerMissing,
      'no EventObjectsRead came within 300 ms',
    ]);
  });

  test('the connection closed instead of the answer', async () => {
    expect(await verdictOn('read all persons', (_message, _say, socket) => socket.end())).toEqual([
      ...answerMissing,
      'the destination closed the connection before EventObjectsRead',
    ]);
  });

  test('a close with a reason instead of the answer', async () => {
    expect(
      await verdictOn('read all persons', (_message, _say, socket) =>
        socket.end(defaultCodec.control({ kind: 'close', code: 1, text: 'no session' }) as Uint8Array),
      ),
    ).toEqual([
      ...answerMissing,
      'the destination closed the connection, saying 1 "no session", before EventObjectsRead',
    ]);
  });

  test('the connection reset', async () => {
    expect(await verdictOn('read all persons', (_message, _say, socket) => socket.resetAndDestroy())).toEqual([
      ...answerMissing,
      'the destination broke the connection (ECONNRESET)',
    ]);
  });

  test('garbage', async () => {
    expect(
      await verdictOn(
        'read all persons',
        (_message, _say, socket) => void socket.write('HTTP/1.1 400 Bad Request\r\n'),
      ),
    ).toEqual([
      ...answerMissing,
      'a frame of the destination cannot be read: a frame announces 1213486160 bytes; 2 to 16777216 are allowed (it begins with "HTTP/1.1 400 Bad")',
    ]);
  });

  test('a frame cut short', async () => {
    expect(
      await verdictOn('read all persons', (message, _say, socket) =>
        socket.end(defaultCodec.encode(sent(refOf(message))).subarray(0, 12)),
      ),
    ).toEqual([
      ...answerMissing,
      'a frame of the destination cannot be read: the stream ended after 12 bytes of a frame, before 30 bytes',
    ]);
  });

  test('a frame larger than any', async () => {
    expect(
      await verdictOn(
        'read all persons',
        (_message, _say, socket) => void socket.write(Uint8Array.of(0x7f, 0, 0, 0, 1, 0)),
      ),
    ).toEqual([
      ...answerMissing,
      'a frame of the destination cannot be read: a frame announces 2130706432 bytes; 2 to 16777216 are allowed (it begins with "......")',
    ]);
  });

  test('a session that never opens', async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => sockets.push(socket));
    const address = await listenOn(server, { host: '127.0.0.1', port: 0 });
    undo.push(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    const { failure, messages } = await playAt(address, 'read all persons', { adapter: hasty });
    expect(messages).toEqual([]);
    expect(failure?.message).toBe('the session did not open: no SessionOpened came within 300 ms');
  });
});

test('a codec without control frames does without polls: what comes within the time limit is seen', async () => {
  const plain = createTcpAdapter({ ...defaultCodec, control: () => undefined }, { lingerTimeoutMs: 100 });
  const { address } = await broken((message, say) =>
    say(read(refOf(message), person), sent(refOf(message)), read(refOf(message), person)),
  );
  const interaction = interactionOf('read all persons');
  const { messages, failure } = await plain.play(
    { contract: contract as Contract, interaction, values: {} },
    address,
    AbortSignal.timeout(20_000),
  );
  expect(failure).toBeUndefined();
  expect(messages).toHaveLength(4);
});

describe('nobody to play with', () => {
  test('nobody listens', async () => {
    const { address, close } = await scriptedDestination(() => {});
    await close();
    const { failure } = await playAt(address, 'read all persons');
    expect(failure).toBeInstanceOf(UnreachableError);
    expect(failure?.message).toBe(
      `nobody answers at 127.0.0.1:${address.port} (ECONNREFUSED); is the destination running there?`,
    );
  });

  test('aborted before the start', async () => {
    const { address } = await broken(() => {});
    const { failure } = await playAt(address, 'read all persons', { signal: AbortSignal.abort() });
    expect(failure?.message).toBe('aborted while awaiting RequestReadObjects');
  });

  test('aborted during play: nothing stays open', async () => {
    const abort = new AbortController();
    const destination = await broken(() => abort.abort());
    const { failure } = await playAt(destination.address, 'read all persons', { signal: abort.signal });
    expect(failure?.message).toBe('aborted while awaiting EventObjectsRead');
    for (let waited = 0; (await destination.connections()) > 0 && waited < 2_000; waited += 5) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await destination.connections()).toBe(0);
  });
});
