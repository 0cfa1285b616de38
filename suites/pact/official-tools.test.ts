import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Verifier, type VerifierOptions } from '@pact-foundation/pact';
import storageContract from '../../contracts/connections/24-voicemail--object-storage.ts';
import configContract from '../../contracts/connections/26-tenant-service--config-service.ts';
import customerContract from '../../contracts/connections/44-designer-application-server--external-customer.ts';
import type { Contract, Interaction, ProviderState } from '../../contracts/contract.ts';
import { judge } from '../../contracts/conversation.ts';
import type { HttpRequest } from '../../contracts/messages/http.ts';
import type { MockServer, ServiceMock, StateSet } from '../../mocks/adapter.ts';
import { adapter } from '../../mocks/protocols/http/adapter.ts';
import configService from '../../mocks/services/config-service/mock.ts';
import externalCustomer from '../../mocks/services/external-customer/mock.ts';
import { startStub, stateHeader } from './stub.ts';
import { results, verifyByCommand } from './verifier-command.ts';

const listen = { host: '127.0.0.1', port: 0 };
const never = new AbortController().signal;
const undo: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

const pactFile = (name: string) => fileURLToPath(new URL(`../../contracts/pacts/${name}.json`, import.meta.url));

/** The official Verifier's state handlers, put through to the mock's own. */
function stateHandlers(server: MockServer, names: readonly string[]): NonNullable<VerifierOptions['stateHandlers']> {
  const handler = (name: string) => {
    let set: StateSet | undefined;
    return {
      setup: async (params?: unknown) => {
        set = await server.setState({ name, params: (params ?? {}) as ProviderState['params'] });
        return { ...set.values };
      },
      teardown: async () => set?.undo(),
    };
  };
  return Object.fromEntries(names.map((name) => [name, handler(name)]));
}

/** What the Verifier found, by interaction: its answer, or the message of its error, holds the same report. */
async function verify(service: ServiceMock, contract: Contract, file: string): Promise<Record<string, string>> {
  const server = await adapter.serve({ contracts: [contract], listen, service });
  undo.push(() => server.close());
  const verifier = new Verifier({
    provider: service.system,
    providerBaseUrl: `http://127.0.0.1:${server.address.port}`,
    pactUrls: [pactFile(file)],
    stateHandlers: stateHandlers(server, Object.keys(service.states)),
    logLevel: 'error',
  });
  const report = await verifier.verifyProvider().catch((error: Error) => error.message.replace(/^[^{]*/, ''));
  return results(report);
}

describe('the official Verifier', () => {
  const file = 'tenant-service--config-service';
  const allOk = Object.fromEntries(configContract.interactions.map(({ description }) => [description, 'OK']));

  test('passes our mock of the Config Service, by the committed file unchanged', async () => {
    expect(await verify(configService as never, configContract, file)).toEqual(allOk);
  });

  test('passes our mock of a customer API, over TLS', async () => {
    const served = customerContract.interactions.filter(isServed);
    const ok = Object.fromEntries(served.map(({ description }) => [description, 'OK']));
    const name = 'designer-application-server--external-customer';
    const options = { contracts: [customerContract], listen, service: externalCustomer as never };
    const server = await adapter.serve(options);
    undo.push(() => server.close());
    expect(await verifyByCommand(server, pactFile(name))).toEqual(ok);
  });

  test('fails the one interaction that a mock breaks', async () => {
    const broken: typeof configService = {
      ...configService,
      respond: (request, world, context) =>
        request.method === 'DELETE' ? { status: 204 } : configService.respond(request, world, context),
    };
    expect(await verify(broken as never, configContract, file)).toEqual({ ...allOk, 'delete the tenant': 'Error' });
  });
});

describe('the official stub server', () => {
  test.each([
    ['24', storageContract as Contract, 'voicemail--object-storage'],
    ['26', configContract as Contract, 'tenant-service--config-service'],
    ['44', customerContract as Contract, 'designer-application-server--external-customer'],
  ])('serves the committed file of connection %s, and what it serves keeps the contract', async (_, contract, file) => {
    const stub = await startStub(pactFile(file));
    undo.push(() => stub.stop());
    const played: string[] = [];
    for (const interaction of contract.interactions.filter(isServed).map(namingItsState)) {
      const { messages } = await adapter.play({ contract, interaction, values: {} }, stub.address, never);
      expect(judge(interaction, messages, adapter.profile, 'destination').map((each) => each.message)).toEqual([]);
      played.push(interaction.description);
    }
    expect(played.length).toBeGreaterThanOrEqual(7);
  });
});

/** Several interactions share a request; the stub tells them apart by the state, a pattern that the request names. */
function namingItsState(interaction: Interaction): Interaction {
  const state = interaction.given.map(({ name }) => name.replace(/[+.]/g, '\\$&')).join('|');
  const [request, ...others] = interaction.steps;
  const content = request?.content as HttpRequest;
  const headers = { ...content.headers, [stateHeader]: state };
  return { ...interaction, steps: [{ from: 'source', content: { ...content, headers } }, ...others] };
}

/** Pact cannot express faults, so no stub can serve them. */
function isServed(interaction: Interaction): boolean {
  return !interaction.steps.some((step) => 'fault' in (step.content as object));
}
