import type { Redis } from 'ioredis';
import { type RedisCommand, redisProfile } from '../../../contracts/messages/redis.ts';
import type { Address } from '../../adapter.ts';
import type { RawReply } from './answers.ts';
import { type ConnectOptions, connect, inWords, isLost, isReplyError } from './client.ts';
import { toArguments, waitOf } from './commands.ts';

type Place = Pick<Address, 'host' | 'port'>;

/** Where a node of a cluster sends a client: for good, or for this one command while a slot is moved. */
const redirection = /^(MOVED|ASK) \d+ (.*):(\d+)$/;

/** The connection that is played, taken up again after a loss. Of a cluster it is at one node, and goes where that sends it. */
export class PlayedSource {
  readonly #options: ConnectOptions & { signal: AbortSignal };
  readonly #leave = () => this.#client?.disconnect();
  #at: Address;
  #client: Redis | undefined;
  #inTransaction = false;

  constructor(options: ConnectOptions & { signal: AbortSignal }) {
    this.#options = options;
    this.#at = options.at;
    options.signal.addEventListener('abort', this.#leave);
  }

  async join(): Promise<void> {
    this.#client = await connect({ ...this.#options, at: this.#at });
  }

  leave(): void {
    this.#options.signal.removeEventListener('abort', this.#leave);
    this.#leave();
  }

  /** Takes the connection to another node, if it is not there already. */
  async goTo({ host, port }: Place): Promise<void> {
    if (host === this.#at.host && port === this.#at.port) return;
    this.#leave();
    this.#at = { ...this.#at, host, port };
    await this.join();
  }

  /**
   * Sends a command, to another node when this one says so.
   * @returns undefined when the connection was lost while the command waited for something to come
   */
  async send(command: RedisCommand): Promise<RawReply | undefined> {
    const reply = await this.#sendHere(command);
    const [, kind, host, port] = (isError(reply) && redirection.exec(reply.error.message)) || [];
    if (reply === undefined || kind === undefined) {
      if (command.command === 'MULTI') this.#inTransaction = true;
      if (command.command === 'EXEC' || command.command === 'DISCARD') this.#inTransaction = false;
      return reply;
    }
    // Half a transaction cannot go elsewhere: a node that had both slots would say what this one cannot.
    if (this.#inTransaction) return { error: new Error('CROSSSLOT the transaction began with a key of another slot') };
    const there: Place = { host: host === '' ? this.#at.host : (host ?? ''), port: Number(port) };
    if (kind === 'MOVED') {
      await this.goTo(there);
      return await this.#sendHere(command);
    }
    return await this.#sendOnce(command, there);
  }

  async #sendOnce(command: RedisCommand, there: Place): Promise<RawReply | undefined> {
    const here = { client: this.#client, at: this.#at };
    this.#at = { ...this.#at, ...there };
    await this.join();
    try {
      await this.#client?.asking();
      return await this.#sendHere(command);
    } finally {
      this.#leave();
      this.#client = here.client;
      this.#at = here.at;
    }
  }

  async #sendHere(command: RedisCommand): Promise<RawReply | undefined> {
    const [name, ...args] = toArguments(command) as [string, ...string[]];
    try {
      return { value: await this.#client?.call(name, ...args) };
    } catch (error) {
      if (isReplyError(error)) return { error };
      if (waitOf(command) !== undefined && isLost(error) && !this.#options.signal.aborted) return undefined;
      throw inWords(error, this.#at, redisProfile.title(command));
    }
  }
}

function isError(reply: RawReply | undefined): reply is { error: { message: string } } {
  return reply !== undefined && 'error' in reply;
}
