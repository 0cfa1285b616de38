import type { Side } from '../../../contracts/contract.ts';
import type { ObservedMessage } from '../../../contracts/conversation.ts';
import { type RedisCommand, type RedisFault, redisProfile } from '../../../contracts/messages/redis.ts';
import { LostConnectionError } from '../../adapter.ts';
import type { Journal } from '../../journal.ts';
import { Answers, type RawReply } from './answers.ts';
import { observerName } from './client.ts';
import { fromArguments, isMaintenance, waitOf } from './commands.ts';
import { RespReader } from './resp.ts';
import { errorCodeOf } from './text.ts';

interface Pending {
  command: RedisCommand;
  argv: readonly string[];
  atMs: number;
}

/**
 * One client's connection as it passes: pairs commands with their replies and records each pair once it is answered. A read
 * that waits for something to come is recorded without an answer whenever the record is taken, and with it in the end.
 */
export class Session {
  readonly #client: string;
  readonly #journal: Journal;
  readonly #pending: Pending[] = [];
  readonly #answers = new Answers();
  readonly #commands: RespReader;
  readonly #replies: RespReader;
  #ofHarness = false;
  /** False once one direction cannot be read: commands and replies no longer pair. */
  #readable = true;
  #closed = false;

  /** @param client its address, for errors */
  constructor(client: string, journal: Journal) {
    this.#client = client;
    this.#journal = journal;
    this.#commands = new RespReader(
      (frame) => this.#command(frame),
      (reason) => this.#unreadable(`the client ${client} sent ${reason}`),
    );
    this.#replies = new RespReader(
      (frame) => this.#reply(frame),
      (reason) => this.#unreadable(`the server sent the client ${client} ${reason}`),
    );
  }

  /** Whether an answer is still awaited that has to come by itself. */
  get busy(): boolean {
    const [next] = this.#pending;
    return this.#readable && next !== undefined && waitOf(next.command) === undefined;
  }

  /** Records a read that waits at this moment, for the first time or again. */
  recordWaiting(): void {
    const [next] = this.#pending;
    if (!this.#readable || this.#ofHarness || next === undefined || waitOf(next.command) === undefined) return;
    this.#journal.add({ messages: [sent(next)] });
  }

  fromClient(bytes: Buffer): void {
    this.#commands.push(bytes);
  }

  fromServer(bytes: Buffer): void {
    this.#replies.push(bytes);
  }

  /**
   * The connection is over. Closing twice is allowed.
   * @param by who ended it: a reader may leave while it waits, a server that leaves it waiting is lost
   */
  close(by: Side): void {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#readable || this.#ofHarness) return;
    if (!this.#commands.end()) this.#fail(`the client ${this.#client} ended in the middle of a command`);
    const lost = this.#pending.find(({ command }) => !isMaintenance(command));
    this.#readable = false;
    if (lost === undefined) return;
    if (waitOf(lost.command) !== undefined) {
      const loss: RedisFault = { to: redisProfile.title(lost.command), fault: 'closed' };
      const messages = by === 'source' ? [] : [{ from: by, content: loss, atMs: Date.now() }];
      this.#journal.add({ messages: [sent(lost), ...messages] });
      return;
    }
    const message = `the connection of ${this.#client} ended before ${lost.command.command} was answered.`;
    const failure = by === 'source' ? new Error(message) : new LostConnectionError('source', message);
    this.#journal.add({ messages: [sent(lost)], failure });
  }

  /** The connection could not go on; `reason` is a sentence. */
  fail(reason: string): void {
    if (!this.#closed && !this.#ofHarness) this.#fail(reason);
  }

  #command(frame: RawReply): void {
    if (!this.#readable) return;
    if (!('value' in frame) || !Array.isArray(frame.value) || !frame.value.every((each) => typeof each === 'string')) {
      this.#unreadable(`the client ${this.#client} sent RESP that is no command`);
      return;
    }
    const argv: string[] = frame.value;
    if (argv.length === 0) return;
    this.#pending.push({ command: fromArguments(argv), argv, atMs: Date.now() });
  }

  #reply(frame: RawReply): void {
    if (!this.#readable) return;
    const pending = this.#pending.shift();
    if (pending === undefined) {
      this.#unreadable(`the server sent the client ${this.#client} a reply to no command`);
      return;
    }
    const answers = this.#answers.take(pending.command, frame);
    if (isMaintenance(pending.command)) this.#housekeeping(pending, frame);
    if (isMaintenance(pending.command) || this.#ofHarness) return;
    const atMs = Date.now();
    const received = answers.map((content): ObservedMessage => ({ from: 'destination', content, atMs }));
    this.#journal.add({ messages: [sent(pending), ...received] });
  }

  #housekeeping({ argv }: Pending, frame: RawReply): void {
    const words = argv.map((word) => word.toUpperCase());
    if (words[0] === 'CLIENT' && words[1] === 'SETNAME' && argv[2] === observerName) this.#ofHarness = true;
    const auth = words[0] === 'AUTH' ? argv.length - 2 : words.indexOf('AUTH') + 1;
    const isLogin = words[0] === 'AUTH' || (words[0] === 'HELLO' && auth > 0);
    if (!isLogin || !('error' in frame) || this.#ofHarness) return;
    const user = words[0] === 'AUTH' && argv.length === 2 ? 'default' : argv[auth];
    this.#fail(`the client ${this.#client} could not log in as ${user} (${errorCodeOf(frame.error)})`);
  }

  #unreadable(reason: string): void {
    if (!this.#readable) return;
    this.#readable = false;
    if (!this.#ofHarness) this.#fail(reason);
  }

  #fail(reason: string): void {
    this.#journal.add({ messages: [], failure: new Error(`${reason}.`) });
  }
}

function sent({ command, atMs }: Pending): ObservedMessage {
  return { from: 'source', content: command, atMs };
}
