import type { Interaction, Side, Step } from '../../../contracts/contract.ts';
import { compile } from '../../../contracts/matching.ts';
import {
  isSipRequest,
  isSipResponse,
  type SipHeaders,
  type SipRequest,
  type SipResponse,
} from '../../../contracts/messages/sip.ts';
import { Captures, isSo } from './captures.ts';
import { assertPlain } from './plain.ts';
import { bodyText, headerLines, keywords, localContact, ScenarioError } from './render.ts';
import { isRepeated, repetition } from './repetition.ts';
import type { SipTransport } from './transport.ts';
import { send } from './xml.ts';

/** Copied from the request; SIPp repeats them as they came (RFC 3261, section 8.2.6.2). */
const echoedHeaders = ['via', 'from', 'to', 'call-id', 'cseq'];

export interface AskedOptions {
  /** The side that answers. */
  side: Side;
  transport: SipTransport;
  captures: Captures;
}

/** A request as far as its answers depend on it. */
interface AskedRequest {
  /** The number under which the scenario keeps its rows. */
  at: number;
  hasToTag: boolean;
  /** Whether it brought a recorded route, which the answer repeats. */
  isRouted: boolean;
}

/** What is done when a request comes. */
export interface Taken {
  /** They keep what the answers to the request repeat. */
  actions: string[];
  /** The variable that is set when it was a copy of an earlier one of its method, which SIPp cannot tell from the next. */
  again?: string;
}

/** The requests of the other side, and the answers to them. */
export class Asked {
  readonly #requests = new Map<string, AskedRequest>();
  /** The numbers under which rows have been kept. */
  readonly #used = new Set<number>();
  readonly #interaction: Interaction;
  readonly #options: AskedOptions;
  /** An ACK has no answer, so no more of it has to be kept than what tells it from the next. */
  readonly #answeredMethods: ReadonlySet<string>;

  constructor(interaction: Interaction, options: AskedOptions) {
    this.#interaction = interaction;
    this.#options = options;
    const answers = interaction.steps
      .filter(({ from }) => from === options.side)
      .map(({ content }): unknown => compile(content).example)
      .filter(isSipResponse);
    this.#answeredMethods = new Set(answers.map(({ headers }) => headers.cseq?.method ?? ''));
  }

  /**
   * Takes note of a request, in the order of the steps.
   * @param index the place of its step
   */
  take(request: SipRequest, index: number): Taken {
    const { method, headers } = request;
    if (method === 'ACK') return this.#takeAck(index);
    const { captures } = this.#options;
    const before = this.#requests.get(method)?.at;
    const at = this.#free(index);
    const isRouted = headers['record-route'] !== undefined;
    this.#requests.set(method, { at, hasToTag: headers.to?.tag !== undefined, isRouted });
    const actions = this.#kept(request, at, index);
    if (before === undefined || !this.#mayComeAgain) return { actions };
    const again = `again${at}`;
    return { actions: [...actions, ...captures.isNoHigher(again, at, before)], again };
  }

  #takeAck(index: number): Taken {
    const { captures } = this.#options;
    const invite = this.#requests.get('INVITE')?.at;
    const isFirst = this.#askedIn(this.#interaction.steps.slice(0, index), 'ACK').length === 0;
    if (!this.#mayComeAgain || invite === undefined || isFirst) return { actions: [] };
    return { actions: [captures.sequence('Ack'), ...captures.isEarlier(isSo, invite)], again: isSo };
  }

  /** On a stream no request comes twice. */
  get #mayComeAgain(): boolean {
    return this.#options.transport === 'UDP';
  }

  /** What is kept of a request: what its answers repeat, and of several of one method what tells them apart. */
  #kept({ method, headers }: SipRequest, at: number, index: number): string[] {
    const { captures } = this.#options;
    if (!this.#answeredMethods.has(method)) {
      if (!this.#mayComeAgain) return [];
      return this.#askedIn(this.#interaction.steps, method).length > 1 ? [captures.sequence(at)] : [];
    }
    const taken = this.#used.has(at) ? captures.takeAgain(at) : captures.take(at);
    this.#used.add(at);
    if (method === 'REGISTER') return [...taken, captures.registrant(at)];
    if (method !== 'INVITE') return taken;
    const rows = [...taken, ...(this.#isAnsweredUntilAck(index) ? captures.newestInvite(at) : [])];
    return headers.to?.tag === undefined ? [...rows, captures.route(at)] : rows;
  }

  /** Whether the final answer to the INVITE of a step is repeated until an ACK comes. */
  #isAnsweredUntilAck(index: number): boolean {
    const { side, transport } = this.#options;
    const final = this.#interaction.steps.findIndex(({ from, content }, at) => {
      const example: unknown = compile(content).example;
      const isFinal = isSipResponse(example) && example.status >= 200 && example.headers.cseq?.method === 'INVITE';
      return at > index && from === side && isFinal;
    });
    return final >= 0 && isRepeated(this.#interaction, final, transport);
  }

  /** The steps that are requests of the method from the other side. */
  #askedIn(steps: readonly Step[], method: string): Step[] {
    return steps.filter(({ from, content }) => {
      const example: unknown = compile(content).example;
      return from !== this.#options.side && isSipRequest(example) && example.method === method;
    });
  }

  /** The lowest number whose request needs it no more: each call has memory for all variables of the scenario. */
  #free(index: number): number {
    const steps = this.#interaction.steps.slice(index);
    const taken = [...this.#requests]
      .filter(([method]) => this.#isAnsweredIn(steps, method) || this.#isComparedIn(steps, method))
      .map(([, { at }]) => at);
    let at = 0;
    while (taken.includes(at)) at += 1;
    return at;
  }

  #isAnsweredIn(steps: readonly Step[], method: string): boolean {
    const { side } = this.#options;
    const next = steps
      .map(({ from, content }) => ({ from, content: compile(content).example as unknown }))
      .find(({ from, content }) =>
        from === side
          ? isSipResponse(content) && content.headers.cseq?.method === method
          : isSipRequest(content) && content.method === method,
      );
    return next?.from === side;
  }

  #isComparedIn(steps: readonly Step[], method: string): boolean {
    return this.#mayComeAgain && this.#askedIn(steps, method).length > 0;
  }

  /**
   * The element that sends an answer.
   * @param index the place of its step
   * @throws ScenarioError when no request before it has its method
   */
  respond(response: SipResponse, index: number): string {
    const { description } = this.#interaction;
    const method = response.headers.cseq?.method ?? '';
    const request = this.#requests.get(method);
    if (request === undefined) {
      const what = `it answers no ${method || 'request'} before it`;
      throw new ScenarioError(`"${description}", step ${index + 1}: ${what}`);
    }
    assertPlain(response);
    const { status, reason } = response;
    const start = statusLine(status, reason, request.at, status > 100 && !request.hasToTag);
    const own = this.#ownHeaders(response, method, request);
    const lines = [
      `${start}${this.#recordRoute(response, method, request)}`,
      ...headerLines(own.headers, [...echoedHeaders, 'record-route']),
      ...own.lines,
    ];
    return send(lines, bodyText(response), repetition(isRepeated(this.#interaction, index, this.#options.transport)));
  }

  /** Where this end is reached; for a registration, where the other one is (RFC 3261, sections 8.1.1.8 and 10.3). */
  #ownHeaders({ headers, status }: SipResponse, method: string, { at }: AskedRequest) {
    const { side, transport } = this.#options;
    const { contact, ...others } = headers;
    const expires = contact?.[0]?.params?.expires;
    if (method === 'REGISTER' && expires !== undefined) {
      return { headers: others as SipHeaders, lines: [`Contact: ${Captures.registered(at)};expires=${expires}`] };
    }
    const isTarget = contact !== undefined && status < 300;
    return {
      headers: isTarget ? { ...headers, contact: [{ uri: localContact(side, transport) }] } : headers,
      lines: [],
    };
  }

  /** What sets up a dialog repeats the route of its request, with this end on top where it stays on it (section 12.1.1). */
  #recordRoute({ headers, status }: SipResponse, method: string, { at, hasToTag, isRouted }: AskedRequest): string {
    if (method !== 'INVITE' || status <= 100 || status >= 300 || hasToTag) return '';
    const own = headers['record-route'] === undefined || isRouted ? '' : `\nRecord-Route: <${keywords.ownRoute}>`;
    return `${own}${Captures.recordRoute(at)}`;
  }
}

/** A status line with what a response copies of the request whose rows were kept under a number. */
export function statusLine(status: number, reason: string, answered: number, addTag: boolean): string {
  return `SIP/2.0 ${status} ${reason}${Captures.echo(answered, addTag ? `;tag=${keywords.localTag}` : '')}`;
}
