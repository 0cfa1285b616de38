import { readFile, writeFile } from 'node:fs/promises';
import { errorMessage } from '../../../error-code.ts';
import { freePort } from '../../../ports.ts';
import { type RunDirectory, runDirectory, type ServerProcess, startProcess } from '../../../process.ts';
import { localHostTowards } from '../call.ts';
import { GrowingFile } from '../growing-file.ts';
import { type LoggedMessage, MessageLog } from '../log.ts';
import { commonArguments, SIPP_MISSING, sippEnvironment, sippFiles } from '../sipp.ts';
import type { SipTransport } from '../transport.ts';
import type { Callee } from './callee.ts';
import { type CommandFields, events } from './scenario.ts';
import { Twin } from './twin.ts';

const READY_TIMEOUT_MS = 10_000;
/** A free port may be taken before SIPp binds it. */
const MOST_ATTEMPTS = 3;
/** How much of a log is kept that nobody has asked for: many more messages than a call has. */
const KEPT_LOG_BYTES = 1024 * 1024;
/** SIPp's own limit on what it repeats over UDP lies beyond those of the scenario. */
const MOST_REPETITIONS = 20;

export interface CallProcessOptions {
  callId: string;
  scenario: string;
  callee: Callee;
  transport: SipTransport;
  /** Called when the other end changes the session; the command `answer` is awaited then. */
  onOffer: () => void;
  signal: AbortSignal;
}

/** The SIPp that plays one placed call, and what it has logged. */
export class CallProcess {
  /** Resolves when SIPp has ended by itself or was ended, with what went wrong, if anything. */
  readonly ended: Promise<string | undefined>;
  readonly #callId: string;
  readonly #directory: RunDirectory;
  readonly #twin: Twin;
  readonly #process: ServerProcess;
  #log = new MessageLog();
  readonly #logFile: GrowingFile;

  private constructor(
    { callId, callee }: CallProcessOptions,
    directory: RunDirectory,
    twin: Twin,
    process: ServerProcess,
  ) {
    this.#callId = callId;
    this.#directory = directory;
    this.#twin = twin;
    this.#process = process;
    this.#logFile = new GrowingFile(`${directory.path}/${sippFiles.log}`, KEPT_LOG_BYTES);
    this.ended = process.exited.then(async ({ code }) => {
      // A scenario that came to its end says by the messages why.
      if (code === 0) return undefined;
      return (await reasonOf(directory, callee)) ?? `${callee.host}:${callee.port} closed the connection`;
    });
  }

  /**
   * Starts the call; resolves when its INVITE is on the way.
   * @throws Error with one sentence when it cannot be started; the signal's reason when aborted
   */
  static async start(options: CallProcessOptions): Promise<CallProcess> {
    const { scenario, callee, onOffer, signal } = options;
    const begun = Promise.withResolvers<void>();
    const twin = await Twin.open((event) => {
      if (event === events.begun) begun.resolve();
      if (event === events.offered) onOffer();
    });
    const directory = await runDirectory('sipp-placed-call');
    try {
      await writeFile(`${directory.path}/${sippFiles.scenario}`, scenario);
      for (let attempt = 1; ; attempt += 1) {
        try {
          const process = await launch(options, directory, twin.address, begun.promise);
          return new CallProcess(options, directory, twin, process);
        } catch (error) {
          signal.throwIfAborted();
          const portTaken = /exit code 254/.test(errorMessage(error));
          if (portTaken && attempt < MOST_ATTEMPTS) continue;
          throw new Error((await reasonOf(directory, callee)) ?? errorMessage(error), { cause: error });
        }
      }
    } catch (error) {
      twin.close();
      await directory.remove();
      throw error;
    }
  }

  /** Tells the scenario what to do. */
  command(fields: CommandFields): void {
    this.#twin.command(this.#callId, { ...fields });
  }

  /** What has been logged since the last time. */
  messages(): LoggedMessage[] {
    const { bytes, isTorn } = this.#logFile.read();
    if (isTorn) this.#log = new MessageLog();
    return this.#log.push(bytes);
  }

  /** Ends SIPp if it has not ended, and removes its files. Stopping twice is allowed. */
  async stop(): Promise<void> {
    await this.#process.stop();
    this.#twin.close();
    await this.#logFile.close();
    await this.#directory.remove();
  }
}

async function launch(
  { callId, callee, transport, signal }: CallProcessOptions,
  directory: RunDirectory,
  twin: string,
  begun: Promise<void>,
): Promise<ServerProcess> {
  const host = await localHostTowards(callee);
  const local = { host, port: await freePort(host) };
  return await startProcess({
    name: 'sipp',
    command: 'sipp',
    args: [
      `${callee.host}:${callee.port}`,
      ...(await commonArguments(local, transport)),
      ...['-m', '1', '-r', '1000', '-cid_str', callId, '-3pcc', twin],
      ...['-default_behaviors', 'abortunexp', '-max_retrans', String(MOST_REPETITIONS)],
    ],
    cwd: directory.path,
    env: sippEnvironment,
    ready: () => begun,
    readyTimeoutMs: READY_TIMEOUT_MS,
    missing: SIPP_MISSING,
    signal,
  });
}

/** What went wrong, by SIPp's error file, which is there only when something did. */
async function reasonOf(directory: RunDirectory, { host, port }: Callee): Promise<string | undefined> {
  const errors = await readFile(`${directory.path}/${sippFiles.errors}`, 'latin1').catch(() => '');
  const at = `${host}:${port}`;
  if (/Unable to connect|Connection refused/i.test(errors)) {
    return `${at} refused the TCP connection; is anything listening there?`;
  }
  const unexpected = /received '(.*)/.exec(errors)?.[1];
  return unexpected === undefined ? undefined : `${at} sent what has no place in the call: ${unexpected}`;
}
