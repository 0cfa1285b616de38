import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { ProviderState } from '../contracts/contract.ts';
import { type Mock, type StateSet, UnknownStateError } from '../mocks/adapter.ts';
import { type CallControl, CallRefusal, type RefusalKind } from '../mocks/calls.ts';
import { listenOn } from '../mocks/listen.ts';
import { sentenceOf } from './errors.ts';

/** The largest request body that is read. */
const bodyLimitBytes = 64 * 1024;
/** How long a whole request may take to come in. */
const requestTimeoutMs = 10_000;

/** Provider states and the record of one running mock, for programs outside. */
export interface Control {
  /** `http://127.0.0.1:PORT`; the state-change URL is its `/states`. */
  url: string;
  /** Stops listening. The mock itself goes on. Closing twice is allowed. */
  close(): Promise<void>;
}

/** What was asked for cannot be done; the status says whose fault that is. */
class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

interface StateChange extends ProviderState {
  action: 'setup' | 'teardown';
}

/** What is answered: no content when undefined. @param id what stands for ID in the path */
type Route = (request: IncomingMessage, id: string) => unknown;
type Routes = Readonly<Record<string, Route>>;

/**
 * Opens a mock to programs outside, on any free loopback port:
 * - `POST /states` with `{state, params, action}`, where the action is `setup` or `teardown`, answers the state's values;
 *   so it is the state-change URL of every Pact verifier (Pact, "Provider states");
 * - `GET /exchanges` answers what the mock has recorded, oldest first; `DELETE /exchanges` forgets it;
 * - `GET /world` answers all that the mock knows, and `POST /reset` makes it forget what it was told, states and record too.
 *   A mock in front of real software has neither.
 * - `POST /calls` with `{to}` has a mock that can call place a call and answers its `{id, state}`; one that calls by several contracts
 *   is told which by `connection`. `GET /calls` tells of all and `GET /calls/ID` of one, `POST /calls/ID/hold` and
 *   `POST /calls/ID/resume` change it, and `DELETE /calls/ID` hangs up.
 *
 * A teardown undoes its state and all that were set after it, the last one first: a later state puts back what it found.
 * What cannot be done is answered with a status from 400 up and one sentence.
 * @param ports the other ports of the same mock, which share what it knows and are reset with it
 */
export async function openControl(mock: Mock, ports: readonly Mock[] = []): Promise<Control> {
  const states = new StandingStates(mock);
  const routes: Routes = {
    'POST /states': async (request) => states.change(stateChange(await bodyOf(request, stateChangeExample))),
    'GET /exchanges': () => recorded(mock),
    'DELETE /exchanges': () => mock.clear(),
    'GET /world': () => {
      if (mock.inspect === undefined) throw new Refusal(404, 'what this mock knows lies in the server behind it');
      return mock.inspect();
    },
    'POST /reset': async () => {
      if (mock.reset === undefined) throw new Refusal(404, 'this mock cannot be reset: it stands before a real server');
      for (const each of [mock, ...ports]) {
        await each.reset?.();
        each.clear();
      }
      states.forget();
    },
    ...(mock.calls === undefined ? {} : callRoutes(mock.calls)),
  };
  const server = createServer({ requestTimeout: requestTimeoutMs }, (request, response) => {
    void answer(routes, request).then(({ status, body }) => send(response, status, body));
  });
  const { host, port } = await listenOn(server, { host: '127.0.0.1', port: 0 });
  let closed: Promise<void> | undefined;
  return {
    url: `http://${host}:${port}`,
    close: () => {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closed;
    },
  };
}

/** Sets and undoes states, and remembers which of them stand. */
class StandingStates {
  readonly #mock: Mock;
  #standing: { key: string; set: StateSet }[] = [];

  constructor(mock: Mock) {
    this.#mock = mock;
  }

  async change({ action, name, params }: StateChange): Promise<StateSet['values']> {
    const key = JSON.stringify([name, params]);
    if (action === 'setup') {
      const set = await this.#mock.setState({ name, params });
      this.#standing.push({ key, set });
      return set.values;
    }
    const at = this.#standing.findLastIndex((each) => each.key === key);
    // A verifier tears down what it could not set up, too.
    if (at >= 0) for (const { set } of this.#standing.splice(at).reverse()) await set.undo();
    return {};
  }

  /** The mock has been reset: nothing is left to be undone. */
  forget(): void {
    this.#standing = [];
  }
}

const created = 'POST /calls';

function callRoutes(calls: CallControl): Routes {
  return {
    [created]: async (request) => calls.place(await bodyOf(request, callExample)),
    'GET /calls': () => calls.list(),
    'GET /calls/ID': (_request, id) => calls.find(id),
    'POST /calls/ID/hold': (_request, id) => calls.hold(id),
    'POST /calls/ID/resume': (_request, id) => calls.resume(id),
    'DELETE /calls/ID': (_request, id) => calls.hangUp(id),
  };
}

async function recorded(mock: Mock): Promise<unknown> {
  await mock.settled();
  return mock.exchanges().map(({ id, messages, failure }) => ({
    id,
    messages,
    ...(failure === undefined ? {} : { failure: sentenceOf(failure) }),
  }));
}

async function answer(routes: Routes, request: IncomingMessage) {
  const asked = `${request.method} ${request.url}`;
  const [, id = ''] = /^\/calls\/([^/]+)/.exec(request.url ?? '') ?? [];
  const name = id === '' ? asked : asked.replace(`/calls/${id}`, '/calls/ID');
  try {
    const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
    if (route === undefined)
      throw new Refusal(404, `${asked} is not served; there is ${Object.keys(routes).join(', ')}`);
    const body = await route(request, id);
    if (body === undefined) return { status: 204, body };
    return { status: name === created ? 201 : 200, body };
  } catch (error) {
    return { status: statusOf(error), body: sentenceOf(error) };
  }
}

const refusals: Readonly<Record<RefusalKind, number>> = {
  malformed: 400,
  unknown: 404,
  conflict: 409,
  'too many': 429,
};

function statusOf(error: unknown): number {
  if (error instanceof Refusal) return error.status;
  if (error instanceof CallRefusal) return refusals[error.kind];
  return error instanceof UnknownStateError ? 400 : 500;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  if (body === undefined) return void response.writeHead(status).end();
  const text = status < 400 ? JSON.stringify(body) : `${body}\n`;
  const type = status < 400 ? 'application/json' : 'text/plain; charset=utf-8';
  // A refused body may not have been read to its end; only a new connection begins with a request again.
  const ending = status < 400 ? {} : { connection: 'close' };
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text), ...ending }).end(text);
}

/** @param example of such a body, for errors */
async function bodyOf(request: IncomingMessage, example: string): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  // The connection outlives a body that is refused, since the refusal is sent on it.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimitBytes) throw new Refusal(413, `the body is larger than ${bodyLimitBytes} bytes`);
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString();
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Refusal(400, `expected JSON like ${example}, got ${JSON.stringify(text.slice(0, 80))}`, {
      cause,
    });
  }
}

const callExample = '{"to": "sip:1001@127.0.0.1:5080"}';
const stateChangeExample = '{"state": "tenant t100 exists", "params": {}, "action": "setup"}';

/** @throws {Refusal} when it is no state change, naming the field */
function stateChange(body: unknown): StateChange {
  const { state, params, action } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const wrong = (field: string, got: unknown) =>
    new Refusal(400, `${field} expected as in ${stateChangeExample}, got ${JSON.stringify(got)?.slice(0, 80)}`);
  if (typeof state !== 'string') throw wrong('state', state);
  if (action !== 'setup' && action !== 'teardown') throw wrong('action', action);
  if (!isParams(params)) throw wrong('params', params);
  return { name: state, params: params ?? {}, action };
}

function isParams(params: unknown): params is ProviderState['params'] | undefined | null {
  const scalars = ['string', 'number', 'boolean'];
  if (params === undefined || params === null) return true;
  return typeof params === 'object' && Object.values(params).every((value) => scalars.includes(typeof value));
}
