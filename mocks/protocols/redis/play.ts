import { setTimeout as sleep } from 'node:timers/promises';
import type { Interaction } from '../../../contracts/contract.ts';
import { Conversation, type ObservedMessage } from '../../../contracts/conversation.ts';
import { compile, generate } from '../../../contracts/matching.ts';
import { type Held, type RedisAnswer, type RedisCommand, redisProfile } from '../../../contracts/messages/redis.ts';
import type { Address, Observed, Performance } from '../../adapter.ts';
import { sourceAddress } from '../../common/source-address.ts';
import { ensureUser } from './acl.ts';
import { Answers } from './answers.ts';
import { closedBefore, inWords, place, refusesCertificate } from './client.ts';
import { keysOf, waitOf } from './commands.ts';
import { redisLimits } from './limits.ts';
import { Nodes } from './nodes.ts';
import { held, streamEnds } from './observer.ts';
import { PlayedSource } from './played-source.ts';
import { Undos } from './undos.ts';

/** How long cleaning up may take once a play was given up. */
const GIVE_UP_TIMEOUT_MS = 500;

/**
 * Plays the source: sends the interaction's commands as the row's own user, then reads what the server holds.
 * @param at with the login of an administrator, who makes the row's user where it is missing and reads back
 */
export async function play(performance: Performance, at: Address, signal: AbortSignal): Promise<Observed> {
  const messages: ObservedMessage[] = [];
  const undos = new Undos();
  let failure: Error | undefined;
  try {
    await act({ performance, at, signal, messages, undos });
  } catch (error) {
    failure = signal.aborted
      ? new Error(`the play against ${place(at)} was given up.`, { cause: error })
      : inWords(error, at);
  }
  const undone = undos.all().then(
    () => undefined,
    (error: unknown) => inWords(error, at),
  );
  const limit = signal.aborted ? [sleep(GIVE_UP_TIMEOUT_MS, undefined, { ref: false })] : [];
  const undoFailure = await Promise.race([undone, ...limit]);
  failure ??= undoFailure;
  return failure === undefined ? { messages } : { messages, failure };
}

interface Act {
  performance: Performance;
  at: Address;
  signal: AbortSignal;
  /** Filled with what is seen. */
  messages: ObservedMessage[];
  undos: Undos;
}

async function act({ performance, at, signal, messages, undos }: Act): Promise<void> {
  const { contract, interaction, values } = performance;
  const timeoutMs = interaction.stepTimeoutMs ?? redisLimits.stepTimeoutMs;
  const nodes = await Nodes.connect({ at, observer: true, timeoutMs, signal });
  undos.add(() => nodes.disconnect());
  undos.add(await ensureUser(nodes, contract));
  const source = new PlayedSource({
    at: { ...sourceAddress(contract, at), ...(values.ca === undefined ? {} : { ca: values.ca }) },
    timeoutMs: timeoutMs + longestWaitMs(interaction),
    signal,
  });
  undos.add(() => source.leave());
  try {
    await source.join();
  } catch (error) {
    if (!refusesCertificate(error)) throw error;
    messages.push({ from: 'destination', content: { fault: 'tls' }, atMs: Date.now() });
    return;
  }

  const conversation = new Conversation(interaction, redisProfile, { values });
  const record = (from: ObservedMessage['from'], content: unknown) => {
    const message = { from, content, atMs: Date.now() };
    messages.push(message);
    return conversation.feed(message);
  };
  const asked = heldKeys(interaction, values);
  const ends = await streamEnds(
    nodes,
    asked.map(({ key }) => key),
  );
  const answers = new Answers();
  // Every turn sends one step, so there are never more turns than steps.
  for (let turns = interaction.steps.length; turns > 0; turns -= 1) {
    signal.throwIfAborted();
    const command = conversation.nextFromSource() as RedisCommand | undefined;
    if (command === undefined) break;
    const { step } = record('source', command);
    if (command.command === 'MULTI') await source.goTo((await nodes.of(firstKey(interaction, step))).at);
    let reply = await source.send(command);
    if (reply === undefined) {
      if (!losesConnection(interaction)) throw closedBefore(redisProfile.title(command), at);
      record('destination', { to: redisProfile.title(command), fault: 'closed' });
      await source.join();
      record('source', command);
      reply = await source.send(command);
      if (reply === undefined) throw new Error(`${place(at)} closed the connection again.`);
    }
    for (const answer of answers.take(command, reply)) record('destination', answer);
  }
  for (const each of asked) {
    signal.throwIfAborted();
    record('destination', { holds: await held(nodes, each, ends) });
  }
}

/** What the interaction wants read in the end, in its order. */
function heldKeys({ steps }: Interaction, values: Performance['values']): Held[] {
  return steps
    .filter(({ from }) => from === 'destination')
    .map(({ content }) => generate(compile(content), values) as unknown as RedisAnswer)
    .flatMap((answer) => ('holds' in answer ? [answer.holds] : []));
}

/** Whether the interaction is about a connection that is lost. */
function losesConnection({ steps }: Interaction): boolean {
  return steps.some(({ content }) => 'fault' in (compile(content).example as object));
}

/** The first key that the source names after a step: a transaction has to begin on the node that has it. */
function firstKey({ steps }: Interaction, after: number): string {
  const commands = steps.slice(after).filter(({ from }) => from === 'source');
  const keys = commands.flatMap(({ content }) => keysOf(compile(content).example as unknown as RedisCommand));
  return keys[0] ?? '';
}

/** The longest that a command of the interaction waits on the server, in milliseconds. */
function longestWaitMs({ steps }: Interaction): number {
  const commands = steps.filter(({ from }) => from === 'source').map(({ content }) => compile(content).example);
  return Math.max(0, ...commands.map((each) => waitOf(each as unknown as RedisCommand) ?? 0));
}
