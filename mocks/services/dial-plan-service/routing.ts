import { dialect } from '../../../contracts/dialect.ts';
import type { DialPlanWorld, Dn, OutboundRule } from './world.ts';

/** What is asked about one leg of a call. */
export interface Leg {
  id: string;
  operation: string;
  from: string;
  to: string;
  direction: string;
}

/** What is to be done with a leg. */
export type Instruction =
  | { action: 'dial'; target: string; type: 'dn'; timeoutSec: number }
  | { action: 'dial'; target: string; type: 'routepoint' }
  | { action: 'dial'; target: string; type: 'trunk'; number: string }
  | { action: 'voicemail'; target: string }
  | { action: 'reject'; sipCode: number };

const { operations } = dialect.http.dialPlanService;
const ringSeconds = 20;
const sipCodes = { notFound: 404, temporarilyUnavailable: 480, busyHere: 486 } as const;

/** What the plan says of a leg: of a DN first, then of a route point for those who call in and of a rule for those who call out. */
export function instructionFor({ operation, to, direction }: Leg, world: DialPlanWorld): Instruction {
  const dn = world.dns.get(to);
  if (dn !== undefined) return operation === operations.forward ? forward(to, dn) : ring(to, dn);
  const routePoint = direction === 'inbound' ? world.routePoints.get(to) : undefined;
  if (routePoint !== undefined) return { action: 'dial', target: routePoint, type: 'routepoint' };
  const rule = direction === 'outbound' ? closestRule(to, world.rules) : undefined;
  return rule === undefined ? { action: 'reject', sipCode: sipCodes.notFound } : dialOut(to, rule);
}

function ring(number: string, dn: Dn): Instruction {
  if (dn.rejectWhenNotReady && !dn.agentReady) return { action: 'reject', sipCode: sipCodes.busyHere };
  if (!dn.registered) return forward(number, dn);
  return { action: 'dial', target: number, type: 'dn', timeoutSec: ringSeconds };
}

function forward(number: string, { voicemailEnabled }: Dn): Instruction {
  return voicemailEnabled
    ? { action: 'voicemail', target: number }
    : { action: 'reject', sipCode: sipCodes.temporarilyUnavailable };
}

/** Of the rules whose pattern fits the number, the one that says most of its digits. */
function closestRule(number: string, rules: readonly OutboundRule[]): OutboundRule | undefined {
  const anyDigits = ({ pattern }: OutboundRule) => pattern.split('X').length;
  return rules.filter(({ pattern }) => fits(number, pattern)).sort((a, b) => anyDigits(a) - anyDigits(b))[0];
}

function fits(number: string, pattern: string): boolean {
  return (
    number.length === pattern.length &&
    [...pattern].every((each, at) => each === number[at] || isDigit(each, number[at]))
  );
}

function isDigit(patternDigit: string, digit = ''): boolean {
  return patternDigit === 'X' && digit >= '0' && digit <= '9';
}

function dialOut(number: string, { pattern, prefix, trunk }: OutboundRule): Instruction {
  const digits = [...number].filter((_, at) => pattern[at] === 'X').join('');
  return { action: 'dial', target: trunk, type: 'trunk', number: `${prefix}${digits}` };
}
