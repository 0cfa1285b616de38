import type { Interaction } from '../../../contracts/contract.ts';
import { mirroredInteraction } from '../../../contracts/mirrored.ts';
import type { Address, StateSet } from '../../adapter.ts';
import { freePort } from '../../ports.ts';
import { type Call, messagesOf, placeCall } from './call.ts';
import { SOURCE_ADDRESS } from './play.ts';
import type { SipRecord } from './record.ts';
import { untilListening } from './refusal.ts';
import { ScenarioError } from './render.ts';
import { endOf } from './sipp.ts';
import type { SipTransport } from './transport.ts';

/** How long the source may take for one message. */
const STEP_TIMEOUT_MS = 5_000;

export interface BegunDialogsOptions {
  /** Those that the destination begins. */
  interactions: readonly Interaction[];
  transport: SipTransport;
  /** The address of the mock, and of the source that it calls. */
  host: string;
  /** A proxy through which the source is called, once it knows where that is; directly when absent. */
  through?: { proxy: Address; lookFor(source: Address): Promise<void> };
  /** Takes the messages. */
  record: SipRecord;
}

/**
 * The dialogs that a destination opens. A SIPp of its own calls the source for each: RFC 3261 (section 18.1.1) has no request go
 * back on a connection that the other side has opened.
 */
export class BegunDialogs {
  readonly #options: BegunDialogsOptions;
  /** Those that have found their source. */
  readonly #underWay = new Set<Promise<void>>();
  readonly #all = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  constructor(options: BegunDialogsOptions) {
    this.#options = options;
  }

  /**
   * Opens the dialog that the state of this name is about, as soon as the source listens at the address that is among the values.
   * @param values what the dialog needs besides
   * @throws ScenarioError when no interaction, or more than one, begins so
   */
  async begin(name: string, values: StateSet['values'] = {}): Promise<StateSet> {
    const { host, transport, through } = this.#options;
    const interaction = mirroredInteraction(this.#begunBy(name));
    const source = { host, port: await freePort(host) };
    await through?.lookFor(source);
    const undone = new AbortController();
    const signal = AbortSignal.any([undone.signal, this.#closing.signal]);
    const call = { interaction, transport, values, signal, stepTimeoutMs: STEP_TIMEOUT_MS };
    const over = this.#open(call, source);
    this.#all.add(over);
    over.finally(() => this.#all.delete(over));
    return {
      values: { ...values, [SOURCE_ADDRESS]: `${source.host}:${source.port}` },
      undo: async () => {
        undone.abort(new Error('the state was undone'));
        await over;
      },
    };
  }

  /** Resolves when the dialogs that have found their source are over. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  /** Gives up all dialogs. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the mock was closed'));
    await Promise.all(this.#all);
  }

  #begunBy(name: string): Interaction {
    const [interaction, another] = this.#options.interactions.filter(({ given }) =>
      given.some((state) => state.name === name),
    );
    if (interaction === undefined) throw new ScenarioError(`no interaction of a destination begins with "${name}"`);
    if (another === undefined) return interaction;
    const both = `"${interaction.description}" and "${another.description}"`;
    throw new ScenarioError(`${both} begin with the state "${name}"; give them different ones`);
  }

  /** Never rejects: what goes wrong is in the record. */
  async #open(call: Call, source: Address): Promise<void> {
    const { record, transport, through } = this.#options;
    try {
      await untilListening(source, transport, call.signal);
      await this.#tracked(
        placeCall(call, through?.proxy ?? source).then((outcome) => {
          const messages = messagesOf(outcome, 'destination');
          for (const message of messages) record.add(message, transport);
          if (messages.length === 0)
            throw new Error(`the source was not called: ${endOf(outcome)} at once: ${outcome.errors.trim()}`);
        }),
      );
    } catch (error) {
      if (!call.signal.aborted) record.fail(error instanceof Error ? error : new Error(String(error)), transport);
    }
  }

  async #tracked(dialog: Promise<void>): Promise<void> {
    const settled = dialog.catch(() => {});
    this.#underWay.add(settled);
    try {
      await dialog;
    } finally {
      this.#underWay.delete(settled);
    }
  }
}
