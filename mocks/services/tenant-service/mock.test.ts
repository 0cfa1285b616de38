import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import contract from '../../../contracts/connections/03-billing-data-service--tenant-service.ts';
import type { Contract, Interaction } from '../../../contracts/contract.ts';
import { state } from '../../../contracts/contract.ts';
import { judge } from '../../../contracts/conversation.ts';
import { type TcpMessage, tcpProfile } from '../../../contracts/messages/tcp.ts';
import type { MockServer, Observed, StateSet } from '../../adapter.ts';
import { adapter } from '../../protocols/tcp/adapter.ts';
import tenantService from './mock.ts';

const plain = contract as Contract;
let server: MockServer;
beforeAll(async () => {
  server = await adapter.serve({ contracts: [plain], listen: { host: '127.0.0.1', port: 0 }, service: tenantService });
});
afterAll(() => server.close());

/** Plays in the interaction's own states, or in those given instead. */
async function play(interaction: Interaction, given = interaction.given): Promise<Observed> {
  const sets: StateSet[] = [];
  try {
    for (const each of given) sets.push(await server.setState(each));
    const values = Object.assign({}, ...sets.map((set) => set.values));
    return await adapter.play({ contract: plain, interaction, values }, server.address, AbortSignal.timeout(20_000));
  } finally {
    for (const set of sets.reverse()) await set.undo();
  }
}

function interactionOf(description: string): Interaction {
  const found = plain.interactions.find((each) => each.description === description);
  if (found === undefined) throw new Error(`no interaction "${description}"`);
  return found;
}

const contentOf = ({ content }: { content: unknown }) => content;

const texts = (interaction: Interaction, { messages }: Observed, side: 'source' | 'destination' = 'destination') =>
  judge(interaction, messages, tcpProfile, side).map(({ message }) => message);

describe('connection 03: the mock keeps the contract it answers by', () => {
  test.each(plain.interactions.map((interaction) => [interaction.description, interaction] as const))(
    '%s',
    async (_, interaction) => {
      await server.settled();
      const before = server.exchanges().at(-1)?.id ?? 0;
      const observed = await play(interaction);
      expect(observed.failure).toBeUndefined();
      expect(texts(interaction, observed)).toEqual([]);
      await server.settled();
      const recorded = server.exchanges().filter(({ id }) => id > before);
      expect(recorded.map(({ failure }) => failure)).toEqual(recorded.map(() => undefined));
      const messages = recorded.flatMap((exchange) => exchange.messages);
      // Two requests in flight may be answered one by one: what was said is the same, its order need not be.
      expect(messages).toHaveLength(observed.messages.length);
      expect(messages.map(contentOf)).toEqual(expect.arrayContaining(observed.messages.map(contentOf)));
      expect(texts(interaction, { messages }, 'source')).toEqual([]);
    },
  );
});

describe('states', () => {
  test('without its state, an interaction fails: the state is what makes it pass', async () => {
    const down = interactionOf('a read while the configuration database is down is refused');
    const observed = await play(down, [state('the CME user is valid')]);
    expect(texts(down, observed)).toContain('$.name: expected "EventError", got "EventObjectsRead" (string)');
  });

  test('a source is told when its credentials are refused', async () => {
    const read = interactionOf('read all persons');
    const { failure } = await play(read, [state('the CME user is refused')]);
    expect(failure?.message).toBe(
      'the session did not open: $.name: expected "SessionOpened", got "SessionRejected" (string)',
    );
  });

  test('are undone: the inventory is whole again', async () => {
    const persons = state('persons exist', { enabled: 1, disabled: 0 });
    const read = interactionOf('read all persons');
    const objectsOf = ({ messages }: Observed) =>
      messages.flatMap(({ content }) => ((content as TcpMessage).attributes.ConfObject as unknown[] | undefined) ?? []);
    expect(objectsOf(await play(read, [state('the CME user is valid'), persons]))).toHaveLength(1);
    expect(objectsOf(await play(read))).toHaveLength(4);
  });

  test.each([
    [
      state('persons exist', { enabled: 9, disabled: 0 }),
      'the fixture world has 3 enabled and 1 disabled persons; 9 and 0 are asked for',
    ],
    [state('persons exist'), "the state's parameter enabled must be a number from 0 up, not undefined"],
    [state('the switch has DNs', { switchDbid: 1 }), 'the fixture world has no object of type 2 with {"switchDbid":1}'],
  ])('that cannot be set say so: %j', async (wanted, sentence) => {
    await expect(server.setState(wanted)).rejects.toThrow(sentence);
  });
});
