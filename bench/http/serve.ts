import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parse } from 'node:querystring';
import { assumed, type Contract, destination, type Interaction, source } from '../../contracts/contract.ts';
import { integer, string, type Template } from '../../contracts/matchers.ts';
import type { HttpMessage, HttpResponse } from '../../contracts/messages/http.ts';
import { adapter } from '../../mocks/protocols/http/adapter.ts';
import type { HttpServiceMock } from '../../mocks/protocols/http/service.ts';
import { type Stub, stubs } from './stubs.ts';

const listen = { host: '127.0.0.1', port: 0 };
const json = { 'content-type': 'application/json' };

function interactionOf({ name, method, path, query, headers, tier, answer }: Stub): Interaction<HttpMessage> {
  const customer = { id: string('c-17'), tier: tier ?? '' };
  const order = { customer, lines: [{ sku: string('a-1'), count: integer(2) }] };
  const request: Template<HttpMessage> =
    tier === undefined
      ? { method, path, query, headers }
      : { method, path, query, headers: { ...headers, ...json }, body: order };
  return {
    description: name,
    basis: assumed('a benchmark'),
    given: [],
    steps: [
      source<HttpMessage>(request),
      destination<HttpMessage>({ status: 200, headers: json, body: JSON.parse(answer) }),
    ],
  };
}

/** The listening mock as everybody gets it: matching, recording, a bounded journal. */
async function serveMock(all: readonly Stub[]): Promise<number> {
  const contract = { connection: 26, interactions: all.map(interactionOf) };
  const service: HttpServiceMock<Map<string, HttpResponse>> = {
    system: 'Config Service',
    states: {},
    notModelled: [],
    createWorld: () =>
      new Map(all.map(({ name, answer }) => [name, { status: 200, headers: json, body: JSON.parse(answer) }])),
    respond: (_, world, { interaction }) => world.get(interaction.description) ?? { status: 500 },
  };
  const { address } = await adapter.serve({ contracts: [contract as Contract], listen, service });
  return address.port;
}

/** node:http with the same routing work, written by hand: it records nothing and has its answers as text. */
async function serveBare(all: readonly Stub[]): Promise<number> {
  const routes = Map.groupBy(all, ({ method, path }) => `${method} ${path}`);
  const find = (request: IncomingMessage, body: string): Stub | undefined => {
    const [path = '', search] = (request.url ?? '').split('?', 2);
    const candidates = routes.get(`${request.method} ${path}`);
    if (candidates === undefined) return undefined;
    const query = parse(search ?? '');
    const tier = body === '' ? undefined : JSON.parse(body).customer?.tier;
    return candidates.find(
      (stub) =>
        stub.tier === tier &&
        stub.query.region === query.region &&
        stub.query.page === query.page &&
        stub.headers['x-tenant'] === request.headers['x-tenant'],
    );
  };
  const answer = (request: IncomingMessage, response: ServerResponse, body: string) => {
    const text = find(request, body)?.answer;
    if (text === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { ...json, 'content-length': text.length }).end(text);
  };
  const server = createServer((request, response) => {
    if (request.method === 'GET') return answer(request, response, '');
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(request, response, Buffer.concat(chunks).toString()));
  });
  server.listen(listen);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const [, , kind, count] = process.argv;
process.once('disconnect', () => process.exit());
process.send?.(await (kind === 'mock' ? serveMock : serveBare)(stubs(Number(count))));
