import { setTimeout as sleep } from 'node:timers/promises';
import { types } from 'node:util';
import type { Redis } from 'ioredis';
import type { Interaction } from '../../../contracts/contract.ts';
import { Conversation, type ObservedMessage } from '../../../contracts/conversation.ts';
import { compile, generate } from '../../../contracts/matching.ts';
import { type Held, type RedisAnswer, type RedisCommand, redisProfile } from '../../../contracts/messages/redis.ts';
import type { Address, Observed, Performance } from '../../adapter.ts';
import { sourceAddress } from '../../common/source-address.ts';
import { ensureUser } from './acl.ts';
import { Answers, type RawReply } from './answers.ts';
import { type ConnectOptions, connect, inWords, isLost, place, refusesCertificate } from './client.ts';
import { toArguments, waitOf } from './commands.ts';
import { redisLimits } from './limits.ts';
import { held, streamEnds } from './observer.ts';
import { asError, Undos } from './undos.ts';

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
  const undone = undos.all().then(() => undefined, asError);
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
  const observer = await connect({ at, observer: true, timeoutMs, signal });
  undos.add(() => observer.disconnect());
  undos.add(await ensureUser(observer, contract, at));
  const source = new Source({
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
    conversation.feed(message);
  };
  const asked = heldKeys(interaction, values);
  const ends = await streamEnds(
    observer,
    asked.map(({ key }) => key),
  );
  const answers = new Answers();
  // Every turn sends one step, so there are never more turns than steps.
  for (let turns = interaction.steps.length; turns > 0; turns -= 1) {
    signal.throwIfAborted();
    const command = conversation.nextFromSource() as RedisCommand | undefined;
    if (command === undefined) break;
    record('source', command);
    let reply = await source.send(command);
    if (reply === undefined) {
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
    record('destination', { holds: await held(observer, each, ends) });
  }
}

/** What the interaction wants read in the end, in its order. */
function heldKeys({ steps }: Interaction, values: Performance['values']): Held[] {
  return steps
    .filter(({ from }) => from === 'destination')
    .map(({ content }) => generate(compile(content), values) as unknown as RedisAnswer)
    .flatMap((answer) => ('holds' in answer ? [answer.holds] : []));
}

/** The longest that a command of the interaction waits on the server, in milliseconds. */
function longestWaitMs({ steps }: Interaction): number {
  const commands = steps.filter(({ from }) => from === 'source').map(({ content }) => compile(content).example);
  return Math.max(0, ...commands.map((each) => waitOf(each as unknown as RedisCommand) ?? 0));
}

/** The connection that is played, taken up again after a loss. */
class Source {
  readonly #options: ConnectOptions & { signal: AbortSignal };
  readonly #leave = () => this.#client?.disconnect();
  #client: Redis | undefined;

  constructor(options: ConnectOptions & { signal: AbortSignal }) {
    this.#options = options;
    options.signal.addEventListener('abort', this.#leave);
  }

  async join(): Promise<void> {
    this.#client = await connect(this.#options);
  }

  leave(): void {
    this.#options.signal.removeEventListener('abort', this.#leave);
    this.#leave();
  }

  /** @returns undefined when the connection was lost while the command waited for something to come */
  async send(command: RedisCommand): Promise<RawReply | undefined> {
    const [name, ...args] = toArguments(command) as [string, ...string[]];
    try {
      return { value: await this.#client?.call(name, ...args) };
    } catch (error) {
      if (isReplyError(error)) return { error };
      if (waitOf(command) !== undefined && isLost(error) && !this.#options.signal.aborted) return undefined;
      throw inWords(error, this.#options.at, ` ${redisProfile.title(command)}`);
    }
  }
}

function isReplyError(error: unknown): error is Error {
  return types.isNativeError(error) && error.name === 'ReplyError';
}
