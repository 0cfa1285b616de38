import type { Interaction } from '../../../contracts/contract.ts';
import type { SipRequest } from '../../../contracts/messages/sip.ts';
import type { Move } from './moves.ts';
import { ScenarioError } from './render.ts';

/** The moves of one interaction; the first is an awaited request. */
export interface Begun {
  interaction: Interaction;
  moves: readonly Move[];
  /** A condition besides the request itself; interactions with different ones are kept apart. */
  gate: number | undefined;
}

/** A request that is awaited, and what follows it. */
export interface Branch {
  /** A POSIX expression on the text of the request. */
  trigger: string;
  /** Whether the first line of the request is all that the expression looks at. */
  isOfFirstLine: boolean;
  method: string;
  gate: number | undefined;
  /** How many requests came before it in the dialog. */
  depth: number;
  actions: readonly string[];
  /** The variable that is set when it was a copy of an earlier one of its method. */
  again: string | undefined;
  /** Elements of the scenario up to the next awaited request. */
  elements: readonly string[];
  /** Whether one of them sends a request. */
  asks: boolean;
  next: readonly Branch[];
  /** Whether an interaction is over here. */
  ends: boolean;
}

interface Growing extends Branch {
  elements: string[];
  next: Growing[];
  /** An interaction that goes this way, for errors. */
  description: string;
}

/**
 * Interactions that begin alike go on together until the other side's requests tell them apart.
 * @throws ScenarioError when two begin alike and this side has to go on differently
 */
export function dialogTree(interactions: readonly Begun[]): Branch[] {
  const roots: Growing[] = [];
  for (const { interaction, moves, gate } of interactions) {
    const { description } = interaction;
    let siblings = roots;
    let depth = 0;
    for (let rest = moves; rest.length > 0; depth += 1) {
      const [first, ...others] = rest as [Move & { kind: 'asked' }, ...Move[]];
      const asked = others.findIndex(({ kind }) => kind === 'asked');
      const end = asked < 0 ? others.length : asked;
      const fixed = others.slice(0, end) as (Move & { kind: 'fixed' })[];
      const trigger = triggerOf(first.request, depth === 0 && gate === undefined);
      const own: Growing = {
        trigger,
        isOfFirstLine: !trigger.includes(further),
        method: first.request.method,
        gate: depth === 0 ? gate : undefined,
        depth,
        actions: first.actions,
        again: first.again,
        elements: fixed.map(({ xml }) => xml),
        asks: fixed.some(({ isRequest }) => isRequest === true),
        next: [],
        ends: asked < 0,
        description,
      };
      siblings = taken(siblings, own).next;
      rest = others.slice(end);
    }
  }
  return roots;
}

/** The order in which branches are asked, by their places: a condition hands on where it does not hold, so it comes first. */
export function moreSpecialFirst(branches: readonly Branch[]): number[] {
  const weight = ({ gate, trigger }: Branch) => (gate === undefined ? 0 : 1_000_000) + trigger.length;
  const of = (at: number) => weight(branches[at] as Branch);
  return [...branches.keys()].sort((a, b) => of(b) - of(a));
}

function taken(siblings: Growing[], own: Growing): Growing {
  const known = siblings.find(({ trigger, gate }) => trigger === own.trigger && gate === own.gate);
  if (known === undefined) {
    siblings.push(own);
    return own;
  }
  if (known.elements.join('\n') !== own.elements.join('\n')) {
    const where =
      own.depth === 0 ? 'begin with the same request' : `have the same ${own.method} after the same messages`;
    throw new ScenarioError(
      `"${known.description}" and "${own.description}" ${where}; ` +
        'give them different numbers, or make a state of one a switch of the service mock',
    );
  }
  if (own.actions.length > known.actions.length) known.actions = own.actions;
  known.ends ||= own.ends;
  return known;
}

/** To the beginning of a line further on. */
const further = '.*\\n';

/**
 * What tells a request from others in the same place: its method, the dialled user where it opens a dialog, whether it belongs to
 * one, whether it may go any further, and what it does to the media. In the order in which they stand in a message.
 */
function triggerOf({ method, requestUri, headers, sdp }: SipRequest, byUser: boolean): string {
  const user = /^sips?:([^@]+)@/.exec(requestUri)?.[1];
  const inDialog = headers.to?.tag !== undefined;
  const direction = sdp?.media[0]?.direction ?? 'sendrecv';
  return [
    `^${method} `,
    byUser && !inDialog && user !== undefined ? `sips?:${escapeRegex(user)}@` : '',
    byUser && inDialog ? `${further}([Tt][Oo]|[Tt]) *:[^\\r]*; *tag=` : '',
    headers['max-forwards'] === 0 ? `${further}[Mm]ax-[Ff]orwards *: *0\\r` : '',
    direction === 'sendrecv' ? '' : `${further}a=${direction}`,
  ].join('');
}

function escapeRegex(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '[$&]');
}
