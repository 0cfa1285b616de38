import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { loadContracts } from '../../contracts/catalogue.ts';
import type { Contract, Interaction } from '../../contracts/contract.ts';
import { explain } from '../../harness/report/explain.ts';
import { failuresText } from '../../harness/report/text.ts';
import { verify } from '../../harness/verify/run.ts';
import { adapter } from '../../mocks/protocols/sip/adapter.ts';
import { type RawPeer, rawDestination, responseTo } from '../../mocks/protocols/sip/fixtures/raw-peer.ts';

const description = 'OPTIONS is answered while the proxy is in service';
const signal = new AbortController().signal;
const open: RawPeer[] = [];
let contract: Contract;

beforeAll(async () => {
  const whole = (await loadContracts([51]))[0];
  const interactions = whole?.interactions.filter((each) => each.description === description) ?? [];
  if (whole === undefined || interactions.length !== 1) throw new Error(`connection 51 has no "${description}"`);
  contract = { ...whole, interactions };
});

afterEach(async () => {
  for (const peer of open.splice(0)) await peer.close();
});

/** The contract with one header more in what its source sends. */
function sending(name: string, value: string): Contract {
  const change = (interaction: Interaction): Interaction => ({
    ...interaction,
    steps: interaction.steps.map((step) => {
      if (step.from !== 'source') return step;
      const content = step.content as { headers: object };
      return { ...step, content: { ...content, headers: { ...content.headers, [name]: value } } };
    }),
  });
  return { ...contract, interactions: contract.interactions.map(change) };
}

/** A proxy that keeps the contract, and says one thing more. */
async function destinationUnderTest(header: string, asked = contract) {
  const peer = await rawDestination('TCP', (request) => [
    responseTo(request, 200, 'OK', ['Allow: INVITE, ACK, BYE, CANCEL, OPTIONS', header]),
  ]);
  open.push(peer);
  const setState = async () => ({ values: {}, undo: async () => {} });
  const foreign = { at: peer.address, setState };
  return verify({ contracts: [asked], sides: ['destination'], foreign, signal });
}

const tooShort =
  'a session is no shorter than Min-SE and 90 seconds, and a 2xx says who refreshes; it has to be 90 or more, got 60';
const sentence = `$.headers.session-expires: RFC 4028, sections 4, 6, 7 and 9 (X03): ${tooShort}`;

describe('the rules of SIP in a run', () => {
  test('a destination that keeps its contract fails by the rule it breaks', async () => {
    const run = await destinationUnderTest('Session-Expires: 60;refresher=uas');
    expect(run.verdict).toBe('failed');
    expect(run.connections[0]?.destination?.interactions[0]?.mismatches).toEqual([]);
    expect(run.connections.flatMap(explain).flatMap(({ sentences }) => sentences)).toEqual([
      `200 OK (OPTIONS): ${sentence}`,
    ]);
    const drawing = failuresText(run, { terminal: false }).split('\n').slice(-6);
    expect(drawing).toEqual([
      '      Voice SIP Cluster Service                                      Voice SIP Proxy Service',
      expect.stringMatching(/^ {6}\| {2}Call-ID \S+ +\|$/),
      expect.stringMatching(/^ {4}1 \|-- OPTIONS sip:\S+, CSeq 1 -+>\|$/),
      expect.stringMatching(/^! {3}2 \|<-+ 200 OK \(OPTIONS\), CSeq 1 --\|$/),
      '      |        $.headers.session-expires: it has to be 90 or more, got 60 (RFC 4028,       |',
      '      |        sections 4, 6, 7 and 9, X03)                                                |',
    ]);
  });

  test('a destination that does what a rule warns of passes, and is told', async () => {
    const run = await destinationUnderTest('Reason: SIP');
    expect(run.verdict).toBe('passed');
    const broken = run.connections[0]?.destination?.interactions[0]?.standard?.broken ?? [];
    expect(broken.map(({ rule, by, message, dialog }) => [rule.id, by, message, dialog])).toEqual([
      ['X12', 'destination', 2, expect.stringMatching(/^Call-ID \S+$/)],
    ]);
  });

  test('a source that keeps its contract fails by the rule it breaks', async () => {
    const run = await verify({
      contracts: [contract],
      sides: ['source'],
      exercise: async (_, at, values) => {
        const changed = sending('session-expires', '60');
        const interaction = changed.interactions[0] as Interaction;
        await adapter.play({ contract: changed, interaction, values }, at, signal);
      },
      signal,
    });
    expect(run.verdict).toBe('failed');
    expect(run.connections.flatMap(explain).flatMap(({ sentences }) => sentences)).toEqual([
      expect.stringMatching(/^OPTIONS sip:\S+: \$\.headers\.session-expires: RFC 4028, .* \(X03\): .*, got 60$/),
    ]);
  });

  test('a rule that the harness breaks is its own error, and no fault of the peer', async () => {
    const run = await destinationUnderTest('Supported: timer', sending('session-expires', '60'));
    expect(run.verdict).toBe('error');
    expect(run.connections[0]?.destination?.interactions[0]).toMatchObject({ verdict: 'error', during: 'judging' });
    expect(run.connections.flatMap(explain).map(({ sentences, fix }) => [...sentences, fix])).toEqual([
      [
        expect.stringMatching(/^the harness broke a rule itself, so nothing is proven: OPTIONS sip:\S+: .* \(X03\): /),
        'report it: what the harness sends has to keep the rules too',
      ],
    ]);
  });
});
