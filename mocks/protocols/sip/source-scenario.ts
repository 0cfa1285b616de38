import type { Interaction } from '../../../contracts/contract.ts';
import { awaited, awaitRequest, missable } from './awaiting.ts';
import { Captures } from './captures.ts';
import { type Move, movesOf } from './moves.ts';
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
    ...elementsOf(moves, transport),
    ...(lingerMs > 0 ? [element('pause', { milliseconds: lingerMs })] : []),
    ...captures.reference(),
  ]);
}

function elementsOf(moves: readonly Move[], transport: SipTransport): string[] {
  let elements: string[] = [];
  for (const [at, move] of moves.entries()) {
    if (move.kind === 'fixed') {
      elements.push(move.xml);
      continue;
    }
    const { actions, again, request } = move;
    const { method } = request;
    const isMissable = method === 'ACK' && moves[at + 1]?.kind === 'asked';
    const name = `${at}`;
    const recv = awaitRequest(method, actions, isMissable ? missable(transport, name) : {});
    elements = awaited(elements, { recv, method, again, isMissable: isMissable && transport === 'UDP', name });
  }
  return elements;
}
