import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ProtocolName } from '../../contracts/architecture.ts';
import { loadContracts } from '../../contracts/catalogue.ts';
import { compile } from '../../contracts/matching.ts';
import type { Line } from '../../mocks/adapter.ts';
import { adapterFor } from '../../mocks/registry.ts';

const contracts = await loadContracts();

function example(connection: number, description: string, step: number): Record<string, unknown> {
  const contract = contracts.find((each) => each.connection === connection);
  const interaction = contract?.interactions.find((each) => each.description === description);
  return compile(interaction?.steps[step]?.content).example as Record<string, unknown>;
}

interface Wire {
  protocol: ProtocolName;
  good: Record<string, unknown>;
  /** Breaks a contract, not the protocol. */
  bad: Record<string, unknown>;
  /** What no peer could put on this wire, or none could read. */
  unwritable: unknown;
}

const tenant = example(26, 'read the own tenant back', 1);
const read = example(3, 'read all persons', 0);
const invite = example(51, 'a call with an offer is answered and released', 0);
const wires: Wire[] = [
  { protocol: 'HTTP', good: tenant, bad: { ...tenant, status: 418 }, unwritable: { ...tenant, status: 1200 } },
  {
    protocol: 'TCP',
    good: read,
    bad: { ...read, referenceId: 4711 },
    unwritable: { ...read, attributes: { ObjectType: () => 3 } },
  },
  {
    protocol: 'SIP/TCP',
    good: invite,
    bad: {
      ...invite,
      method: 'PUBLISH',
      headers: { ...(invite.headers as object), cseq: { number: 1, method: 'PUBLISH' } },
    },
    unwritable: { ...invite, headers: null },
  },
];

/** The stacks count the octets themselves. */
function withoutOwn(message: Record<string, unknown>): Record<string, unknown> {
  if (message.headers === undefined) return message;
  const { 'content-length': _, ...headers } = message.headers as Record<string, unknown>;
  return { ...message, headers };
}

describe.each(wires)('a line of $protocol', ({ protocol, good, bad, unwritable }) => {
  let line: Line;
  beforeAll(async () => {
    const opened = await (await adapterFor(protocol)).openLine?.();
    if (opened === undefined) throw new Error(`${protocol} has no line`);
    line = opened;
  });
  afterAll(() => line?.close());

  test('carries a good message', async () => {
    expect(await line.carry(good)).toMatchObject(withoutOwn(good));
  });

  test('carries a bad one as it is', async () => {
    expect(await line.carry(bad)).toMatchObject(withoutOwn(bad));
  });

  test('carries nothing where there is no form of it, and goes on', async () => {
    expect(await line.carry(unwritable)).toBeUndefined();
    expect(await line.carry(good)).toMatchObject(withoutOwn(good));
  });

  test('may be closed twice', async () => {
    const other = await (await adapterFor(protocol)).openLine?.();
    await other?.close();
    await expect(other?.close()).resolves.toBeUndefined();
  });
});
