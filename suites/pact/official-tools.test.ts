import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import s3Contract from '../../contracts/connections/24-voicemail--object-storage.s3.ts';
import storageContract from '../../contracts/connections/24-voicemail--object-storage.ts';
import configContract from '../../contracts/connections/26-tenant-service--config-service.ts';
import customerContract from '../../contracts/connections/44-designer-application-server--external-customer.ts';
import type { Contract, Interaction } from '../../contracts/contract.ts';
import { judge } from '../../contracts/conversation.ts';
import type { HttpRequest } from '../../contracts/messages/http.ts';
import { formatAddress } from '../../harness/address.ts';
import { openControl } from '../../harness/control.ts';
import { adapter } from '../../mocks/protocols/http/adapter.ts';
import type { HttpServiceMock } from '../../mocks/protocols/http/service.ts';
import configService from '../../mocks/services/config-service/mock.ts';
import externalCustomer from '../../mocks/services/external-customer/mock.ts';
import { objectStorage } from '../../mocks/services/object-storage/mock.ts';
import { type Azurite, startAzurite } from '../../mocks/services/object-storage/server.ts';
import { interactionsIn, pactFile } from './committed.ts';
import { startStub, stateHeader } from './stub.ts';
import { type OfficialVerifier, startVerifier, type VerifierJob } from './verifier.ts';

const listen = { host: '127.0.0.1', port: 0 };
const never = new AbortController().signal;
const undo: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

let verifier: OfficialVerifier;
beforeAll(() => {
  verifier = startVerifier();
});
afterAll(() => verifier?.stop());

async function verify<World>(
  service: HttpServiceMock<World>,
  contract: Contract,
  file: string,
  filter?: VerifierJob['filter'],
): Promise<Record<string, string>> {
  const server = await adapter.serve({ contracts: [contract], listen, service: service as never });
  undo.push(() => server.close());
  const control = await openControl(server);
  undo.push(() => control.close());
  return verifier.verify({
    provider: service.system,
    files: [pactFile(file)],
    at: formatAddress(server.address, server.address.ca === undefined ? 'HTTP' : 'HTTPS'),
    states: `${control.url}/states`,
    ...(filter && { filter }),
  });
}

function allOk(contract: Contract, file: string): Record<string, string> {
  return Object.fromEntries(interactionsIn(file, contract).map(({ description }) => [description, 'OK']));
}

/** The mock with some of its answers changed. */
function answering<World>(
  service: HttpServiceMock<World>,
  respond: (...of: Parameters<HttpServiceMock<World>['respond']>) => ReturnType<typeof service.respond> | undefined,
): HttpServiceMock<World> {
  return { ...service, respond: (...of) => respond(...of) ?? service.respond(...of) };
}

describe('the official Verifier, by the committed file unchanged', () => {
  describe('26 Config Service', () => {
    const file = 'tenant-service--config-service';

    test('passes our mock', async () => {
      expect(await verify(configService, configContract, file)).toEqual(allOk(configContract, file));
    });

    test('fails the one interaction that a mock breaks', async () => {
      const broken = answering(configService, ({ method }) => (method === 'DELETE' ? { status: 204 } : undefined));
      expect(await verify(broken, configContract, file)).toEqual({
        ...allOk(configContract, file),
        'delete the tenant': expect.stringMatching(/^Error; .*expected 200 but was 204/),
      });
    });
  });

  describe('24 Object storage', () => {
    const file = 'voicemail--object-storage';
    let azurite: Azurite;
    beforeAll(async () => {
      azurite = await startAzurite(listen);
    });
    afterAll(() => azurite?.stop());
    /** All mocks share one Azurite, which outlives them. */
    const storage = () => objectStorage(async () => ({ ...azurite, stop: async () => {} }));

    test('passes our mock, with requests that are signed on their way', async () => {
      expect(await verify(storage(), storageContract, file, 'signed')).toEqual(allOk(storageContract, file));
    });

    test('fails what nobody signs', async () => {
      const { 'delete a message': verdict } = await verify(storage(), storageContract, file);
      expect(verdict).toMatch(/^Error; .*expected 202 but was 403/);
    });

    test('fails the one interaction that a mock breaks', async () => {
      const whole = storage();
      const broken: typeof whole = {
        ...whole,
        respond: async (request, ...context) => {
          const reply = await whole.respond(request, ...context);
          if (request.method !== 'HEAD' || 'fault' in reply) return reply;
          return { ...reply, headers: { ...reply.headers, 'content-length': '43' } };
        },
      };
      expect(await verify(broken, storageContract, file, 'signed')).toEqual({
        ...allOk(storageContract, file),
        "read a message's metadata only":
          "Error; Mismatch with header 'content-length': Expected '43' to be equal to '44'",
      });
    });
  });

  describe('44 External/customer, over TLS', () => {
    const file = 'designer-application-server--external-customer';

    test('passes our mock', async () => {
      expect(await verify(externalCustomer, customerContract, file, 'formKept')).toEqual(allOk(customerContract, file));
    });

    test('fails the one interaction that a mock breaks', async () => {
      const broken = answering(externalCustomer, ({ method }) => (method === 'DELETE' ? { status: 200 } : undefined));
      const verdicts = await verify(broken, customerContract, file, 'formKept');
      expect(Object.values(verdicts).filter((verdict) => verdict !== 'OK')).toEqual([
        expect.stringMatching(/^Error; .*expected 204 but was 200/),
      ]);
    });
  });
});

describe('the official stub server', () => {
  test.each([
    ['24', storageContract as Contract, 'voicemail--object-storage'],
    ['24 (s3)', s3Contract as Contract, 'voicemail--object-storage.s3'],
    ['26', configContract as Contract, 'tenant-service--config-service'],
    ['44', customerContract as Contract, 'designer-application-server--external-customer'],
  ])('serves the committed file of connection %s, and what it serves keeps the contract', async (_, contract, file) => {
    const stub = await startStub(pactFile(file));
    undo.push(() => stub.stop());
    const played: string[] = [];
    for (const interaction of interactionsIn(file, contract).map(namingItsState)) {
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
  const [request, ...answers] = interaction.steps.slice(0, 2);
  const content = request?.content as HttpRequest;
  const headers = { ...content.headers, [stateHeader]: state };
  return { ...interaction, steps: [{ from: 'source', content: { ...content, headers } }, ...answers] };
}
