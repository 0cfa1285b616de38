import { describe, expect, test } from '@jest/globals';
import { loadContracts } from '../../contracts/catalogue.ts';
import type { Contract, Interaction } from '../../contracts/contract.ts';
import { compile, generate } from '../../contracts/matching.ts';
import { rowOf } from '../../contracts/parts.ts';
import { Destinations } from '../../harness/peers/destinations.ts';
import { explain } from '../../harness/report/explain.ts';
import { type Exercise, verifySource } from '../../harness/verify/sides.ts';
import type { ProtocolAdapter } from '../../mocks/adapter.ts';

type Content = Record<string, unknown>;
type Change = (content: Content) => Content;

/** A source that plays an interaction with the content of each of its messages changed. */
function brokenSource(contract: Contract, adapter: ProtocolAdapter, change: Change): Exercise {
  return async (interaction, at, values) => {
    const steps = interaction.steps.map((step) =>
      step.from === 'source' ? { ...step, content: change(generate(compile(step.content), values) as Content) } : step,
    );
    const broken: Interaction = { ...interaction, steps, stepTimeoutMs: 2_000 };
    // What comes back is of no interest here: it is the source that is judged.
    await adapter.play({ contract, interaction: broken, values }, at, new AbortController().signal);
  };
}

/** What a user reads when a source sends the changed messages. */
async function verified(number: number, description: string, change: Change): Promise<string[]> {
  const [whole] = await loadContracts([number]);
  const interaction = whole?.interactions.find((each) => each.description === description);
  if (whole === undefined || interaction === undefined) throw new Error(`connection ${number} has no "${description}"`);
  const signal = new AbortController().signal;
  const destinations = await Destinations.start({ contracts: [whole], signal });
  try {
    const [up] = destinations.up;
    if (up === undefined) throw new Error(destinations.absent[0]?.reason);
    const { adapter, server } = up;
    const contract: Contract = { ...whole, interactions: [interaction] };
    const exercise = brokenSource(whole, adapter, change);
    const source = await verifySource({ contract, adapter, server, at: server.address, exercise, signal });
    expect(source.interactions.map(({ reason }) => reason)).toEqual([undefined]);
    expect(source.verdict).toBe('failed');
    const explanations = explain({ contract, source });
    expect(explanations[0]?.where).toBe(
      `connection ${number} ${rowOf(whole).source} -> ${rowOf(whole).destination}, source, "${description}"`,
    );
    return explanations.flatMap(({ sentences }) => sentences);
  } finally {
    await destinations.close();
  }
}

/** Leaves a key out, below the path. */
function without(path: string): Change {
  const [head = '', ...rest] = path.split('.');
  return (content) => {
    if (!(head in content)) return content;
    if (rest.length === 0) return Object.fromEntries(Object.entries(content).filter(([key]) => key !== head));
    return { ...content, [head]: without(rest.join('.'))(content[head] as Content) };
  };
}

/** Puts another value at a path that is there. */
function withValue(path: string, value: unknown): Change {
  const [head = '', ...rest] = path.split('.');
  return (content) => {
    if (!(head in content)) return content;
    return {
      ...content,
      [head]: rest.length === 0 ? value : withValue(rest.join('.'), value)(content[head] as Content),
    };
  };
}

describe('a source with one thing wrong is caught, and the text says where and what', () => {
  const cases: [number, string, string, Change, RegExp][] = [
    [26, 'add the tenant', 'without its name', without('body.name'), /\$\.body\.name: expected .*, got nothing/],
    [
      24,
      'store a message',
      'without the kind of blob',
      without('headers.x-ms-blob-type'),
      /\$\.headers\.x-ms-blob-type: expected .*, got nothing/,
    ],
    [
      44,
      'update a ticket, encoded as a form',
      'by POST',
      withValue('method', 'POST'),
      /\$\.method: expected "PUT", got "POST"/,
    ],
    [
      3,
      'read all persons',
      'of type text',
      withValue('attributes.ObjectType', '3'),
      /\$\.attributes\.ObjectType: expected 3.*, got "3" \(string\)/,
    ],
    [
      9,
      'a disabled person stays in the cache with state 2',
      'with another state',
      withValue('fields.state', '1'),
      /\$\.fields\.state: expected "2", got "1"/,
    ],
    [
      49,
      'a new inbound call at a routing point is streamed with ANI and DNIS',
      'without its tenant',
      without('fields.tid'),
      /\$\.fields\.tid: expected .*, got nothing/,
    ],
    [50, 'a call is held and retrieved', 'under another key', withValue('key.subject', 'ct-other'), /ct-other/],
    [
      13,
      'a DN is found by its switch and number',
      'of another number',
      withValue('where.dn_number', '7999'),
      /\$\.where\.dn_number: expected "7001", got "7999"/,
    ],
    [
      51,
      'a call with an offer is answered and released',
      'without the call id of the vendor',
      without('headers.x-genesys-calluuid'),
      /\$\.headers\.x-genesys-calluuid: expected .*, got nothing/,
    ],
    [
      57,
      'a call is offered to a browser agent, answered and released',
      'without the call id of the vendor',
      without('headers.x-genesys-calluuid'),
      /\$\.headers\.x-genesys-calluuid: expected .*, got nothing/,
    ],
  ];

  test.each(cases)(
    '%i "%s" %s',
    async (number, description, _, change, text) => {
      expect((await verified(number, description, change)).join('\n')).toMatch(text);
    },
    60_000,
  );
});
