import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import contract from '../../contracts/connections/57-voice-sip-proxy-service--webrtc-media-service.ts';
import type { Interaction } from '../../contracts/contract.ts';
import { judge } from '../../contracts/conversation.ts';
import { sipProfile } from '../../contracts/messages/sip-profile.ts';
import { world } from '../../contracts/world.ts';
import type { Exchange } from '../../mocks/adapter.ts';
import type { CallReport } from '../../mocks/calls.ts';
import { type RunningMock, startMock, voxpact } from './voxpact.ts';

async function ask<T = CallReport>(method: string, url: string, body?: object): Promise<T> {
  const response = await fetch(url, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as T;
}

async function until(url: string, state: string): Promise<void> {
  while ((await ask('GET', url)).state !== state) await setTimeout(20);
}

describe('mocks in processes of their own that are asked to place calls', () => {
  let mocks: Record<'proxy' | 'webrtc' | 'platform', RunningMock>;
  beforeAll(async () => {
    const [proxy, webrtc, platform] = await Promise.all([
      startMock('voice-sip-proxy-service'),
      startMock('webrtc-media-service'),
      startMock('genesys-voice-platform'),
    ]);
    mocks = { proxy, webrtc, platform };
  }, 60_000);
  afterAll(() => Promise.all(Object.values(mocks ?? {}).map((mock) => mock.stop())));

  test('the SIP Proxy calls a browser agent, holds the call and hangs up; the record keeps the contract', async () => {
    const { proxy, webrtc } = mocks;
    const to = `sip:${world.dns.webrtc.number}@${webrtc.address.replace('sip://', '')}`;
    const { id } = await ask('POST', `${proxy.control}/calls`, { to, connection: contract.connection });
    const call = `${proxy.control}/calls/${id}`;
    await until(call, 'up');
    expect(await ask('POST', `${call}/hold`)).toEqual({ id, to, state: 'held' });
    expect(await ask('POST', `${call}/resume`)).toEqual({ id, to, state: 'up' });
    expect(await ask('DELETE', call)).toEqual({ id, to, state: 'ended', reason: 'hung up here' });
    const interactions = contract.interactions as readonly unknown[] as readonly Interaction[];
    const held = interactions.find(({ description }) => description === 'an agent is put on hold and taken back');
    for (const [mock, side] of [
      [proxy, 'source'],
      [webrtc, 'destination'],
    ] as const) {
      const exchanges = await ask<Exchange[]>('GET', `${mock.control}/exchanges`);
      expect(exchanges).toHaveLength(1);
      expect(judge(held as Interaction, exchanges[0]?.messages ?? [], sipProfile, side)).toEqual([]);
    }
  }, 60_000);

  test('GVP, which listens nowhere, has a control and calls the SIP Proxy; a bad call is told what is wrong', async () => {
    const { platform, proxy } = mocks;
    expect(platform.address).toBe('-');
    const to = `sip:${world.dns.busy.number}@${proxy.address.replace('sip://', '')}`;
    const { id } = await ask('POST', `${platform.control}/calls`, { to });
    await until(`${platform.control}/calls/${id}`, 'ended');
    expect(await ask<CallReport[]>('GET', `${platform.control}/calls`)).toEqual([
      { id, to, state: 'ended', status: 486, reason: 'Busy Here' },
    ]);
    await expect(ask('POST', `${platform.control}/calls`, { to: 'nobody' })).rejects.toThrow(
      'to expected "sip:1001@127.0.0.1:5080" or {"host": "127.0.0.1", "port": 5080, "number": "1001"}, got "nobody"',
    );
  });

  test('Ctrl-C ends a call that is up', async () => {
    const { platform, proxy } = mocks;
    const to = `sip:${world.dns.answering.number}@${proxy.address.replace('sip://', '')}`;
    const { id } = await ask('POST', `${platform.control}/calls`, { to });
    await until(`${platform.control}/calls/${id}`, 'up');
    expect(await platform.stop()).toBe(130);
    const exchanges = await ask<Exchange[]>('GET', `${proxy.control}/exchanges`);
    const last = exchanges
      .at(-1)
      ?.messages.map(({ content }) => sipProfile.title(content))
      .at(-1);
    expect(last).toBe('200 OK (BYE)');
  });
});

test('a system that listens nowhere and places no calls cannot be mocked', async () => {
  const { exitCode, stderr } = await voxpact('mock', 'cx-contact');
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('there is no contract that ends at CX Contact')]);
});
