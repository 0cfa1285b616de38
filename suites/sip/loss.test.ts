import { afterAll, beforeAll, expect, test } from '@jest/globals';
import webrtc from '../../contracts/connections/57-voice-sip-proxy-service--webrtc-media-service.ts';
import type { Contract } from '../../contracts/contract.ts';
import type { MockServer } from '../../mocks/adapter.ts';
import { adapter } from '../../mocks/protocols/sip/adapter.ts';
import mock from '../../mocks/services/webrtc-media-service/mock.ts';
import { type LossyRun, verifyLossy } from './fixtures/lossy.ts';

const LANES = 10;
const TIMEOUT_MS = 300_000;

const contract = webrtc as unknown as Contract;
const { interactions } = contract;
let servers: MockServer[];

beforeAll(async () => {
  const listen = { host: '127.0.0.1', port: 0 };
  const service = mock as never;
  servers = await Promise.all(
    Array.from({ length: LANES }, () => adapter.serve({ contracts: [contract], service, listen })),
  );
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
});

/** Runs side by side, each lane with a destination of its own. */
async function inLanes(runs: readonly Omit<LossyRun, 'contract' | 'server'>[]) {
  const left = runs.entries();
  const results: (Awaited<ReturnType<typeof verifyLossy>> & { title: string })[] = [];
  await Promise.all(
    servers.map(async (server) => {
      for (const [, run] of left) {
        const title = `seed ${run.seed}, ${run.side}, "${run.interaction.description}"`;
        results.push({ title, ...(await verifyLossy({ contract, server, ...run })) });
      }
    }),
  );
  return results;
}

test(
  'a hundred runs with doubled, late and lost datagrams give one verdict, on both sides',
  async () => {
    const seeds = Array.from({ length: 100 }, (_, at) => at + 1);
    const results = await inLanes(
      seeds.map((seed) => ({
        seed,
        interaction: interactions[seed % interactions.length] as Contract['interactions'][number],
        side: Math.floor(seed / interactions.length) % 2 === 0 ? ('destination' as const) : ('source' as const),
      })),
    );
    expect(results.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
    expect(results).toHaveLength(100);
    const total = (of: 'dropped' | 'doubled' | 'late') => results.reduce((sum, { done }) => sum + done[of], 0);
    expect(total('dropped')).toBeGreaterThan(50);
    expect(total('doubled')).toBeGreaterThan(100);
    expect(total('late')).toBeGreaterThan(100);
  },
  TIMEOUT_MS,
);

test(
  'twenty runs with a destination that answers with a codec of its own all fail, with one sentence',
  async () => {
    const answered = interactions.filter(({ description }) =>
      /offered to a browser agent|agent releases/.test(description),
    );
    const results = await inLanes(
      Array.from({ length: 20 }, (_, at) => ({
        seed: 1_000 + at,
        interaction: answered[at % answered.length] as Contract['interactions'][number],
        side: 'destination' as const,
        change: (text) => text.replace('a=rtpmap:0 pcmu/8000', 'a=rtpmap:0 g729/8000'),
      })),
    );
    expect(results.filter(({ verdict }) => verdict !== 'failed')).toEqual([]);
    const said = new Set(results.map(({ sentences }) => sentences[0]));
    expect([...said]).toEqual([
      expect.stringMatching(/^200 OK \(INVITE\): \$\.sdp\.media\[0\]\.codecs: expected .*, got .*g729/),
    ]);
    expect(results.reduce((sum, { done }) => sum + done.dropped, 0)).toBeGreaterThan(10);
  },
  TIMEOUT_MS,
);
