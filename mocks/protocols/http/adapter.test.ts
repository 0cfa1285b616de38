import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { setupServer } from 'msw/node';
import configContract from '../../../contracts/connections/26-tenant-service--config-service.ts';
import customerContract from '../../../contracts/connections/44-designer-application-server--external-customer.ts';
import type { Contract, Interaction } from '../../../contracts/contract.ts';
import { judge } from '../../../contracts/conversation.ts';
import { world } from '../../../contracts/world.ts';
import { type Address, type MockServer, UnknownStateError } from '../../adapter.ts';
import configService from '../../services/config-service/mock.ts';
import externalCustomer from '../../services/external-customer/mock.ts';
import { adapter } from './adapter.ts';
import { mswHandlers } from './handlers.ts';

const listen: Address = { host: '127.0.0.1', port: 0 };
const never = new AbortController().signal;
const open: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

function interactionOf(contract: Contract, description: string): Interaction {
  const found = contract.interactions.find((each) => each.description === description);
  if (found === undefined) throw new RangeError(`no interaction "${description}"`);
  return found;
}

async function serve(contract: Contract, service = configService as never): Promise<MockServer> {
  const server = await adapter.serve({ contracts: [contract], listen, service });
  open.push(server);
  return server;
}

/** Plays one interaction with its states set and undone; what either side did wrong, in words. */
async function perform(server: MockServer, contract: Contract, interaction: Interaction) {
  server.clear();
  const sets = [];
  for (const state of interaction.given) sets.push(await server.setState(state));
  const values = Object.assign({}, ...sets.map((set) => set.values));
  const observed = await adapter.play({ contract, interaction, values }, server.address, never);
  await server.settled();
  for (const set of sets.reverse()) await set.undo();
  const exchanges = server.exchanges();
  const texts = (side: 'source' | 'destination', messages: typeof observed.messages) =>
    judge(interaction, messages, adapter.profile, side, values).map((mismatch) => mismatch.message);
  return {
    failure: observed.failure?.message,
    destination: texts('destination', observed.messages),
    source: texts(
      'source',
      exchanges.flatMap(({ messages }) => messages),
    ),
    failures: exchanges.flatMap((exchange) => exchange.failure?.message ?? []),
    exchanges: exchanges.length,
  };
}

const kept = { failure: undefined, destination: [], source: [], failures: [], exchanges: 1 };

describe('mock and play keep the same contract, whoever is judged', () => {
  test.each(configContract.interactions.map((each) => [each.description, each] as const))(
    'connection 26: %s',
    async (_, interaction) => {
      const contract: Contract = configContract;
      expect(await perform(await serve(contract), contract, interaction)).toEqual(kept);
    },
  );

  test.each(customerContract.interactions.map((each) => [each.description, each] as const))(
    'connection 44, over TLS: %s',
    async (_, interaction) => {
      const contract: Contract = customerContract;
      const server = await serve(contract, externalCustomer as never);
      expect(server.address.ca).toContain('BEGIN CERTIFICATE');
      const exchanges = interaction.steps.filter(({ from }) => from === 'source').length;
      expect(await perform(server, contract, interaction)).toEqual({ ...kept, exchanges });
    },
  );

  test('a certificate of another authority is a fault of TLS, where none was expected', async () => {
    const server = await serve(customerContract, externalCustomer as never);
    const stranger = await serve(customerContract, externalCustomer as never);
    const interaction = interactionOf(customerContract, 'read a customer');
    const at = { ...server.address, ca: stranger.address.ca as string };
    const { messages, failure } = await adapter.play(
      { contract: customerContract, interaction, values: {} },
      at,
      never,
    );
    expect(messages.at(-1)?.content).toEqual({ fault: 'tls', detail: 'CERT_SIGNATURE_FAILURE' });
    expect(failure?.message).toBe(
      `GET /api/v1/customers: TLS with 127.0.0.1:${at.port} failed (CERT_SIGNATURE_FAILURE)`,
    );
  });
});

describe('a mock remembers', () => {
  test('what was added is read back, and a change raises the revision', async () => {
    const { address, setState } = await serve(configContract);
    await setState({ name: 'tenant t100 does not exist', params: { tenantUuid: world.tenant.uuid } });
    const base = `http://127.0.0.1:${address.port}/config/v1/tenants`;
    expect((await fetch(`${base}/${world.tenant.uuid}`)).status).toBe(404);
    const body = JSON.stringify({
      tenantUuid: world.tenant.uuid,
      tenantId: 't100',
      name: 't100',
      dbid: 101,
      sipDomain: 't100.voice.example',
      status: 'ACTIVE',
    });
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    const added = await fetch(base, { method: 'POST', headers, body });
    expect(await added.json()).toMatchObject({ tenantUuid: world.tenant.uuid, revision: 1 });
    const read = await fetch(`${base}/${world.tenant.uuid}`);
    expect(read.headers.get('etag')).toBe('"1"');
    expect(await read.json()).toMatchObject({ name: 't100', revision: 1 });
  });

  test('undoing a state forgets what was added since', async () => {
    const { address, setState } = await serve(configContract);
    const url = `http://127.0.0.1:${address.port}/config/v1/tenants/${world.tenant.uuid}`;
    const set = await setState({ name: 'tenant t100 exists', params: { tenantUuid: world.tenant.uuid, revision: 3 } });
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(200);
    expect((await fetch(url)).status).toBe(404);
    await set.undo();
    expect((await fetch(url)).status).toBe(200);
  });

  test('and shows what, and forgets it when it is told to, with every state', async () => {
    const { address, setState, inspect, reset } = await serve(configContract);
    const url = `http://127.0.0.1:${address.port}/config/v1/tenants/${world.tenant.uuid}`;
    const known = inspect?.();
    expect(known).toMatchObject({ tenants: { [world.tenant.uuid]: { tenantId: 't100' } } });
    const set = await setState({ name: 'config service lost redis', params: {} });
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(503);
    await reset?.();
    expect(inspect?.()).toEqual(known);
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(200);
    expect(inspect?.()).toMatchObject({ tenants: {} });
    await set.undo();
    expect((await fetch(url)).status).toBe(404);
    await reset?.();
    expect((await fetch(url)).status).toBe(200);
  });

  test('in a real server what cannot be shown or put back', async () => {
    const server = await adapter.serve({
      contracts: [configContract],
      listen,
      service: { ...configService, createWorld: () => new URL('http://store.example') } as never,
    });
    open.push(server);
    expect([server.inspect, server.reset]).toEqual([undefined, undefined]);
  });

  test('an unknown state names those that exist', async () => {
    const { setState } = await serve(configContract);
    const setting = setState({ name: 'tenant t100 exist', params: {} });
    await expect(setting).rejects.toThrow(UnknownStateError);
    await expect(setting).rejects.toThrow(
      'the mock of Config Service has no handler for the state "tenant t100 exist"; it has: tenant t100 exists, ',
    );
  });
});

describe('a request that no contract has', () => {
  const nearMissText = [
    '[connection 26 Tenant Service -> Config Service] no interaction has this message: ' +
      `GET /config/v1/tenants/${world.tenant.uuid}/objects/DN.`,
    'Nearest: "look up an object by two keys", but',
    '  $.query.dbid: expected "301", got nothing (the key is missing)',
    '  $.query.folder: expected no such key, got "7" (string)',
    'Fix: correct the message; or, if it is right, add an interaction to ' +
      'contracts/connections/26-tenant-service--config-service.ts ("voxpact show 26" prints what is there).',
  ].join('\n');

  test('is answered with 500 and the near miss, and is recorded with its content', async () => {
    const server = await serve(configContract);
    const path = `/config/v1/tenants/${world.tenant.uuid}/objects/DN?number=7001&folder=7`;
    const response = await fetch(`http://127.0.0.1:${server.address.port}${path}`);
    expect(response.status).toBe(500);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await response.text()).toBe(nearMissText);
    await server.settled();
    const [exchange] = server.exchanges();
    expect(exchange?.failure?.name).toBe('UnmatchedMessageError');
    expect(exchange?.failure?.message).toBe(nearMissText);
    expect(exchange?.messages[0]?.content).toMatchObject({ method: 'GET', query: { number: '7001', folder: '7' } });
    expect(exchange?.messages[1]?.content).toMatchObject({ status: 500, body: nearMissText });
  });

  test('every mismatch of a body is named', async () => {
    const { address } = await serve(configContract);
    const response = await fetch(`http://127.0.0.1:${address.port}/config/v1/tenants`, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ tenantUuid: world.tenant.uuid, tenantId: 't100', name: 5, dbid: 101, status: 'ACTIVE' }),
    });
    const text = await response.text();
    expect(text).toContain('Nearest: "add the tenant", but');
    expect(text).toContain('  $.body.name: expected "t100", got 5');
    expect(text).toContain('  $.body.sipDomain: expected "t100.voice.example", got nothing (the key is missing)');
  });

  test('a query where the contract has none is a mismatch', async () => {
    const { address } = await serve(configContract);
    const response = await fetch(`http://127.0.0.1:${address.port}/config/v1/tenants/${world.tenant.uuid}?full=1`);
    expect(await response.text()).toContain('  $.query.full: expected no such key, got "1"');
  });
});

describe('a broken provider is caught', () => {
  const tenant = {
    tenantUuid: world.tenant.uuid,
    tenantId: 't100',
    name: 't100',
    dbid: 101,
    sipDomain: 't100.voice.example',
    status: 'ACTIVE',
    revision: 3,
  };
  const interaction = interactionOf(configContract, 'read the own tenant back');

  async function verdictOn(listener: RequestListener): Promise<string[]> {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push({ close: () => new Promise((resolve) => server.close(resolve)) });
    const at = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
    const { messages } = await adapter.play({ contract: configContract, interaction, values: {} }, at, never);
    return judge(interaction, messages, adapter.profile, 'destination').map((mismatch) => mismatch.message);
  }

  const answering =
    (status: number, headers: Record<string, string>, body: unknown): RequestListener =>
    (_, response) =>
      response.writeHead(status, headers).end(JSON.stringify(body));
  const good = { 'content-type': 'application/json', etag: '"3"' };
  const { revision: _, ...withoutRevision } = tenant;

  test.each([
    ['nothing wrong', 200, good, tenant, []],
    ['a status', 201, good, tenant, ['$.status: expected 200, got 201 (number)']],
    [
      'a missing field',
      200,
      good,
      withoutRevision,
      ['$.body.revision: expected an integer like 3, got nothing (the key is missing)'],
    ],
    [
      'a type',
      200,
      good,
      { ...tenant, revision: '3' },
      ['$.body.revision: expected an integer like 3, got "3" (string)'],
    ],
    [
      'a header',
      200,
      { ...good, etag: 'W/3' },
      tenant,
      ['$.headers.etag: expected text that fits /^"[0-9]+"$/ like "\\"3\\"", got "W/3" (string)'],
    ],
  ])('%s', async (_, status, headers, body, expected) => {
    expect(await verdictOn(answering(status, headers, body))).toEqual(expected);
  });
});

describe('the same mock as MSW handlers, in process', () => {
  test('answers, remembers states, records, and refuses with the near miss', async () => {
    const origin = 'http://voice-config:9100';
    const mock = mswHandlers({ contracts: [configContract], service: configService as never, origin });
    const msw = setupServer(...mock.handlers);
    msw.listen({ onUnhandledFrame: 'error' });
    open.push({ close: async () => msw.close() });
    const url = `${origin}/config/v1/tenants/${world.tenant.uuid}`;
    expect(await (await fetch(url)).json()).toMatchObject({ tenantId: 't100', revision: 3 });
    const set = await mock.setState({ name: 'config service lost redis', params: {} });
    const lost = await fetch(url);
    expect([lost.status, lost.headers.get('retry-after')]).toEqual([503, '5']);
    await set.undo();
    const stray = await fetch(`${url}/favourites`);
    expect(stray.status).toBe(500);
    expect(await stray.text()).toContain('no interaction has this message: GET /config/v1/tenants/');
    expect(mock.exchanges().map((exchange) => exchange.failure?.name)).toEqual([
      undefined,
      undefined,
      'UnmatchedMessageError',
    ]);
  });
});
