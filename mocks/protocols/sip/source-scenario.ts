import type { Interaction } from '../../../contracts/contract.ts';
import { type Awaited, awaited, cameTo, lateAck } from './awaiting.ts';
import { Captures } from './captures.ts';
import { label } from './elements.ts';
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
  const { row, aside } = elementsOf(moves, transport);
  const elements = [
    ...row,
    ...(aside.length > 0 ? [element('nop', { next: 'end' }), ...aside, label('end')] : []),
    ...(lingerMs > 0 ? [element('pause', { milliseconds: lingerMs })] : []),
  ];
  return scenarioXml(interaction.description, captures.declared(elements));
}

/** The elements in a row, and those that none of them leads on to. */
function elementsOf(moves: readonly Move[], transport: SipTransport): { row: string[]; aside: string[] } {
  let row: string[] = [];
  const aside: string[] = [];
  for (const [at, move] of moves.entries()) {
    if (move.kind === 'fixed') {
      row.push(move.xml);
      continue;
    }
    const request = { ...move, ...missing(moves, at, transport), method: move.request.method, name: `${at}` };
    row = awaited(row, request);
    aside.push(...lateAck(request));
  }
  return { row, aside };
}

/** How an ACK that another request follows is awaited. */
function missing(moves: readonly Move[], at: number, transport: SipTransport): Partial<Awaited> {
  const [move, next] = moves.slice(at, at + 2);
  if (move?.kind !== 'asked' || move.request.method !== 'ACK' || next?.kind !== 'asked') return {};
  if (transport === 'TCP') return { options: { optional: true } };
  return next.request.method === 'BYE' ? { bye: { actions: next.actions, next: cameTo(`${at + 1}`) } } : {};
}
