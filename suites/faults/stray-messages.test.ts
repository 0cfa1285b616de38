import { describe, expect, test } from '@jest/globals';
import { loadContracts } from '../../contracts/catalogue.ts';
import type { Contract, Interaction } from '../../contracts/contract.ts';
import { compile, generate } from '../../contracts/matching.ts';
import { Destinations } from '../../harness/peers/destinations.ts';
import { explain } from '../../harness/report/explain.ts';
import { type Exercise, verifySource } from '../../harness/verify/sides.ts';

type Content = Record<string, unknown>;

/** The content with another value at a path that is there. */
function withValue(content: Content, [head = '', ...rest]: readonly string[], value: unknown): Content {
  if (!(head in content)) return content;
  const changed = rest.length === 0 ? value : withValue(content[head] as Content, rest, value);
  return { ...content, [head]: changed };
}

/** An interaction whose source has one value wrong. */
function changed(interaction: Interaction, path: string, value: unknown): Interaction {
  const steps = interaction.steps.map((step) => {
    if (step.from !== 'source') return step;
    return { ...step, content: withValue(generate(compile(step.content), {}) as Content, path.split('.'), value) };
  });
  return { ...interaction, steps, stepTimeoutMs: 2_000 };
}

/** What a user reads of a source that keeps the contract, and then sends the same once more with one value wrong. */
async function verified(number: number, description: string, path: string, value: unknown): Promise<string> {
  const [whole] = await loadContracts([number]);
  const interaction = whole?.interactions.find((each) => each.description === description);
  if (whole === undefined || interaction === undefined) throw new Error(`connection ${number} has no "${description}"`);
  const { signal } = new AbortController();
  const destinations = await Destinations.start({ contracts: [whole], signal });
  try {
    const [up] = destinations.up;
    if (up === undefined) throw new Error(destinations.absent[0]?.reason);
    const { adapter, server } = up;
    const exercise: Exercise = async (of, at, values) => {
      await adapter.play({ contract: whole, interaction: of, values }, at, signal);
      await adapter.play({ contract: whole, interaction: changed(of, path, value), values }, at, signal);
    };
    const contract: Contract = { ...whole, interactions: [interaction] };
    const at = server.address;
    const source = await verifySource({ contract, adapter, server, at, exercise, served: [whole], signal });
    expect(source.verdict).toBe('failed');
    return explain({ contract, source })
      .flatMap(({ sentences }) => sentences)
      .join('\n');
  } finally {
    await destinations.close();
  }
}

describe('a message too many names the nearest interaction and the field at fault', () => {
  const cases: [number, string, string, unknown, string, RegExp][] = [
    [
      9,
      'a disabled person stays in the cache with state 2',
      'fields.state',
      '7',
      '[connection 9 Tenant Service -> Redis] no interaction has this message: HSET ',
      /\$\.fields\.state: expected .*, got "7"/,
    ],
    [
      50,
      'a call is held and retrieved',
      'value.CallState',
      'held',
      '[connection 50 Voice SIP Cluster Service -> Kafka] no interaction has this message: EventHeld ',
      /\$\.value\.CallState: expected an integer .*, got "held"/,
    ],
    [
      13,
      'a DN is found by its switch and number',
      'where.dn_number',
      '7999',
      '[connection 13 Tenant Service -> PostgreSQL] no interaction has this message: SELECT ',
      /\$\.where\.dn_number: expected "7001", got "7999"/,
    ],
    [
      51,
      'a call with an offer is answered and released',
      'headers.x-genesys-calluuid',
      'none',
      '[connection 51 Voice SIP Cluster Service -> Voice SIP Proxy Service] no interaction has this message: INVITE ',
      /\$\.headers\.x-genesys-calluuid: expected .*, got "none"/,
    ],
  ];

  test.each(cases)(
    '%i "%s", %s %j',
    async (number, description, path, value, message, mismatch) => {
      const text = await verified(number, description, path, value);
      expect(text).toContain(message);
      expect(text).toContain(`Nearest: "${description}", but`);
      expect(text).toMatch(mismatch);
    },
    60_000,
  );
});
