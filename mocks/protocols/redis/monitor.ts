import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import type { RedisCommand } from '../../../contracts/messages/redis.ts';
import { type Address, LostConnectionError } from '../../adapter.ts';
import { observerName, place } from './client.ts';
import { fromArguments, isMaintenance, waitOf } from './commands.ts';
import { redisLimits } from './limits.ts';
import { RespReader } from './resp.ts';
import { errorCodeOf } from './text.ts';

/** One line of MONITOR. */
export interface MonitorLine {
  /** The client's address; `lua` for a command within a script. */
  client: string;
  argv: readonly string[];
  /** Microseconds since 1970, by the clock of the server. */
  atUs: number;
}

/** A command that a client had the server do. */
export interface SeenCommand {
  command: RedisCommand;
  /** Microseconds since 1970, by the clock of the server. */
  atUs: number;
}

/**
 * Reads a line of MONITOR: `1795399360.715138 [0 127.0.0.1:45334] "HSET" "key" "name" "value"`. Bytes that are not printable
 * stand there as escapes. Not through the client's own monitor, which leaves the escapes as they are.
 */
export function parseMonitorLine(line: string): MonitorLine | undefined {
  const head = /^(\d+)\.(\d{6}) \[\d+ ([^\]]+(?:\]:\d+)?)\] /.exec(line);
  if (head === null) return undefined;
  const argv = [...line.slice(head[0].length).matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, quoted]) =>
    unquoted(quoted ?? ''),
  );
  return { client: head[3] ?? '', argv, atUs: Number(`${head[1]}${head[2]}`) };
}

const escapes: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, a: 7, b: 8 };

function unquoted(quoted: string): string {
  const bytes: Buffer[] = [];
  for (const [part, hex, letter] of quoted.matchAll(/\\x([0-9a-f]{2})|\\(.)|[^\\]+/g)) {
    if (hex !== undefined) bytes.push(Buffer.from(hex, 'hex'));
    else if (letter !== undefined) bytes.push(Buffer.from([escapes[letter] ?? letter.charCodeAt(0)]));
    else bytes.push(Buffer.from(part));
  }
  return Buffer.concat(bytes).toString();
}

/** Watches by MONITOR what the clients of one running node have it do. Replies and refused commands are not in it. */
export class Monitor {
  readonly #seen: SeenCommand[] = [];
  readonly #at: Address;
  readonly #socket: Socket;
  readonly #ofHarness = new Set<string>();
  /** Reads that may wait still, by client: MONITOR shows them when they begin and not when they are over. */
  readonly #waiting = new Map<string, { command: RedisCommand; outlasts: boolean }>();
  /** Counts what the server shows. */
  #lines = 0;
  #marker: string | undefined;
  #markerSeen: () => void = () => {};
  #lost: LostConnectionError | undefined;
  /** When the server did what it showed last. */
  #lastMs = Date.now();

  private constructor(at: Address, socket: Socket) {
    this.#at = at;
    this.#socket = socket;
  }

  /** Whether the server is not watched any more. */
  get isLost(): boolean {
    return this.#lost !== undefined;
  }

  /** @throws Error when the server refuses to be watched or does not answer */
  static async start(at: Address): Promise<Monitor> {
    const socket =
      at.ca === undefined
        ? connectSocket({ host: at.host, port: at.port })
        : connectTls({ host: at.host, port: at.port, ca: at.ca });
    const monitor = new Monitor(at, socket);
    try {
      await monitor.#begin();
      return monitor;
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  async #begin(): Promise<void> {
    const { user = 'default', password } = this.#at;
    const commands = [...(password === undefined ? [] : [['AUTH', user, password]]), ['MONITOR']];
    const signal = AbortSignal.timeout(redisLimits.connectTimeoutMs);
    const begun = new Promise<void>((resolve, reject) => {
      let answered = 0;
      const reader = new RespReader(
        (frame) => {
          if ('error' in frame)
            reject(new Error(`${place(this.#at)} refused to be watched (${errorCodeOf(frame.error)}).`));
          else if (answered === commands.length) this.#line(String(frame.value));
          else if (++answered === commands.length) resolve();
        },
        (reason) => this.#lose(`it sent ${reason}`),
      );
      this.#socket.on('data', (bytes) => reader.push(bytes));
      this.#socket.on('error', reject);
      this.#socket.on('close', () => {
        this.#lose('it closed the connection');
        reject(this.#lost);
      });
      signal.addEventListener('abort', () => reject(new Error(`${place(this.#at)} did not answer MONITOR.`)));
    });
    await Promise.all([begun, once(this.#socket, 'connect', { signal }).then(() => this.#send(commands))]);
  }

  #send(commands: readonly (readonly string[])[]): void {
    for (const argv of commands) {
      const words = argv.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
      this.#socket.write(`*${argv.length}\r\n${words.join('')}`);
    }
  }

  /**
   * Waits until the server has shown a command of ours: then it has shown all that came before.
   * @param send sends a command that carries the marker
   * @throws Error when the server is not watched any more, or shows nothing at all for as long as the limit
   */
  async seen(marker: string, send: () => Promise<unknown>): Promise<void> {
    if (this.#lost !== undefined) throw this.#lost;
    this.#marker = marker;
    const shown = new Promise<boolean>((resolve) => {
      this.#markerSeen = () => resolve(true);
    });
    await send();
    let isShown = false;
    while (!isShown) {
      const before = this.#lines;
      const limit = new AbortController();
      const late = sleep(redisLimits.settleTimeoutMs, false, { signal: limit.signal }).catch(() => false);
      isShown = await Promise.race([shown, late]);
      limit.abort();
      if (this.#lost !== undefined) throw this.#lost;
      if (!isShown && this.#lines === before)
        throw new Error(`${place(this.#at)} did not show its commands within ${redisLimits.settleTimeoutMs} ms.`);
    }
    for (const waiting of this.#waiting.values()) waiting.outlasts = true;
  }

  /** Leaves out the harness's own connections of a `CLIENT LIST`; those that are opened later name themselves. */
  ignoreHarness(clientList: string): void {
    for (const client of harnessIn(clientList)) this.#ofHarness.add(client);
  }

  /** @returns the clients that are no longer in a `CLIENT LIST`: the harness's own, and those whose read was waiting */
  departed(clientList: string): string[] {
    const own = new Set(harnessIn(clientList));
    const all = new Set(clientsIn(clientList));
    // One that has begun to wait since may be too new for the list.
    const readers = [...this.#waiting].filter(([, { outlasts }]) => outlasts).map(([client]) => client);
    return [
      ...[...this.#ofHarness].filter((client) => !own.has(client)),
      ...readers.filter((client) => !all.has(client)),
    ];
  }

  /** What comes from there now is from somebody else: the port of a connection that is closed is given out again. */
  forget(clients: readonly string[]): void {
    for (const client of clients) {
      this.#ofHarness.delete(client);
      this.#waiting.delete(client);
    }
  }

  /** @returns what has been seen since the last call, in the order of execution */
  take(): SeenCommand[] {
    return this.#seen.splice(0);
  }

  /**
   * Watches again after a loss. Reads that waited are known to the new one.
   * @throws {LostConnectionError} when the server cannot be watched again
   */
  async again(): Promise<{ monitor: Monitor; gap: LostConnectionError }> {
    const monitor = await Monitor.start(this.#at).catch((cause: unknown) => {
      throw this.#lost ?? cause;
    });
    for (const [client, { command }] of this.#waiting) monitor.#waiting.set(client, { command, outlasts: true });
    const [from, to] = [this.#lastMs, Date.now()].map((ms) => new Date(ms).toISOString());
    const missing = `it is watched again, but what sources did there from ${from} to ${to} may be missing`;
    const gap = new LostConnectionError('observer', `the connection to ${place(this.#at)} was lost; ${missing}.`);
    return { monitor, gap };
  }

  /** Stops watching. Closing twice is allowed. */
  close(): void {
    this.#socket.destroy();
  }

  #lose(why: string): void {
    this.#lost ??= new LostConnectionError('observer', `${place(this.#at)} is no longer watched: ${why}.`);
    this.#markerSeen();
  }

  #line(text: string): void {
    this.#lines += 1;
    const line = parseMonitorLine(text);
    if (line === undefined) return;
    const { client, argv, atUs } = line;
    this.#lastMs = Math.floor(atUs / 1000);
    if (this.#marker !== undefined && argv.at(-1) === this.#marker) this.#markerSeen();
    if (argv[0]?.toUpperCase() === 'CLIENT' && argv.at(-1) === observerName) this.#ofHarness.add(client);
    const command = fromArguments(argv);
    if (this.#ofHarness.has(client) || client === 'lua' || isMaintenance(command)) return;
    const waited = this.#waiting.get(client);
    this.#waiting.delete(client);
    // What the client does now may follow from a read that began before the record was taken last.
    if (waited?.outlasts) this.#seen.push({ command: waited.command, atUs });
    if (waitOf(command) !== undefined) this.#waiting.set(client, { command, outlasts: false });
    this.#seen.push({ command, atUs });
  }
}

/** The addresses of the harness's own connections in a `CLIENT LIST`. */
function harnessIn(clientList: string): string[] {
  return clientsIn(clientList, `.*\\bname=${observerName} `);
}

/** @param having an expression for the rest of the line */
function clientsIn(clientList: string, having = ''): string[] {
  return [...clientList.matchAll(new RegExp(`\\baddr=(\\S+) ${having}`, 'g'))].map(([, client = '']) => client);
}
