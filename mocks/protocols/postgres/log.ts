import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Superuser } from './superuser.ts';

/** The fields used here of a line of PostgreSQL's jsonlog (manual, "Error Reporting and Logging", table of JSON keys). */
export interface LogEntry {
  timestamp: string;
  user?: string;
  dbname?: string;
  remote_port?: number;
  session_id?: string;
  error_severity?: string;
  state_code?: string;
  message?: string;
  detail?: string;
  /** Of an error: where it came about, with the parameters of its statement as far as they were read. */
  context?: string;
  /** Of an error: the statement that caused it. */
  statement?: string;
  application_name?: string;
  backend_type?: string;
  /** What the session was doing; \`authentication\` and \`startup\` before it is let in. */
  ps?: string;
}

const CHUNK_BYTES = 1_000_000;
const POLL_EVERY_MS = 5;
const SETTLE_TIMEOUT_MS = 10_000;
/** A line longer than this is no line of a server's log; reading on would only fill the memory. */
const LINE_LIMIT_BYTES = 64_000_000;

/** Reads a server's own log through SQL, from now on; no file of the server has to be in reach. */
export class LogReader {
  readonly #superuser: Superuser;
  #file = '';
  #offset = 0;
  #rest = Buffer.alloc(0);
  /** Read, and not returned yet: what is here when a reading fails belongs to the next one. */
  #entries: LogEntry[] = [];

  private constructor(superuser: Superuser) {
    this.#superuser = superuser;
  }

  /** @throws Error with one sentence when the server does not log what has to be known */
  static async open(superuser: Superuser): Promise<LogReader> {
    await checkSettings(superuser);
    const reader = new LogReader(superuser);
    reader.#file = await reader.#currentFile();
    const [row] = await superuser.run('SELECT size::text FROM pg_stat_file($1, true)', [reader.#file]);
    reader.#offset = Number(row?.size ?? 0);
    return reader;
  }

  /**
   * Everything that the server logged since the last call, up to a mark that is set now: what a client has an answer to is
   * before it.
   */
  async read(): Promise<LogEntry[]> {
    const mark = `voxpact mark ${randomUUID()}`;
    await this.#superuser.run(`DO $$ BEGIN RAISE LOG '${mark}'; END $$`);
    const deadlineMs = performance.now() + SETTLE_TIMEOUT_MS;
    for (;;) {
      this.#entries.push(...(await this.#next()));
      const end = this.#entries.findLastIndex(({ message }) => message === mark);
      if (end >= 0) return this.#entries.splice(0, end + 1).slice(0, -1);
      if (performance.now() > deadlineMs) {
        throw new Error(
          `PostgreSQL's log ${this.#file} did not show the harness's own mark within ${SETTLE_TIMEOUT_MS} ms`,
        );
      }
      await sleep(POLL_EVERY_MS);
    }
  }

  async #next(): Promise<LogEntry[]> {
    const bytes = await this.#readOn();
    // The server has begun another file; the old one is complete.
    if (bytes.length === 0 && this.#rest.length === 0) await this.#followRotation();
    const all = Buffer.concat([this.#rest, bytes]);
    const end = all.lastIndexOf('\n') + 1;
    this.#rest = all.subarray(end);
    if (this.#rest.length > LINE_LIMIT_BYTES)
      throw new Error(`PostgreSQL's log ${this.#file} has a line without an end`);
    return all
      .toString('utf8', 0, end)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as LogEntry);
  }

  async #readOn(): Promise<Buffer> {
    const [row] = await this.#superuser.run('SELECT pg_read_binary_file($1, $2, $3, true) AS bytes', [
      this.#file,
      this.#offset,
      CHUNK_BYTES,
    ]);
    const bytes = Buffer.from(String(row?.bytes ?? '').replace(/^\\x/, ''), 'hex');
    this.#offset += bytes.length;
    return bytes;
  }

  async #followRotation(): Promise<void> {
    const file = await this.#currentFile();
    if (file === this.#file) return;
    this.#file = file;
    this.#offset = 0;
  }

  async #currentFile(): Promise<string> {
    const [row] = await this.#superuser.run(`SELECT pg_current_logfile('jsonlog') AS file`);
    if (typeof row?.file === 'string') return row.file;
    throw new Error('this PostgreSQL has no log file in JSON yet; set log_destination = jsonlog and restart it');
  }
}

const needed: readonly (readonly [setting: string, good: RegExp, wanted: string])[] = [
  ['logging_collector', /^on$/, 'on'],
  ['log_destination', /\bjsonlog\b/, 'jsonlog'],
  ['log_statement', /^all$/, 'all'],
  ['lc_messages', /^(C|POSIX|en)/, 'C'],
  ['log_min_error_statement', /^(error|warning|notice|info|debug\d)$/, 'error'],
];

async function checkSettings(superuser: Superuser): Promise<void> {
  // The harness's own session has its own log_statement; what counts is what others get.
  const rows = await superuser.run(
    `SELECT name, coalesce(reset_val, setting) AS value FROM pg_settings WHERE name = ANY($1)`,
    [needed.map(([setting]) => setting)],
  );
  for (const [setting, good, wanted] of needed) {
    const value = String(rows.find((row) => row.name === setting)?.value ?? '');
    if (good.test(value)) continue;
    throw new Error(
      `this PostgreSQL does not log what sources send: ${setting} is "${value}", expected "${wanted}". ` +
        `Run ALTER SYSTEM SET ${setting} = '${wanted}' and restart it.`,
    );
  }
}
