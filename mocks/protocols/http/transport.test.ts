import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import contract from '../../../contracts/connections/44-designer-application-server--external-customer.ts';
import type { Interaction } from '../../../contracts/contract.ts';
import { judge } from '../../../contracts/conversation.ts';
import { dialect } from '../../../contracts/dialect.ts';
import type { HttpRequest } from '../../../contracts/messages/http.ts';
import { world } from '../../../contracts/world.ts';
import type { Address, MockServer, StateSet } from '../../adapter.ts';
import externalCustomer from '../../services/external-customer/mock.ts';
import { adapter } from './adapter.ts';
import { ClientAuthority, makeCertificates, refusalOf } from './tls.ts';

const { customers, authorization, clientName } = dialect.http.externalCustomer;
const headers = { authorization, accept: 'application/json' };
const path = `${customers}?${new URLSearchParams({ phone: world.customer.phone })}`;
const never = new AbortController().signal;
let server: MockServer;

beforeEach(async () => {
  const listen = { host: '127.0.0.1', port: 0 };
  server = await adapter.serve({ contracts: [contract], listen, service: externalCustomer as never });
});
afterEach(() => server.close());

const interactionOf = (description: string): Interaction => {
  const found = contract.interactions.find((each) => each.description === description);
  if (found === undefined) throw new RangeError(`no interaction "${description}"`);
  return found;
};

/** Reads the customer as a source of somebody else's. @returns the status, or the code of what it met instead */
function read(options: RequestOptions = {}): Promise<number | string | undefined> {
  const { host, port, ca } = server.address;
  return new Promise((resolve) => {
    const sent = httpsRequest({ host, port, ca, path, headers, agent: false, ...options }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    });
    sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    sent.end();
  });
}

/** Sets the states of an interaction. @returns what they gave, and how to undo them */
async function given({ given: states }: Interaction) {
  const sets: StateSet[] = [];
  for (const state of states) sets.push(await server.setState(state));
  const undo = async () => {
    for (const set of sets.toReversed()) await set.undo();
  };
  return { values: Object.assign({}, ...sets.map(({ values }) => values)) as Record<string, string>, undo };
}

/** What the record says against the source. */
async function against(interaction: Interaction, values: Record<string, string> = {}): Promise<string[]> {
  await server.settled();
  const messages = server.exchanges().flatMap((exchange) => exchange.messages);
  return judge(interaction, messages, adapter.profile, 'source', values).map(({ message }) => message);
}

const requests = () => server.exchanges().map(({ messages: [asked] }) => asked?.content as HttpRequest | undefined);

describe('a server that nobody should trust', () => {
  const cases = contract.interactions.flatMap(({ description, steps }) => {
    const fault = steps.at(-1)?.content as { fault?: string; detail?: string };
    return fault.fault === 'tls' ? [[description, fault.detail] as const] : [];
  });

  test('there is one with each kind of certificate', () => {
    expect(cases.map(([, detail]) => detail).sort()).toEqual(Object.values(refusalOf).sort());
  });

  test.each(cases)('%s: %s', async (description, detail) => {
    const interaction = interactionOf(description);
    const { undo } = await given(interaction);
    expect(await read()).toBe(detail);
    expect(await against(interaction)).toEqual([]);
    await undo();
    expect(await read()).toBe(404);
  });

  test.each(cases)('a source that looks at no certificate is caught: %s', async (description) => {
    const interaction = interactionOf(description);
    await given(interaction);
    expect(await read({ rejectUnauthorized: false })).toBe(404);
    expect(await against(interaction)).toEqual([
      expect.stringMatching(/^source: expected this message never to be sent, got GET /),
    ]);
  });
});

describe('a certificate of the source', () => {
  const shown = interactionOf('read a customer with the client certificate that the API demands');

  test('is given by a state, and recognised on every connection, resumed ones too', async () => {
    const { values, undo } = await given(shown);
    const agent = new Agent({ maxSockets: 1 });
    const identity = { cert: values.clientCertificate, key: values.clientKey, agent };
    expect([await read(identity), await read(identity)]).toEqual([200, 200]);
    agent.destroy();
    await server.settled();
    expect(requests().map((request) => request?.clientCertificate)).toEqual([clientName, clientName]);
    await undo();
    expect((await server.setState({ name: 'api returns html', params: {} })).values).toEqual({});
  });

  test('of another authority is none', async () => {
    await given(shown);
    expect(await read(await (await ClientAuthority.make()).issue(clientName))).toBe(400);
    expect(await against(shown)).toEqual([
      `$.clientCertificate: expected "${clientName}", got nothing (the key is missing)`,
    ]);
  });

  test('that no state gave cannot be shown', async () => {
    await expect(adapter.play({ contract, interaction: shown, values: {} }, server.address, never)).rejects.toThrow(
      'the provider states gave no value "clientCertificate", which the source needs',
    );
  });
});

describe('a forward proxy', () => {
  const proxied = interactionOf('read a customer through the forward proxy');
  const fallback = interactionOf('read a customer through the second forward proxy');

  const addressOf = (url = ''): Address => ({ host: new URL(url).hostname, port: Number(new URL(url).port) });

  /** Asks a proxy for something in clear. */
  function ask(url: string | undefined, target: string): Promise<[number | undefined, string]> {
    return new Promise((resolve, reject) => {
      const answered = async (response: IncomingMessage) => {
        const chunks = await response.toArray();
        resolve([response.statusCode, Buffer.concat(chunks).toString()]);
      };
      httpRequest({ ...addressOf(url), path: target }, (response) => void answered(response))
        .on('error', reject)
        .end();
    });
  }

  test('that is passed by is missed', async () => {
    const { values } = await given(proxied);
    expect(await read()).toBe(200);
    expect(await against(proxied, values)).toContain('$.method: expected "CONNECT", got "GET" (string)');
  });

  test('is told by a state, and gone with it', async () => {
    const { values, undo } = await given(proxied);
    expect(values).toMatchObject({
      proxy: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      authority: `127.0.0.1:${server.address.port}`,
    });
    await undo();
    await expect(ask(values.proxy, '/')).rejects.toThrow('ECONNREFUSED');
    expect((await server.setState({ name: 'api returns html', params: {} })).values).toEqual({});
  });

  test('that is down is where nobody listens, and the next one is up', async () => {
    const { values } = await given(fallback);
    await expect(ask(values.proxy, '/')).rejects.toThrow('ECONNREFUSED');
    expect(await ask(values.fallbackProxy, '/')).toEqual([405, expect.any(String)]);
  });

  test('opens tunnels and does nothing else', async () => {
    const { values } = await given(proxied);
    const [status, reason] = await ask(values.proxy, `http://customer.example${path}`);
    expect(status).toBe(405);
    expect(reason).toMatch(/^the forward proxy was asked for GET http:.*; it only opens tunnels, by CONNECT$/);
    expect(server.exchanges().map(({ failure }) => failure?.message)).toEqual([reason]);
  });

  test('records what is no HTTP, and not that somebody looked whether it is there', async () => {
    const { values } = await given(proxied);
    for (const bytes of ['', '\x16\x03\x01 a TLS hello\r\n\r\n']) {
      const { host, port } = addressOf(values.proxy);
      const socket = connect(port, host).on('error', () => {});
      await new Promise((resolve) => socket.resume().once('close', resolve).end(bytes));
    }
    expect(server.exchanges().map(({ failure }) => failure?.message)).toEqual([
      expect.stringMatching(/^what the source sent to the forward proxy is not HTTP\/1\.1: /),
    ]);
  });

  test('ends with its mock, its tunnels too', async () => {
    const { values } = await given(proxied);
    const { host, port } = addressOf(values.proxy);
    const sent = httpRequest({ host, port, method: 'CONNECT', path: values.authority as string }).end();
    const ended = new Promise((resolve) => sent.once('connect', (_, socket) => socket.once('close', resolve)));
    await new Promise((resolve) => sent.once('connect', resolve));
    await server.close();
    await ended;
    await expect(ask(values.proxy, '/')).rejects.toThrow('ECONNREFUSED');
  });

  test('no proxy is there at all: nobody was tested', async () => {
    const { values, undo } = await given(fallback);
    await undo();
    const { failure } = await adapter.play({ contract, interaction: fallback, values }, server.address, never);
    expect(failure?.name).toBe('UnreachableError');
  });
});

test('the certificates of two mocks have nothing in common', async () => {
  const [one, other] = await Promise.all([makeCertificates('a.example'), makeCertificates('a.example')]);
  expect(
    new Set([one, other].flatMap(({ ca, ...kinds }) => [ca, ...Object.values(kinds).map(({ key }) => key)])).size,
  ).toBe(12);
});
