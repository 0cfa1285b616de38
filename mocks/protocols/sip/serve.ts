import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { Interaction, ProviderState } from '../../../contracts/contract.ts';
import type { Address, Exchange, MockServer, ServeOptions, StateSet } from '../../adapter.ts';
import { errorMessage } from '../../error-code.ts';
import { assertFree, freePort } from '../../ports.ts';
import { type RunDirectory, runDirectory, type ServerProcess, startProcess } from '../../process.ts';
import { BegunDialogs } from './begun-dialogs.ts';
import { type CallForm, callForms } from './calls/form.ts';
import { PlacedCalls } from './calls/placed-calls.ts';
import { ScenarioControl } from './control.ts';
import { destinationScenario, UDP_LINGER_MS } from './destination-scenario.ts';
import { GrowingFile } from './growing-file.ts';
import { begunHere, type LoggedMessage, MessageLog } from './log.ts';
import { callId, SipRecord } from './record.ts';
import type { SipServiceMock, SipWorld } from './service.ts';
import { commonArguments, preflight, SIPP_MISSING, sippEnvironment, sippFiles } from './sipp.ts';
import { setState } from './states.ts';
import { type SipTransport, transportOf } from './transport.ts';

const READY_TIMEOUT_MS = 20_000;
/** How long a call that is not up may wait for its source's next message (64*T1). */
const DIALOG_TIMEOUT_MS = 32_000;
/** How long a call that is up may wait for its source's next request. */
const CALL_LIMIT_MS = 3_600_000;
/**
 * How much of a log is kept that nobody has asked for: many more dialogs than the record remembers. SIPp itself would lose messages
 * when it has to begin another file.
 */
const KEPT_LOG_BYTES = 16 * 1024 * 1024;
/** What the source sends while SIPp is busy waits here; a datagram that finds no room is lost. */
const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;
/** A free port may be taken before SIPp binds it. */
const MOST_ATTEMPTS = 3;

/**
 * Starts one SIPp that answers all interactions of the contracts, call after call, until it is closed.
 * @throws Error with one sentence when SIPp is missing or the port is in use; ScenarioError when two interactions cannot be told
 * apart; the signal's reason when aborted
 */
export async function serve({ contracts, listen, service, signal, dials = [] }: ServeOptions): Promise<MockServer> {
  signal?.throwIfAborted();
  await preflight();
  const transport = commonTransport(contracts.map(transportOf));
  const { switches } = service as SipServiceMock;
  const control = new ScenarioControl(`harness-${randomBytes(8).toString('hex')}`, transport);
  const interactions = contracts.flatMap((contract) => contract.interactions);
  const answered = interactions.filter(({ steps }) => steps[0]?.from === 'source');
  const lingerMs = transport === 'UDP' ? UDP_LINGER_MS : 0;
  const scenario = destinationScenario(answered, {
    ...{ transport, switches, control: control.name, lingerMs },
    callLimitMs: CALL_LIMIT_MS,
  });
  await assertFree(listen, transport);
  const directory = await runDirectory('sipp-destination');
  try {
    await writeFile(`${directory.path}/${sippFiles.scenario}`, scenario);
    const { address, process } = await start({ listen, transport, directory, control, signal });
    return new SippServer({
      ...{ address, process, directory, control, transport },
      service: service as SipServiceMock,
      begun: interactions.filter((each) => !answered.includes(each)),
      forms: callForms({ dials, contracts }),
    });
  } catch (error) {
    await directory.remove();
    throw error;
  }
}

function commonTransport(transports: readonly SipTransport[]): SipTransport {
  const [first] = transports;
  if (first === undefined) throw new Error('a SIP mock needs at least one contract');
  if (transports.every((each) => each === first)) return first;
  throw new Error('one SIP mock cannot serve SIP/TCP and SIP/UDP contracts at once; start one for each');
}

interface Start {
  listen: Address;
  transport: SipTransport;
  directory: RunDirectory;
  control: ScenarioControl;
  signal: AbortSignal | undefined;
}

async function start({
  listen,
  transport,
  directory,
  control,
  signal,
}: Start): Promise<{ address: Address; process: ServerProcess }> {
  for (let attempt = 1; ; attempt += 1) {
    const address = { host: listen.host, port: listen.port === 0 ? await freePort(listen.host) : listen.port };
    try {
      const process = await startProcess({
        name: 'sipp',
        command: 'sipp',
        args: [
          ...(await commonArguments(address, transport)),
          ...['-default_behaviors', 'none', '-recv_timeout', String(DIALOG_TIMEOUT_MS)],
          ...['-buff_size', String(SOCKET_BUFFER_BYTES)],
          // It would be silent for 33 s to what has the Call-ID of a call that is over, as the OPTIONS of who asks again may have.
          ...['-deadcall_wait', '0'],
        ],
        cwd: directory.path,
        env: sippEnvironment,
        ready: (_process, ready) => control.request('sync', address, ready),
        readyTimeoutMs: READY_TIMEOUT_MS,
        missing: SIPP_MISSING,
        ...(signal === undefined ? {} : { signal }),
      });
      return { address, process };
    } catch (error) {
      signal?.throwIfAborted();
      const portTaken = /exit code 254/.test(errorMessage(error));
      if (!portTaken || attempt === MOST_ATTEMPTS) throw error;
    }
  }
}

interface Running {
  address: Address;
  process: ServerProcess;
  directory: RunDirectory;
  control: ScenarioControl;
  transport: SipTransport;
  service: SipServiceMock;
  /** The interactions that the destination begins. */
  begun: readonly Interaction[];
  /** By which it calls when it is asked to. */
  forms: readonly CallForm[];
}

class SippServer implements MockServer {
  readonly address: Address;
  readonly calls: PlacedCalls;
  readonly #running: Running;
  readonly #record = new SipRecord();
  #log = new MessageLog();
  readonly #logFile: GrowingFile;
  readonly #errorFile: GrowingFile;
  readonly #begun: BegunDialogs;
  #closed: Promise<void> | undefined;

  constructor(running: Running) {
    this.#running = running;
    this.address = running.address;
    const { begun: interactions, transport, address } = running;
    this.calls = new PlacedCalls(running.forms, this.#record);
    this.#begun = new BegunDialogs({ interactions, transport, host: address.host, record: this.#record });
    this.#logFile = new GrowingFile(`${running.directory.path}/${sippFiles.log}`, KEPT_LOG_BYTES);
    this.#errorFile = new GrowingFile(`${running.directory.path}/${sippFiles.errors}`, KEPT_LOG_BYTES);
  }

  setState(state: ProviderState): Promise<StateSet> {
    return setState(this.#running.service, this.#world(), state);
  }

  exchanges(): readonly Exchange[] {
    this.#read();
    return this.#record.exchanges();
  }

  async settled(): Promise<void> {
    await this.#begun.settled();
    const before = this.#logFile.position;
    // SIPp reads one socket after the other: the second answer says that it has been round them all.
    await this.#request('sync');
    await this.#request('sync');
    this.#read();
    if (this.#logFile.position > before) return;
    throw new Error(`sipp writes no message log; make room on the disk of ${this.#running.directory.path}.`);
  }

  clear(): void {
    this.#read();
    this.#record.clear();
  }

  close(): Promise<void> {
    this.#closed ??= (async () => {
      this.#read();
      await this.#begun.close();
      await this.calls.close();
      await this.#running.process.stop();
      await this.#logFile.close();
      await this.#errorFile.close();
      await this.#running.directory.remove();
    })();
    return this.#closed;
  }

  #world(): SipWorld {
    return {
      turn: async (name, on) => {
        const at = this.#running.service.switches.indexOf(name);
        if (at < 0) throw new Error(`${this.#running.service.system} has no switch "${name}".`);
        await this.#request(`${at}-${on ? 1 : 0}`);
      },
      begin: (name, values) => this.#begun.begin(name, values),
    };
  }

  async #request(command: string): Promise<void> {
    await this.#running.control.request(command, this.address);
  }

  /** Where part of the log was passed over, what is older than that is forgotten. */
  #logged(): LoggedMessage[] {
    const { bytes, isTorn } = this.#logFile.read();
    if (!isTorn) return this.#log.push(bytes);
    this.#record.clear();
    this.#log = new MessageLog();
    return begunHere(this.#log.push(bytes));
  }

  #read(): void {
    if (this.#closed !== undefined) return;
    this.calls.read();
    const { control, transport } = this.#running;
    for (const { direction, bytes, atMs } of this.#logged()) {
      if (callId(bytes).startsWith(control.name)) continue;
      this.#record.add({ from: direction === 'received' ? 'source' : 'destination', bytes, atMs }, transport);
    }
    for (const [, garbage = ''] of this.#errorFile
      .read()
      .bytes.toString()
      .matchAll(/non SIP message discarded: "([^"\r\n]*)/g)) {
      this.#record.fail(
        new Error(`the source sent what is no SIP message: "${garbage.slice(0, 60).trim()}"`),
        transport,
      );
    }
  }
}
