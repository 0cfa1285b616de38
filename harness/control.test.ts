import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ProviderState } from '../contracts/contract.ts';
import { type MockServer, UnknownStateError } from '../mocks/adapter.ts';
import { type CallControl, CallRefusal, type CallReport } from '../mocks/calls.ts';
import { type Control, openControl } from './control.ts';

/** A mock whose world is a list of the names of its states; an undo puts back what its state found, as real ones do. */
function listKeeper() {
  let world: readonly string[] = [];
  let exchanges = [
    { id: 7, messages: [{ from: 'source' as const, content: 'hello', atMs: 1 }], failure: new Error('stray') },
  ];
  const mock: MockServer = {
    address: { host: '127.0.0.1', port: 1 },
    setState: async ({ name, params }: ProviderState) => {
      if (name === 'unknown') throw new UnknownStateError('there is no state "unknown"; there are a, b');
      if (name === 'impossible') throw new Error('the store is gone');
      const before = world;
      world = [...world, name];
      const undo = async () => {
        world = before;
      };
      return { values: { etag: `"${params.id}"` }, undo };
    },
    exchanges: () => exchanges,
    settled: async () => {},
    clear: () => {
      exchanges = [];
    },
    inspect: () => ({ names: world }),
    reset: async () => {
      world = [];
    },
    close: async () => {},
  };
  return { mock, world: () => world };
}

let keeper: ReturnType<typeof listKeeper>;
let control: Control;
beforeEach(async () => {
  keeper = listKeeper();
  control = await openControl(keeper.mock);
});
afterEach(() => control.close());

async function ask(method: string, path: string, body?: string) {
  const response = await fetch(`${control.url}${path}`, { method, ...(body === undefined ? {} : { body }) });
  return { status: response.status, text: (await response.text()).trim() };
}
const change = (action: string, state: string, params?: object) =>
  ask('POST', '/states', JSON.stringify({ state, action, ...(params && { params }) }));

test('listens on loopback', () => {
  expect(control.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

describe('states', () => {
  test('are set with their parameters, answer their values, and are undone', async () => {
    expect(await change('setup', 'a', { id: 5 })).toEqual({ status: 200, text: JSON.stringify({ etag: '"5"' }) });
    expect(keeper.world()).toEqual(['a']);
    expect(await change('teardown', 'a', { id: 5 })).toEqual({ status: 200, text: '{}' });
    expect(keeper.world()).toEqual([]);
  });

  test('that are torn down in the order they were set leave nothing behind', async () => {
    for (const action of ['setup', 'teardown']) {
      for (const state of ['a', 'b']) expect(await change(action, state)).toMatchObject({ status: 200 });
    }
    expect(keeper.world()).toEqual([]);
  });

  test('that nobody knows are refused with the sentence of the mock', async () => {
    expect(await change('setup', 'unknown')).toEqual({
      status: 400,
      text: 'there is no state "unknown"; there are a, b',
    });
    expect(await change('teardown', 'unknown')).toEqual({ status: 200, text: '{}' });
  });

  test('that the mock cannot set are its own trouble', async () => {
    expect(await change('setup', 'impossible')).toEqual({ status: 500, text: 'the store is gone' });
  });

  const example = '{"state": "tenant t100 exists", "params": {}, "action": "setup"}';
  test.each([
    ['{"state"', `expected JSON like ${example}, got "{\\"state\\""`],
    ['[]', `state expected as in ${example}, got undefined`],
    ['{"state":"a"}', `action expected as in ${example}, got undefined`],
    ['{"state":"a","action":"setup","params":{"x":{}}}', `params expected as in ${example}, got {"x":{}}`],
  ])('%s is refused', async (body, sentence) => {
    expect(await ask('POST', '/states', body)).toEqual({ status: 400, text: expect.stringContaining(sentence) });
    expect(keeper.world()).toEqual([]);
  });

  test('in a body without end are refused before it is read', async () => {
    const socket = connect(Number(new URL(control.url).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write('POST /states HTTP/1.1\r\nhost: x\r\ncontent-length: 900000000\r\n\r\n');
    socket.write(Buffer.alloc(128 * 1024, 'x'));
    const [answer] = (await once(socket, 'data', { signal: AbortSignal.timeout(20_000) })) as [Buffer];
    socket.destroy();
    expect(answer.toString()).toMatch(/^HTTP\/1.1 413 [\s\S]*the body is larger than 65536 bytes/);
  });
});

test('the record is told with its failures in words, and forgotten', async () => {
  const { text } = await ask('GET', '/exchanges');
  expect(JSON.parse(text)).toEqual([
    { id: 7, messages: [{ from: 'source', content: 'hello', atMs: 1 }], failure: 'stray' },
  ]);
  expect(await ask('DELETE', '/exchanges')).toEqual({ status: 204, text: '' });
  expect(await ask('GET', '/exchanges')).toEqual({ status: 200, text: '[]' });
});

test('anything else is told what there is', async () => {
  expect(await ask('GET', '/states')).toEqual({
    status: 404,
    text: 'GET /states is not served; there is POST /states, GET /exchanges, DELETE /exchanges, GET /world, POST /reset',
  });
});

test('closes twice, with connections that are still open', async () => {
  await ask('GET', '/exchanges');
  await control.close();
  await control.close();
  await expect(fetch(control.url)).rejects.toThrow('fetch failed');
});

describe('the world', () => {
  test('can be looked at, and reset with its states and its record', async () => {
    await change('setup', 'a');
    expect(await ask('GET', '/world')).toEqual({ status: 200, text: '{"names":["a"]}' });
    expect(await ask('POST', '/reset')).toEqual({ status: 204, text: '' });
    expect(await ask('GET', '/world')).toEqual({ status: 200, text: '{"names":[]}' });
    expect(await ask('GET', '/exchanges')).toEqual({ status: 200, text: '[]' });
    // The state stands no more, so its teardown puts nothing back.
    await change('setup', 'b');
    expect(await change('teardown', 'a')).toEqual({ status: 200, text: '{}' });
    expect(keeper.world()).toEqual(['b']);
  });

  test('of real software is not here', async () => {
    const { inspect: _, reset: __, ...server } = keeper.mock;
    const other = await openControl(server);
    try {
      const answers = await Promise.all(
        [
          ['GET', 'world'],
          ['POST', 'reset'],
        ].map(async ([method = '', path]) => {
          const response = await fetch(`${other.url}/${path}`, { method });
          return `${response.status} ${(await response.text()).trim()}`;
        }),
      );
      expect(answers).toEqual([
        '404 what this mock knows lies in the server behind it',
        '404 this mock cannot be reset: it stands before a real server',
      ]);
    } finally {
      await other.close();
    }
  });
});

describe('calls', () => {
  /** Calls that are up as soon as they are placed. */
  class UpAtOnce implements CallControl {
    readonly #calls = new Map<string, CallReport>();

    async place(asked: unknown): Promise<CallReport> {
      if (this.#calls.size > 0) throw new CallRefusal('too many', '1 call is the most at once');
      const { to } = asked as { to?: string };
      if (to === undefined) throw new CallRefusal('malformed', 'to expected a number, got nothing');
      return this.#set({ id: 'a%2Fb', to, state: 'up' });
    }

    list() {
      return [...this.#calls.values()];
    }

    find(id: string): CallReport {
      const call = this.#calls.get(id);
      if (call === undefined) throw new CallRefusal('unknown', `there is no call ${id}`);
      return call;
    }

    async hold(id: string) {
      if (this.find(id).state === 'held') throw new CallRefusal('conflict', `call ${id} is held`);
      return this.#set({ ...this.find(id), state: 'held' });
    }

    async resume(id: string) {
      return this.#set({ ...this.find(id), state: 'up' });
    }

    async hangUp(id: string) {
      return this.#set({ ...this.find(id), state: 'ended', reason: 'hung up here' });
    }

    #set(call: CallReport): CallReport {
      this.#calls.set(call.id, call);
      return call;
    }
  }

  const call = { id: 'a%2Fb', to: '1001', state: 'up' };
  const json = async (method: string, path: string, body?: string) => {
    const { status, text } = await ask(method, path, body);
    return [status, text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text];
  };

  beforeEach(async () => {
    await control.close();
    control = await openControl({ ...keeper.mock, calls: new UpAtOnce() });
  });

  test('are placed, told of, held, resumed and hung up', async () => {
    expect(await json('POST', '/calls', '{"to": "1001"}')).toEqual([201, call]);
    expect(await json('GET', '/calls')).toEqual([200, [call]]);
    expect(await json('GET', '/calls/a%2Fb')).toEqual([200, call]);
    expect(await json('POST', '/calls/a%2Fb/hold')).toEqual([200, { ...call, state: 'held' }]);
    expect(await json('POST', '/calls/a%2Fb/resume')).toEqual([200, call]);
    expect(await json('DELETE', '/calls/a%2Fb')).toEqual([200, { ...call, state: 'ended', reason: 'hung up here' }]);
  });

  test('are refused in one sentence, by a status that says whose fault it is', async () => {
    expect(await json('POST', '/calls', '{"to')).toEqual([
      400,
      expect.stringContaining('expected JSON like {"to": "sip:1001@127.0.0.1:5080"}, got "{\\"to"'),
    ]);
    expect(await json('POST', '/calls', '{}')).toEqual([400, 'to expected a number, got nothing']);
    expect(await json('GET', '/calls/nobody')).toEqual([404, 'there is no call nobody']);
    await ask('POST', '/calls', '{"to": "1001"}');
    expect(await json('POST', '/calls', '{"to": "1001"}')).toEqual([429, '1 call is the most at once']);
    await ask('POST', '/calls/a%2Fb/hold');
    expect(await json('POST', '/calls/a%2Fb/hold')).toEqual([409, 'call a%2Fb is held']);
    expect(await json('PUT', '/calls/a%2Fb')).toEqual([
      404,
      expect.stringMatching(
        /^PUT \/calls\/a%2Fb is not served; there is .*, POST \/calls, GET \/calls, GET \/calls\/ID, POST \/calls\/ID\/hold, POST \/calls\/ID\/resume, DELETE \/calls\/ID$/,
      ),
    ]);
  });

  test('of a mock that places none are not there', async () => {
    const other = await openControl(keeper.mock);
    try {
      const response = await fetch(`${other.url}/calls`, { method: 'POST', body: '{}' });
      expect([response.status, await response.text()]).toEqual([
        404,
        expect.stringMatching(/^POST \/calls is not served/),
      ]);
    } finally {
      await other.close();
    }
  });
});
