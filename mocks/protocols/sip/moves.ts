import type { Interaction, Side } from '../../../contracts/contract.ts';
import { compile, generate, match } from '../../../contracts/matching.ts';
import {
  isSipRequest,
  isSipResponse,
  type SipHeaders,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from '../../../contracts/messages/sip.ts';
import { Asked } from './asked.ts';
import type { Captures } from './captures.ts';
import { assertPlain } from './plain.ts';
import { bodyText, isChallenge, keywords, requestLines, ScenarioError } from './render.ts';
import { isRepeated, repetition } from './repetition.ts';
import type { SipTransport } from './transport.ts';
import { element, send } from './xml.ts';

/** What one side of an interaction does in a scenario of SIPp. */
export type Move =
  /** It sends a message, or awaits a response. */
  | { kind: 'fixed'; xml: string }
  /** It awaits a request, and keeps of it what its answers repeat. */
  | { kind: 'asked'; request: SipRequest; actions: readonly string[] };

/** How a side makes its requests its own. */
export interface OwnRequests {
  /** A request of the contract with the running call's own identifiers in place of the template's examples. */
  request(example: SipRequest): SipRequest;
}

export interface MovesOptions {
  side: Side;
  transport: SipTransport;
  own: OwnRequests;
  captures: Captures;
  /** What the provider states gave, for `fromState` templates. */
  values: Readonly<Record<string, string>>;
}

/**
 * The moves of one side, in the order of the steps. What awaited messages hold is judged afterwards, from the message log.
 * @throws ScenarioError when a step is no SIP message, answers no request before it, or cannot be sent by SIPp
 */
export function movesOf(interaction: Interaction, options: MovesOptions): Move[] {
  const { side, transport, own, captures, values } = options;
  const bindings = new Map<string, unknown>();
  const asked = new Asked(interaction, options);
  let namesParties = side === 'source';
  return interaction.steps.map((step, index) => {
    const compiled = compile(step.content);
    const example: unknown = generate(compiled, values, bindings);
    if (!isSipRequest(example) && !isSipResponse(example)) {
      throw new ScenarioError(`"${interaction.description}", step ${index + 1}: not a SIP message`);
    }
    const mine = step.from === side;
    const content = mine ? ofMine(example, own) : ofPeer(example);
    // What a live run would bind here; later steps are made of it.
    match(compiled, content, { strict: [], bindings });
    if (isSipResponse(content)) {
      const xml = mine
        ? asked.respond(content, index)
        : awaitResponse(content, { optional: step.optional, side, captures });
      return { kind: 'fixed', xml };
    }
    if (mine) {
      const parties = namesParties ? [] : [captures.parties()];
      namesParties = true;
      const request = sendRequest(content, isRepeated(interaction, index, transport));
      return { kind: 'fixed', xml: [...parties, request].join('\n') };
    }
    return { kind: 'asked', request: content, actions: asked.take(content) };
  });
}

export interface AwaitOptions {
  /** An ACK may be missed where another request follows: it is the judge who says so, and the dialog goes on. */
  optional?: true;
  /** Whether the method is a POSIX expression. */
  regexp_match?: true;
  /** In milliseconds, with the label to go on at. */
  timeout?: number;
  ontimeout?: string;
  /** The label to go on at where a variable is set. */
  next?: string;
  test?: string;
}

/** Awaits a request. */
export function awaitRequest(method: string, actions: readonly string[], options: AwaitOptions = {}): string {
  const children = actions.length > 0 ? [element('action', {}, actions)] : [];
  return element('recv', { request: method, ...options }, children);
}

function ofMine(example: SipMessage, own: OwnRequests): SipMessage {
  return isSipRequest(example) ? own.request(example) : example;
}

/** An awaited message with SIPp's keywords where later requests take over what it says. */
function ofPeer(example: SipMessage): SipMessage {
  const { to, contact } = example.headers;
  const headers: SipHeaders = { ...example.headers };
  if (isSipResponse(example) && to?.tag !== undefined) headers.to = { ...to, tag: keywords.peerTag };
  if (contact !== undefined) headers.contact = [{ uri: keywords.remoteTarget }];
  return { ...example, headers };
}

function sendRequest(request: SipRequest, repeated: boolean): string {
  assertPlain(request);
  return send(requestLines(request), bodyText(request), repetition(repeated));
}

interface Awaiting {
  optional: true | undefined;
  side: Side;
  captures: Captures;
}

/** Who opened the dialog takes its route and its target from the responses, who was called from the request. */
function awaitResponse(response: SipResponse, { optional, side, captures }: Awaiting): string {
  const attributes = {
    response: response.status,
    optional,
    auth: isChallenge(response) || undefined,
    rrs: side === 'source' || undefined,
  };
  const actions = response.headers.rseq === undefined ? [] : [captures.reliable()];
  return element('recv', attributes, actions.length > 0 ? [element('action', {}, actions)] : []);
}
