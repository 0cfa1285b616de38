import { expect, test } from '@jest/globals';
import { loadContracts } from '../../contracts/catalogue.ts';
import type { Contract } from '../../contracts/contract.ts';
import { adapter } from '../../mocks/protocols/sip/adapter.ts';
import { startMock } from '../acceptance/voxpact.ts';

const COMMAND_TIMEOUT_MS = 60_000;
const PLAY_TIMEOUT_MS = 20_000;

test(
  'voxpact mock of the proxy and of an end has the proxy relay to it, and both tell of the call',
  async () => {
    const [contract] = (await loadContracts([51])) as [Contract];
    const busy = contract.interactions.filter(({ description }) => description.startsWith('the busy of an endpoint'));
    const mock = await startMock('voice-sip-proxy-service', 'webrtc-media-service');
    try {
      const { hostname: host, port } = new URL(mock.address.replace('sip:', 'http:'));
      const performance = { contract, interaction: busy[0] as (typeof busy)[number], values: {} };
      const at = { host, port: Number(port) };
      const { messages, failure } = await adapter.play(performance, at, AbortSignal.timeout(PLAY_TIMEOUT_MS));
      expect(failure).toBeUndefined();
      expect(messages.map(({ content }) => adapter.profile.title(content))).toContain('486 Busy Here (INVITE)');
      const recorded = (await (await fetch(`${mock.control}/exchanges`)).json()) as { messages: unknown[] }[];
      expect(recorded.map((exchange) => exchange.messages.length)).toEqual([messages.length]);
    } finally {
      expect(await mock.stop()).toBe(130);
    }
    for (const system of ['voice-sip-proxy-service', 'webrtc-media-service']) {
      expect(mock.log()).toMatch(new RegExp(`^${system}: INVITE sip:1003@`, 'm'));
    }
  },
  COMMAND_TIMEOUT_MS,
);
