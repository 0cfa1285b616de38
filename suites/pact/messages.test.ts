import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ExampleMessage, type OfficialVerifier, startVerifier } from './verifier.ts';

interface Message {
  contents: { content: unknown };
  metadata: Record<string, unknown>;
}

/** An interaction of a committed file, as far as it is read here. */
type Interaction = { description: string; key: string } & (
  | ({ type: 'Asynchronous/Messages' } & Message)
  | { type: 'Synchronous/Messages'; request: Message; response: Message[] }
  | { type: 'Synchronous/HTTP' }
);

interface PactFile {
  provider: { name: string };
  interactions: Interaction[];
}

type Synchronous = Extract<Interaction, { type: 'Synchronous/Messages' }>;

const folder = fileURLToPath(new URL('../../contracts/pacts/', import.meta.url));
const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as PactFile;
const isMessages = ({ interactions }: PactFile) => interactions.some(({ type }) => type !== 'Synchronous/HTTP');
const committed = readdirSync(folder).filter((name) => isMessages(read(name)));

const hasSeveralResponses = (each: Interaction): each is Synchronous =>
  each.type === 'Synchronous/Messages' && each.response.length > 1;

/**
 * The engine's message transport brings one response for a request, so a conversation with more of them is refused as a
 * whole; its responses are verified one by one, each as an interaction of its own.
 */
function oneByOne(pact: PactFile): PactFile {
  const interactions = pact.interactions.filter(hasSeveralResponses).flatMap((interaction) =>
    interaction.response.map((response, at) => ({
      ...interaction,
      description: `${interaction.description}, response ${at + 1}`,
      key: `${interaction.key}-${at + 1}`,
      response: [response],
    })),
  );
  return { ...pact, interactions };
}

/** What a provider sends that keeps to the examples of an interaction. */
function example(interaction: Interaction): ExampleMessage {
  if (interaction.type === 'Synchronous/HTTP') throw new TypeError('a file holds HTTP or messages, not both');
  if (interaction.type === 'Asynchronous/Messages') {
    return { metadata: interaction.metadata, content: interaction.contents.content };
  }
  const [response] = interaction.response;
  if (response === undefined) throw new TypeError(`"${interaction.description}" has no response`);
  const { metadata, contents } = response;
  return { request: interaction.request.contents.content, metadata, content: contents.content };
}

describe('the official Verifier reads the messages of the committed file', () => {
  let temporary: string;
  let verifier: OfficialVerifier;
  beforeAll(() => {
    verifier = startVerifier();
    temporary = mkdtempSync(join(tmpdir(), 'voxpact-messages-'));
  });
  afterAll(async () => {
    rmSync(temporary, { recursive: true });
    await verifier.stop();
  });

  /** Verifies a committed file and its responses one by one, in one run. @param changed messages instead of the examples */
  async function verify(name: string, changed: Readonly<Record<string, ExampleMessage>> = {}) {
    const pact = read(name);
    const single = oneByOne(pact);
    const files = [join(folder, name)];
    if (single.interactions.length > 0) {
      files.push(join(temporary, name));
      writeFileSync(join(temporary, name), JSON.stringify(single));
    }
    const all = [...pact.interactions, ...single.interactions];
    const examples = Object.fromEntries(all.map((each) => [each.description, example(each)]));
    const verdicts = await verifier.verify({
      provider: pact.provider.name,
      files,
      messages: { ...examples, ...changed },
    });
    return { all, verdicts };
  }

  test('there are some', () => {
    expect(committed.length).toBeGreaterThanOrEqual(8);
  });

  test.each(committed)('%s', async (name) => {
    const { all, verdicts } = await verify(name);
    const expected = all.map((each) => [
      each.description,
      hasSeveralResponses(each)
        ? `Error; Expected a message with ${each.response.length} responses, but the actual response had 1`
        : 'OK',
    ]);
    expect(verdicts).toEqual(Object.fromEntries(expected));
  });

  test('and fails a message whose content is not what the file promises', async () => {
    const name = 'voice-sip-cluster-service--kafka.json';
    const [conversation] = oneByOne(read(name)).interactions;
    if (conversation === undefined) throw new Error(`${name} has no conversation`);
    const { description } = conversation;
    const wrong = { ...example(conversation), content: { error: 'none' } };
    const { verdicts } = await verify(name, { [description]: wrong });
    expect(verdicts[description]).toBe(
      'Error; Actual map is missing the following keys: code, topic; ' +
        "Expected 'none' (String) to be equal to 'MESSAGE_TOO_LARGE' (String)",
    );
  });

  test('and fails an answer to a request that is not the one of the file', async () => {
    const name = 'voice-sip-cluster-service--kafka.json';
    const [conversation] = oneByOne(read(name)).interactions;
    if (conversation === undefined) throw new Error(`${name} has no conversation`);
    const { description } = conversation;
    const { verdicts } = await verify(name, { [description]: { ...example(conversation), request: {} } });
    expect(verdicts[description]).toMatch(/^Error; /);
  });
});
