import type pg from 'pg';
import type { Side } from '../../../contracts/contract.ts';
import { Conversation } from '../../../contracts/conversation.ts';
import type { Json } from '../../../contracts/matchers.ts';
import { compile } from '../../../contracts/matching.ts';
import {
  type PostgresContent,
  type PostgresSource,
  postgresProfile,
  type SqlConnect,
  type SqlHeld,
  SUCCESS,
} from '../../../contracts/messages/postgres.ts';
import type { Address, Observed, ObservedMessage, Performance } from '../../adapter.ts';
import { ask, closeSession, HARNESS_APPLICATION, openSession, refusalOf, type SessionOptions } from './client.ts';
import { isNoServer, sentenceOf } from './failure.ts';
import { toSql } from './sql-text.ts';

const STEP_TIMEOUT_MS = 10_000;

/**
 * Plays the source of an interaction: sends its statements, each in the session that its step names, of the role it names itself,
 * and notes what the server answers. At last another session reads what the server holds, where the interaction says so.
 * @param at with the password of the roles, for which the provider states may give another `password`; the database is the
 * one that the interactions are about
 */
export async function play(performance: Performance, at: Address, signal: AbortSignal): Promise<Observed> {
  const player = new Player(performance, at, signal);
  try {
    await player.statements();
    await player.holdings();
    return { messages: player.messages };
  } catch (error) {
    return { messages: player.messages, failure: sentenceOf(error, at, { signal, timeoutMs: player.stepTimeoutMs }) };
  } finally {
    await player.close();
  }
}

/** The session that a statement needs; it is opened when it is first wanted. */
interface Wanted extends Pick<SessionOptions, 'role' | 'database' | 'application'> {
  /** As the interaction calls it. */
  name?: string | undefined;
}

class Player {
  readonly messages: ObservedMessage[] = [];
  readonly stepTimeoutMs: number;
  readonly #performance: Performance;
  readonly #at: Address;
  readonly #signal: AbortSignal;
  readonly #conversation: Conversation;
  readonly #sessions = new Map<string, pg.Client>();

  constructor(performance: Performance, at: Address, signal: AbortSignal) {
    this.#performance = performance;
    this.#at = at;
    this.#signal = signal;
    this.stepTimeoutMs = performance.interaction.stepTimeoutMs ?? STEP_TIMEOUT_MS;
    this.#conversation = new Conversation(performance.interaction, postgresProfile, { values: performance.values });
  }

  /** Sends what the source has to send, until nothing is left or the server lets nobody in. */
  async statements(): Promise<void> {
    for (;;) {
      this.#signal.throwIfAborted();
      const session = this.#conversation.nextSession;
      const next = this.#conversation.nextFromSource() as PostgresSource | undefined;
      if (next === undefined) return;
      this.#note('source', next, session);
      if (next.verb === 'CONNECT') await this.#connect(next as SqlConnect, session);
      else if (!(await this.#send(next, session))) return;
    }
  }

  /** Reads what the server holds, as the contract's own role, once all is said. */
  async holdings(): Promise<void> {
    for (const { content } of this.#performance.interaction.steps) {
      const { example } = compile(content);
      if (typeof example !== 'object' || example === null || !('holds' in example)) continue;
      const { table, where } = (example as unknown as SqlHeld).holds;
      const { text, values } = toSql({ verb: 'SELECT', table, where, columns: ['*'] });
      const role = this.#at.user ?? 'postgres';
      const observer = await this.#session({ role, database: this.#database, application: HARNESS_APPLICATION });
      const result = await ask(observer, text, values, table);
      if (result.sqlstate !== SUCCESS) this.#note('destination', result);
      else
        this.#note('destination', {
          holds: { table, where, rows: (result.rows ?? []) as { [column: string]: Json }[] },
        });
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => closeSession(session)));
  }

  get #expectsFault(): boolean {
    return this.#performance.interaction.steps.some(({ content }) => {
      const { example } = compile(content);
      return typeof example === 'object' && example !== null && 'fault' in example;
    });
  }

  get #database(): string {
    return this.#at.database ?? 'postgres';
  }

  #note(from: Side, content: PostgresContent, session?: string): void {
    const message: ObservedMessage = { from, content, atMs: Date.now(), ...(session && { session }) };
    this.messages.push(message);
    this.#conversation.feed(message);
  }

  async #connect({ role, database }: SqlConnect, name: string | undefined): Promise<void> {
    try {
      await this.#session({ role, database, name });
      this.#note('destination', { sqlstate: SUCCESS, command: 'CONNECT' }, name);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal !== undefined) this.#note('destination', { ...refusal, command: 'CONNECT' }, name);
      else if (isNoServer(error) && this.#expectsFault) this.#note('destination', { fault: 'refused' });
      else throw error;
    }
  }

  /** @returns false when there is no session to send by */
  async #send({ role, ...statement }: PostgresSource, name: string | undefined): Promise<boolean> {
    let session: pg.Client;
    try {
      session = await this.#session({ role, database: this.#database, name });
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === undefined) throw error;
      this.#note('destination', { ...refusal, command: 'CONNECT' }, name);
      return false;
    }
    const { text, values } = toSql(statement);
    const table = 'table' in statement ? statement.table : undefined;
    this.#note('destination', await ask(session, text, values, table), name);
    return true;
  }

  async #session({ role, database, name, application }: Wanted): Promise<pg.Client> {
    const key = [role, database, name, application].join('\0');
    const known = this.#sessions.get(key);
    if (known !== undefined) return known;
    const { password = this.#at.password } = application === HARNESS_APPLICATION ? {} : this.#performance.values;
    const opened = await openSession({
      at: { ...this.#at, ...(password === undefined ? {} : { password }) },
      role,
      database,
      ...(application === undefined ? {} : { application }),
      connectTimeoutMs: this.stepTimeoutMs,
      statementTimeoutMs: this.stepTimeoutMs,
      signal: this.#signal,
    });
    this.#sessions.set(key, opened);
    return opened;
  }
}
