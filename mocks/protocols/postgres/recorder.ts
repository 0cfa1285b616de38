import type { Exchange, ObservedMessage } from '../../adapter.ts';
import { type LogEntry, LogReader } from './log.ts';
import type { Superuser } from './superuser.ts';
import { readTables, type Tables } from './tables.ts';
import { hasStatement, Transcript } from './transcript.ts';

/** Which lines of the log a recorder is about. */
export type LogFilter = (entry: LogEntry) => boolean;

/** Keeps the record of what sources send to a server, by that server's own log. It is up to date after `settled()`. */
export class Recorder {
  readonly #superuser: Superuser;
  readonly #reader: LogReader;
  readonly #filter: LogFilter;
  /** What to add to a time of the log, read as UTC, to have ours: the log's time zone, and the clocks' difference. */
  readonly #clockOffsetMs: number;
  readonly #transcript = new Transcript();
  #clearedAtMs = 0;
  #paused = false;
  /** Read from the log, and not in the record yet. */
  readonly #unrecorded: LogEntry[] = [];
  #reading: Promise<void> = Promise.resolve();

  private constructor(superuser: Superuser, reader: LogReader, filter: LogFilter, clockOffsetMs: number) {
    this.#superuser = superuser;
    this.#reader = reader;
    this.#filter = filter;
    this.#clockOffsetMs = clockOffsetMs;
  }

  static async open(superuser: Superuser, filter: LogFilter = () => true): Promise<Recorder> {
    const reader = await LogReader.open(superuser);
    return new Recorder(superuser, reader, filter, await clockOffset(superuser));
  }

  exchanges(): readonly Exchange[] {
    return this.#transcript.exchanges.map((each) => ({ ...each, messages: [...each.messages] }));
  }

  /** Takes all that the server has logged by now into the record. */
  settled(): Promise<void> {
    this.#reading = this.#reading.catch(() => {}).then(() => this.#read());
    return this.#reading;
  }

  clear(): void {
    this.#clearedAtMs = Date.now();
    this.#transcript.clear();
  }

  /** Adds what the server's log cannot know: it was not there. */
  add(messages: ObservedMessage[]): void {
    this.#transcript.add(messages);
  }

  /** Leaves the log alone while there is no server. @returns how to read on */
  pause(): () => void {
    this.#paused = true;
    return () => {
      this.#paused = false;
    };
  }

  async #read(): Promise<void> {
    if (this.#paused) return;
    const tablesOf = new Map<string, Tables>();
    this.#unrecorded.push(...(await this.#reader.read()));
    for (let [entry] = this.#unrecorded; entry !== undefined; [entry] = this.#unrecorded) {
      await this.#record(entry, tablesOf);
      this.#unrecorded.shift();
    }
  }

  async #record(entry: LogEntry, tablesOf: Map<string, Tables>): Promise<void> {
    const atMs = this.#timeOf(entry);
    if (atMs < this.#clearedAtMs || !this.#filter(entry)) return;
    const { dbname = '' } = entry;
    if (hasStatement(entry) && !tablesOf.has(dbname)) tablesOf.set(dbname, await this.#tables(dbname));
    this.#transcript.take(entry, tablesOf.get(dbname) ?? new Map(), atMs);
  }

  /** Without its tables (the database has gone since) a statement is recorded with values as text. */
  async #tables(database: string): Promise<Tables> {
    // Asked first, since a session that is refused would be in the log as somebody's.
    const found = await this.#superuser.run('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    return found.length === 0 ? new Map() : readTables((sql) => this.#superuser.run(sql, [], database));
  }

  #timeOf({ timestamp }: LogEntry): number {
    const [date = '', time = ''] = timestamp.split(' ');
    return Date.parse(`${date}T${time}Z`) + this.#clockOffsetMs;
  }
}

async function clockOffset(superuser: Superuser): Promise<number> {
  const before = Date.now();
  const [row] = await superuser.run(
    `SELECT floor(extract(epoch FROM clock_timestamp() AT TIME ZONE current_setting('log_timezone')) * 1000)::text AS ms`,
  );
  const half = (Date.now() - before) / 2;
  const offset = before + half - Number(row?.ms ?? before);
  // On one machine there is one clock; what is measured below that is the way there and back.
  return Math.abs(offset) < 1_000 ? 0 : offset;
}
