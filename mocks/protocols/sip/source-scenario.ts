import type { Interaction } from '../../../contracts/contract.ts';
import { Captures } from './captures.ts';
import { awaitRequest, type Move, movesOf } from './moves.ts';
import { OpeningRequests } from './own-requests.ts';
import type { SipTransport } from './transport.ts';
import { element, scenarioXml } from './xml.ts';

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
 * the destination's by status or method only. What they hold is judged afterwards, from the message log.
 * @throws ScenarioError when the interaction needs what SIPp cannot do
 */
export function sourceScenario(interaction: Interaction, options: SourceScenarioOptions): string {
  const { transport, values, lingerMs } = options;
  const captures = new Captures();
  const own = new OpeningRequests({ side: 'source', ...options });
  const moves = movesOf(interaction, { side: 'source', transport, own, captures, values });
  return scenarioXml(interaction.description, [
    ...moves.map((move, at) => scenarioElement(move, moves[at + 1])),
    ...(lingerMs > 0 ? [element('pause', { milliseconds: lingerMs })] : []),
    ...captures.reference(),
  ]);
}

function scenarioElement(move: Move, next: Move | undefined): string {
  if (move.kind === 'fixed') return move.xml;
  const { method } = move.request;
  return awaitRequest(method, move.actions, method === 'ACK' && next?.kind === 'asked' ? { optional: true } : {});
}
