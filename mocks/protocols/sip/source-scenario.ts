import type { Interaction, Step } from '../../../contracts/contract.ts';
import { compile, generate, match } from '../../../contracts/matching.ts';
import {
  isSipRequest,
  isSipResponse,
  type SipHeaders,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from '../../../contracts/messages/sip.ts';
import { bodyText, keywords, localContact, requestLines, ScenarioError } from './render.ts';
import type { SipTransport } from './transport.ts';
import { element, scenarioXml, send, T1_MS } from './xml.ts';

export interface SourceScenarioOptions {
  transport: SipTransport;
  /** What the provider states gave, for `fromState` templates. */
  values: Readonly<Record<string, string>>;
  /** How long to listen after the last step for what must not come, in milliseconds. */
  lingerMs: number;
  /** A name that no other call has; asked for branches and tags. */
  uniqueName: () => string;
}

/**
 * The scenario with which SIPp plays the source of an interaction: it sends the source's steps with fresh identifiers, and awaits
 * the destination's by status only. What they hold is judged afterwards, from the message log.
 * @throws ScenarioError when the interaction needs what SIPp cannot do
 */
export function sourceScenario(interaction: Interaction, options: SourceScenarioOptions): string {
  const own = new OwnIdentifiers(options);
  const bindings = new Map<string, unknown>();
  const elements = interaction.steps.map((step) => {
    const compiled = compile(step.content);
    const example = generate(compiled, options.values, bindings);
    const content = step.from === 'source' ? own.request(example) : expected(example);
    // What a live run would bind here; later steps are made of it.
    match(compiled, content, { strict: [], bindings });
    return isSipRequest(content) ? sendRequest(content, options.transport) : receive(content, step);
  });
  const linger = options.lingerMs > 0 ? [element('pause', { milliseconds: options.lingerMs })] : [];
  return scenarioXml(interaction.description, [...elements, ...linger]);
}

/** Puts the running call's own identifiers in place of a template's examples, once for each. */
class OwnIdentifiers {
  readonly #issued = new Set<string>();
  readonly #options: SourceScenarioOptions;

  constructor(options: SourceScenarioOptions) {
    this.#options = options;
  }

  request(example: unknown): SipRequest {
    if (!isSipRequest(example)) throw new ScenarioError('SIPp as the source cannot send a response yet');
    const { via, from, contact } = example.headers;
    const headers: SipHeaders = { ...example.headers, 'call-id': keywords.callId };
    if (via !== undefined) {
      headers.via = { ...via, sentBy: keywords.localAddress, branch: this.#own(via.branch, 'z9hG4bK') };
    }
    if (from !== undefined) headers.from = { ...from, tag: this.#own(from.tag, '') };
    if (contact !== undefined) headers.contact = [{ uri: localContact('source', this.#options.transport) }];
    return { ...example, headers };
  }

  /** Keeps an identifier of this call, which a `bound` has put there; replaces an example. */
  #own(current: string | undefined, prefix: string): string {
    if (current !== undefined && this.#issued.has(current)) return current;
    const fresh = `${prefix}${this.#options.uniqueName()}`;
    this.#issued.add(fresh);
    return fresh;
  }
}

/** An awaited response with SIPp's keywords where later requests take over what it says. */
function expected(example: unknown): SipResponse {
  if (!isSipResponse(example)) throw new ScenarioError('SIPp as the source cannot await a request yet');
  const { to, contact } = example.headers;
  const headers: SipHeaders = { ...example.headers };
  if (to?.tag !== undefined) headers.to = { ...to, tag: keywords.peerTag };
  if (contact !== undefined) headers.contact = [{ uri: keywords.remoteTarget }];
  return { ...example, headers };
}

function sendRequest(request: SipRequest, transport: SipTransport): string {
  assertPlain(request);
  const isRepeated = transport === 'UDP' && request.method !== 'ACK';
  return send(requestLines(request), bodyText(request), isRepeated ? { retransmitMs: T1_MS } : {});
}

function receive(response: SipResponse, step: Step): string {
  return element('recv', { response: response.status, optional: step.optional, rrs: true });
}

/** Line ends would add headers, other brackets would be taken for SIPp's keywords. */
function assertPlain(message: SipMessage): void {
  const known = new Set<string>([...Object.values(keywords).flatMap((text) => text.match(/\[\w+\]/g) ?? [])]);
  const visit = (value: unknown, path: string): void => {
    if (typeof value === 'object' && value !== null) {
      for (const [key, part] of Object.entries(value)) visit(part, `${path}.${key}`);
    } else if (typeof value === 'string') {
      const brackets = (value.match(/\[\w*\]?/g) ?? []).filter((each) => !known.has(each));
      if (path !== '$.body' && /[\r\n]/.test(value))
        throw new ScenarioError(`${path}: a value of a SIP message cannot have a line end`);
      if (brackets.length > 0) throw new ScenarioError(`${path}: SIPp cannot send "[" as it is, got "${value}"`);
    }
  };
  visit(message, '$');
}
