import type { Interaction, Side, Step } from '../../../contracts/contract.ts';
import { equalJson } from '../../../contracts/matching/values.ts';
import { compile, generate, match } from '../../../contracts/matching.ts';
import {
  isSipRequest,
  isSipResponse,
  type SipHeaders,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from '../../../contracts/messages/sip.ts';
import { Asked, type Taken } from './asked.ts';
import type { Captures } from './captures.ts';
import { assertPlain } from './plain.ts';
import { progressStatuses } from './progress.ts';
import { bodyText, isChallenge, keywords, requestLines, ScenarioError } from './render.ts';
import { isRepeated, repetition } from './repetition.ts';
import { type Content, Transactions } from './transactions.ts';
import type { SipTransport } from './transport.ts';
import { element, send } from './xml.ts';

/** What one side of an interaction does in a scenario of SIPp. */
export type Move =
  /** It sends a message, or awaits a response. */
  | { kind: 'fixed'; xml: string; isRequest?: true }
  /** It awaits a request, and keeps of it what its answers repeat. */
  | ({ kind: 'asked'; request: SipRequest } & Readonly<Taken>);

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
  const { side, transport, captures } = options;
  const contents = contentsOf(interaction, options);
  const transactions = new Transactions(contents, side);
  const asked = new Asked(interaction, options);
  let isDialogTaken = side === 'source';
  return contents.map(({ from, content }, index): Move => {
    const named = transactions.attributes(content);
    if (isSipResponse(content)) {
      if (from === side) return { kind: 'fixed', xml: asked.respond(content, index) };
      const { optional } = interaction.steps[index] as Step;
      const isFirst = !contents
        .slice(0, index)
        .some((each) => each.from === from && answersSame(each.content, content));
      const extra = isFirst ? extraProgress(content, contents, named) : [];
      return { kind: 'fixed', xml: [...extra, awaitResponse(content, { optional, side, captures, named })].join('\n') };
    }
    if (from !== side) return { kind: 'asked', request: content, ...asked.take(content, index) };
    const dialog = isDialogTaken ? [] : [captures.dialog()];
    isDialogTaken = true;
    const request = sendRequest(content, isRepeated(interaction, index, transport), named);
    return { kind: 'fixed', xml: [...dialog, request].join('\n'), isRequest: true };
  });
}

const answersSame = (content: SipMessage, response: SipResponse) =>
  isSipResponse(content) && equalJson(content.headers.cseq, response.headers.cseq);

/** An INVITE may be told of its progress by more than the contract has; SIPp takes nothing that its scenario does not have. */
function extraProgress(response: SipResponse, contents: readonly Content[], named: Named): string[] {
  if (response.headers.cseq?.method !== 'INVITE') return [];
  const known = contents.map(({ content }) => content).filter((content) => answersSame(content, response));
  return progressStatuses
    .filter((status) => !known.some((content) => isSipResponse(content) && content.status === status))
    .map((status) => element('recv', { response: status, optional: true, ...named }));
}

/** What the steps hold in a running call, where the ones before are remembered. */
function contentsOf(interaction: Interaction, { side, own, values }: MovesOptions): Content[] {
  const bindings = new Map<string, unknown>();
  return interaction.steps.map(({ from, content: template }, index) => {
    const compiled = compile(template);
    const example: unknown = generate(compiled, values, bindings);
    if (!isSipRequest(example) && !isSipResponse(example)) {
      throw new ScenarioError(`"${interaction.description}", step ${index + 1}: not a SIP message`);
    }
    const content = from === side ? ofMine(example, own) : ofPeer(example, side);
    // What a live run would bind here; later steps are made of it.
    match(compiled, content, { strict: [], bindings });
    return { from, content };
  });
}

function ofMine(example: SipMessage, own: OwnRequests): SipMessage {
  return isSipRequest(example) ? own.request(example) : example;
}

/** An awaited message with SIPp's keywords where later requests take over what it says. */
function ofPeer(example: SipMessage, side: Side): SipMessage {
  const { to, contact } = example.headers;
  const headers: SipHeaders = { ...example.headers };
  if (isSipResponse(example) && to?.tag !== undefined) headers.to = { ...to, tag: keywords.peerTag };
  if (contact !== undefined) {
    headers.contact = [{ uri: side === 'source' ? keywords.remoteTarget : keywords.callerTarget }];
  }
  return { ...example, headers };
}

function sendRequest(request: SipRequest, repeated: boolean, named: Named): string {
  assertPlain(request);
  return send(requestLines(request), bodyText(request), { ...repetition(repeated), ...named });
}

/** What tells SIPp the transaction of a message. */
type Named = Readonly<Record<string, string>>;

interface Awaiting {
  optional: true | undefined;
  side: Side;
  captures: Captures;
  named: Named;
}

/** Who opened the dialog takes its route and its target from the responses, who was called from the request. */
function awaitResponse(response: SipResponse, { optional, side, captures, named }: Awaiting): string {
  const attributes = {
    response: response.status,
    optional,
    auth: isChallenge(response) || undefined,
    rrs: side === 'source' || undefined,
    ...named,
  };
  const actions = response.headers.rseq === undefined ? [] : [captures.reliable()];
  return element('recv', attributes, actions.length > 0 ? [element('action', {}, actions)] : []);
}
