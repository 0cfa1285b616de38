import type { Contract, Interaction } from '../../../contracts/contract.ts';
import { Conversation } from '../../../contracts/conversation.ts';
import { dialect } from '../../../contracts/dialect.ts';
import { isTcpMessage, type TcpMessage, tcpProfile } from '../../../contracts/messages/tcp.ts';
import type { Address, Observed, ObservedMessage, Performance } from '../../adapter.ts';
import { type Codec, CodecError } from './codec.ts';
import { dial } from './dial.ts';
import { handshakeOpenedBy } from './handshake.ts';
import { Inbox } from './inbox.ts';
import { masked } from './json-twin.ts';
import type { TcpLimits } from './limits.ts';
import { Link, type LinkEnd } from './link.ts';
import { closedMessage } from './record.ts';

type Arrival = { kind: 'message'; message: TcpMessage } | { kind: 'poll-reply' } | { kind: 'end'; end: LinkEnd };

/**
 * Acts as the source: opens a session as the contract says, plays the interaction's steps, and stays until it is sure that
 * nothing more was on its way. The session's own exchange is not part of what was observed, unless it is the interaction.
 * @returns what was seen; every trouble of the wire is its `failure`
 */
export async function play(
  { contract, interaction, values }: Performance,
  at: Address,
  signal: AbortSignal,
  { codec, limits }: { codec: Codec; limits: TcpLimits },
): Promise<Observed> {
  const scene = new Scene(interaction, values, limits.stepTimeoutMs);
  let line: Line | undefined;
  try {
    line = await Line.open(at, codec, limits, signal);
    const opening = sessionOpening(contract, interaction);
    if (opening !== undefined) await openSession(line, new Scene(opening, values, limits.sessionTimeoutMs), signal);
    await scene.perform(line, signal);
    if (!line.over) await scene.linger(line, limits.lingerTimeoutMs, signal);
    return { messages: scene.messages };
  } catch (error) {
    return { messages: scene.messages, failure: failureOf(error, signal, scene) };
  } finally {
    await line?.close(signal);
  }
}

function failureOf(error: unknown, signal: AbortSignal, scene: Scene): Error {
  if (signal.aborted) return new Error(`aborted while awaiting ${scene.awaited}`, { cause: signal.reason });
  return error instanceof Error ? error : new Error(String(error));
}

/** The contract's own way to open a session, for an interaction that does not begin with it. */
function sessionOpening(contract: Contract, interaction: Interaction): Interaction | undefined {
  const opens = ({ steps }: Interaction) => handshakeOpenedBy(tcpProfile.title(steps[0]?.content)) !== undefined;
  if (opens(interaction)) return undefined;
  return contract.interactions.find((each) => opens(each) && !each.negative);
}

async function openSession(line: Line, scene: Scene, signal: AbortSignal): Promise<void> {
  const why = async () => {
    await scene.perform(line, signal);
    return scene.conversation.mismatches()[0]?.message;
  };
  const reason = await why().catch((error: Error) => {
    signal.throwIfAborted();
    return scene.conversation.mismatches().find(({ rule }) => rule !== 'missing-message')?.message ?? error.message;
  });
  if (reason !== undefined) throw new Error(`the session did not open: ${reason}`);
}

/** A connection and what has arrived on it. */
class Line {
  readonly arrivals: Inbox<Arrival>;
  readonly link: Link;
  /** True once the end has been taken from the arrivals. */
  over = false;

  constructor(link: Link, arrivals: Inbox<Arrival>) {
    this.link = link;
    this.arrivals = arrivals;
  }

  static async open(at: Address, codec: Codec, limits: TcpLimits, signal: AbortSignal): Promise<Line> {
    const socket = await dial(at, limits.connectTimeoutMs, signal);
    const arrivals = new Inbox<Arrival>();
    const events = {
      message: (message: TcpMessage) => arrivals.put({ kind: 'message', message }),
      pollReply: () => arrivals.put({ kind: 'poll-reply' }),
      ended: (end: LinkEnd) => arrivals.put({ kind: 'end', end }),
    };
    return new Line(new Link(socket, { codec, limits, peer: 'destination', events }), arrivals);
  }

  close(signal: AbortSignal): Promise<void> {
    return signal.aborted ? this.link.destroy() : this.link.close();
  }
}

/** One interaction under way. */
class Scene {
  readonly messages: ObservedMessage[] = [];
  readonly conversation: Conversation;
  readonly #stepTimeoutMs: number;
  /** Whether the interaction speaks of the connection's end; otherwise the end is trouble of the wire and no message. */
  readonly #knowsClose: boolean;

  constructor(interaction: Interaction, values: Readonly<Record<string, string>>, stepTimeoutMs: number) {
    this.conversation = new Conversation(interaction, tcpProfile, { values });
    this.#knowsClose = interaction.steps.some(({ content }) => tcpProfile.title(content) === dialect.tcp.closed);
    this.#stepTimeoutMs = interaction.stepTimeoutMs ?? stepTimeoutMs;
  }

  /** What may come next, in words. */
  get awaited(): string {
    const titles = this.conversation.due.map(({ content }) => tcpProfile.title(content));
    return [...new Set(titles)].join(' or ') || 'the end of the connection';
  }

  /** Sends what is due and takes what comes until every step that must come has come. */
  async perform(line: Line, signal: AbortSignal): Promise<void> {
    for (;;) {
      this.#sendDue(line);
      if (this.conversation.done) return;
      const arrival = await line.arrivals.take(this.#stepTimeoutMs, signal);
      if (arrival === undefined) throw new Error(`no ${this.awaited} came within ${this.#stepTimeoutMs} ms`);
      if (arrival.kind === 'message') this.#note('destination', arrival.message);
      if (arrival.kind === 'end') return this.#takeEnd(line, arrival.end);
    }
  }

  /**
   * Takes what came after the last step. A poll goes out, and TCP keeps the order: when its answer is here, so is all
   * that was sent before it. A destination that leaves polls unanswered gets the time limit instead.
   */
  async linger(line: Line, lingerTimeoutMs: number, signal: AbortSignal): Promise<void> {
    line.link.poll();
    for (;;) {
      const arrival = await line.arrivals.take(lingerTimeoutMs, signal);
      if (arrival === undefined || arrival.kind === 'poll-reply') return;
      if (arrival.kind === 'message') this.#note('destination', arrival.message);
      if (arrival.kind === 'end') {
        if (arrival.end.failure !== undefined) throw arrival.end.failure;
        return;
      }
    }
  }

  #sendDue(line: Line): void {
    for (let due = this.conversation.nextFromSource(); due !== undefined; due = this.conversation.nextFromSource()) {
      if (!isTcpMessage(due)) {
        throw new CodecError(
          `the contract's step is no TCP message: expected name, referenceId and attributes in ${JSON.stringify(due)}`,
        );
      }
      line.link.send(due);
      this.#note('source', due);
    }
  }

  #takeEnd(line: Line, end: LinkEnd): void {
    const { awaited } = this;
    line.over = true;
    if (end.failure !== undefined) throw end.failure;
    if (this.#knowsClose) this.#note('destination', closedMessage(end));
    if (this.conversation.done) return;
    const words = end.goodbye === undefined ? '' : `, saying ${end.goodbye.code} "${end.goodbye.text}",`;
    throw new Error(`the destination closed the connection${words} before ${awaited}`);
  }

  #note(from: 'source' | 'destination', message: TcpMessage): void {
    const observed = { from, content: masked(message), atMs: Date.now() };
    this.messages.push(observed);
    this.conversation.feed(observed);
  }
}
