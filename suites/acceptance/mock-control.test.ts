import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import contract from '../../contracts/connections/26-tenant-service--config-service.ts';
import { verifyByCommand } from '../pact/verifier-command.ts';
import { type RunningMock, startMock, voxpact } from './voxpact.ts';

const pactFile = fileURLToPath(new URL('../../contracts/pacts/tenant-service--config-service.json', import.meta.url));

describe('a mock of the Config Service in a process of its own, its states set from outside', () => {
  let mock: RunningMock;
  beforeAll(async () => {
    mock = await startMock('config-service');
  }, 60_000);
  afterAll(() => mock?.stop());

  test('passes voxpact verify --states', async () => {
    const args = ['--service', 'config-service', '--at', mock.address, '--states', `${mock.control}/states`];
    const { exitCode, stdout } = await voxpact('verify', ...args, '--json');
    const { verdict, connections } = JSON.parse(stdout);
    expect([verdict, exitCode]).toEqual(['passed', 0]);
    const own = connections.find(({ number }: { number: number }) => number === contract.connection);
    expect(own.destination.interactions).toHaveLength(contract.interactions.length);
  }, 60_000);

  test("passes Pact's own verifier, by the committed file", async () => {
    const ok = Object.fromEntries(contract.interactions.map(({ description }) => [description, 'OK']));
    expect(await verifyByCommand(pactFile, mock.address, `${mock.control}/states`)).toEqual(ok);
  });

  test('tells what it has recorded, in its log too, and forgets it', async () => {
    const exchanges = `${mock.control}/exchanges`;
    await fetch(exchanges, { method: 'DELETE' });
    await (await fetch(`${mock.address}/no/such/route`)).text();
    const recorded = (await (await fetch(exchanges)).json()) as { failure: string }[];
    expect(recorded).toMatchObject([
      {
        messages: [{ from: 'source', content: { method: 'GET', path: '/no/such/route' } }, { from: 'destination' }],
        failure: expect.stringContaining('no interaction has this message: GET /no/such/route'),
      },
    ]);
    const failure = recorded[0]?.failure as string;
    while (!mock.log().includes(failure)) await setTimeout(20);
    expect(mock.log()).toContain(`config-service: GET /no/such/route -> 500\n${failure}`);
    expect((await fetch(exchanges, { method: 'DELETE' })).status).toBe(204);
    expect(await (await fetch(exchanges)).json()).toEqual([]);
  });
});
