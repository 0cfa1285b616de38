import { afterEach, expect, test } from '@jest/globals';
import { loadContracts } from '../../contracts/catalogue.ts';
import { compile } from '../../contracts/matching.ts';
import type { HttpRequest } from '../../contracts/messages/http.ts';
import type { Address } from '../../mocks/adapter.ts';
import { send } from '../../mocks/protocols/http/client.ts';
import objectStorage from '../../mocks/services/object-storage/mock.ts';
import { type Destination, Destinations } from './destinations.ts';

const { signal } = new AbortController();
const contracts = (await loadContracts()).filter(
  ({ connection, part }) => [18, 24].includes(connection) && part === undefined,
);
/** The request of a contract's interaction, as its source would send it. */
function requestOf(description: string): HttpRequest {
  const interaction = contracts
    .flatMap(({ interactions }) => interactions)
    .find((each) => each.description === description);
  return compile(interaction?.steps[0]?.content).example as unknown as HttpRequest;
}

let destinations: Destinations | undefined;
afterEach(() => destinations?.close());

async function start(options: { sharesWorlds?: boolean }): Promise<(system: string) => Address> {
  destinations = await Destinations.start({ contracts, signal, ...options });
  const { up } = destinations;
  return (system) => (up.find((each) => each.system === system) as Destination).server.address;
}

/** Leaves a message, and lists what is then in the object storage. */
async function leaveMessage(addressOf: (system: string) => Address): Promise<string> {
  const options = { timeoutMs: 20_000, signal };
  expect(await send(requestOf('leave a message'), addressOf('Voicemail'), options)).toMatchObject({ status: 200 });
  const at = addressOf('Object storage');
  const signed = await objectStorage.prepare?.(requestOf('list the messages of a mailbox'), { at } as never);
  return JSON.stringify(await send(signed as HttpRequest, at, options));
}

test('mocks that run together work together: the recordings of Voicemail are in the object storage', async () => {
  expect(await leaveMessage(await start({ sharesWorlds: true }))).toMatch(/<Name>[^<]*\.wav<\/Name>/);
});

test('in a verification each stands alone', async () => {
  expect(await leaveMessage(await start({}))).not.toContain('<Name>');
});
