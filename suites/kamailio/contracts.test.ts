import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadContracts } from '../../contracts/catalogue.ts';
import type { Contract } from '../../contracts/contract.ts';
import { type Destination, Destinations } from '../../harness/peers/destinations.ts';
import { explain } from '../../harness/report/explain.ts';
import { type Run, verify } from '../../harness/verify/run.ts';
import type { MockServer, ServiceMock } from '../../mocks/adapter.ts';
import type { ProxyPlan } from '../../mocks/protocols/sip/proxy/config.ts';
import { serveRelay } from '../../mocks/protocols/sip/proxy/serve.ts';
import { serviceMock } from '../../mocks/registry.ts';
import { brokenConfig } from './broken-config.ts';

const VERIFICATION_TIMEOUT_MS = 60_000;
const START_TIMEOUT_MS = 60_000;
const numbers = [51, 58];

let contracts: readonly Contract[];
beforeAll(async () => {
  contracts = await loadContracts([...numbers, 57, 59]);
});

const contract = (number: number) => contracts.find(({ connection }) => connection === number) as Contract;

/** Kamailio with a configuration of its own, and with one SIPp at all far ends. */
async function startBroken(config: (plan: ProxyPlan) => string): Promise<MockServer> {
  const listen = { host: '127.0.0.1', port: 0 };
  const service = (await serviceMock(contract(51))) as ServiceMock;
  return await serveRelay({ contracts: numbers.map(contract), service, listen, ends: [], config });
}

function verifyRelay(relay: MockServer, asked: Contract): Promise<Run> {
  return verify({
    contracts: [asked],
    sides: ['destination'],
    foreign: { at: relay.address, setState: (state) => relay.setState(state) },
    signal: new AbortController().signal,
  });
}

const sentencesOf = ({ connections }: Run) => connections.flatMap(explain).flatMap(({ sentences }) => sentences);

describe('Kamailio before the mocks of its ends keeps the contracts of the SIP Proxy, every interaction of them', () => {
  let destinations: Destinations;
  beforeAll(async () => {
    destinations = await Destinations.start({ contracts, relays: true, signal: new AbortController().signal });
  }, START_TIMEOUT_MS);
  afterAll(() => destinations.close());

  test.each(numbers)(
    'connection %i',
    async (number) => {
      const proxy = destinations.up.find((each) => each.contracts.includes(contract(number)));
      const run = await verifyRelay((proxy as Destination).server, contract(number));
      expect(sentencesOf(run)).toEqual([]);
      const verdicts = run.connections.flatMap(({ destination }) => destination?.interactions ?? []);
      expect(verdicts.filter(({ verdict }) => verdict === 'passed')).toHaveLength(contract(number).interactions.length);
    },
    VERIFICATION_TIMEOUT_MS,
  );
});

/** A proxy that does one thing wrong, where that shows, and what is said of it. */
const broken = [
  {
    what: 'starts Max-Forwards anew',
    good: 'if (!mf_process_maxfwd_header("70"))',
    bad: 'remove_hf("Max-Forwards"); append_hf("Max-Forwards: 70\\r\\n"); if (0)',
    number: 51,
    interaction: 'a call that may go no further is refused with 483',
    said: '483 Too Many Hops (INVITE): $.status: expected 483, got 200 (number)',
  },
  {
    what: 'does not stay on the route of a dialog',
    good: 'record_route();',
    bad: '',
    number: 51,
    interaction: 'requests of a dialog go through a proxy that stays on its route',
    said: '200 OK (INVITE): $.headers.record-route: expected an array, got nothing (the key is missing)',
  },
  {
    what: 'drops a header that it does not know',
    good: 'route[RELAY] {',
    bad: 'route[RELAY] { remove_hf("X-Genesys-CallUUID");',
    number: 58,
    interaction: 'an announcement is played',
    said:
      'INVITE sip:annc@gvp.voice.example;play=http://media.voice.example/hold.wav;gvp-tenant-id=t100: ' +
      '$.headers.x-genesys-calluuid: expected text that fits /^[0-9A-Z]{32}$/ ' +
      'like "00FAVPM3BOBM3223H3CA9ATAES000001", got nothing (the key is missing)',
  },
  {
    what: 'says in a way of its own that a target is down',
    good: 't_reply("503", "Service Unavailable")',
    bad: 't_reply("477", "Unfortunately error on sending to next hop")',
    number: 51,
    interaction: 'a call that no target in service can take is refused with 503',
    said: '503 Service Unavailable (INVITE): $.status: expected 503, got 477 (number)',
  },
];

test.each(broken)('a proxy that $what is caught', async ({ good, bad, number, interaction, said }) => {
  const relay = await startBroken(brokenConfig(good, bad));
  try {
    const asked = contract(number);
    const interactions = asked.interactions.filter(({ description }) => description === interaction);
    const run = await verifyRelay(relay, { ...asked, interactions });
    expect(run.verdict).toBe('failed');
    expect(sentencesOf(run)).toContain(said);
  } finally {
    await relay.close();
  }
});
