import type { Port, ProtocolName, SystemName } from './architecture.ts';
import type { Template } from './matchers.ts';

/** Which side of a connection sent something: the side that opens it, or the side that accepts it. */
export type Side = 'source' | 'destination';

/**
 * Why a requirement may be relied on.
 * `documented` is a public fact and names its source, `inferred` follows from facts and names the reason,
 * `assumed` is a choice of ours and says what was assumed.
 */
export type Basis =
  | { kind: 'documented'; source: string }
  | { kind: 'inferred'; reason: string }
  | { kind: 'assumed'; assumption: string };

/** A named, parametrised fixture that is set before an interaction and undone after it. */
export interface ProviderState {
  name: string;
  params: Readonly<Record<string, string | number | boolean>>;
}

/**
 * One message of an interaction, in the logical form of its protocol.
 * `content` is a template: plain values must be equal, matchers say what may vary.
 */
export interface Step<C = unknown> {
  from: Side;
  content: Template<C>;
  /** May be left out by a peer that keeps the contract (a SIP 180, say). */
  optional?: true;
  /** May come more than once in a row (a result in parts, say). */
  repeat?: true;
  /** Steps of one lane keep their order; steps of different lanes may interleave. One lane when absent. */
  lane?: string;
  /**
   * The session of the source that it is sent in, by a name of the interaction's own, where a source may have several with one
   * login (PostgreSQL): steps of one name come in one session, those of two names in two. Any session when absent.
   */
  session?: string;
  /** Sent over a new connection, since its sender has lost the one before; only the source of SIP over TCP can. */
  reconnected?: true;
}

/** A part of messages that may be anything, and why no contract demands more of it. */
export interface FreePart {
  /** `$.headers.date`, with all below it; `.*` and `[*]` stand for any key and any index. */
  path: string;
  reason: string;
}

/** One exchange, one message or one dialog that a connection promises. */
export interface Interaction<C = unknown> {
  description: string;
  basis: Basis;
  given: readonly ProviderState[];
  steps: readonly Step<C>[];
  /** True where the interaction is about an error, a refusal or something that must not happen. */
  negative?: true;
  /** Messages that must not be seen while the interaction runs; each names only what makes it forbidden. */
  forbidden?: readonly Step[];
  /** Set where only one side can be judged; the other side's report prints the reason. */
  only?: { side: Side; reason: string };
  /** What peers send and nobody relies on; `voxpact strength` lists it with its reason instead of asking for a requirement. */
  free?: readonly FreePart[];
  /** How long one awaited message may take, in milliseconds; the harness's own limit when absent. */
  stepTimeoutMs?: number;
}

/**
 * One of several flows that a row of the table stands for, each with a contract of its own. What is absent is as the row
 * prints it.
 */
export interface Part {
  /** Lower case, words joined by hyphens; the file of the contract ends with it. */
  name: string;
  /** Who opens the connection. */
  source?: SystemName;
  /** Who accepts it. */
  destination?: SystemName;
  protocol?: ProtocolName;
  port?: Port;
}

/** All that one connection promises, or one part of it. */
export interface Contract<C = unknown> {
  /** The row's number in the connections table. */
  connection: number;
  /** Set where the row stands for several flows. */
  part?: Part;
  /** Which of the row's ports the interactions use, where the row prints several. */
  port?: number;
  interactions: readonly Interaction<C>[];
}

/** A contract that breaks its own rules; the message names the connection, the interaction and the field. */
export class ContractError extends Error {
  override name = 'ContractError';
}

/** A provider state, for use in `given`. */
export function state(name: string, params: ProviderState['params'] = {}): ProviderState {
  return { name, params };
}

/** A step sent by the side that opened the connection. */
export function source<C>(content: Template<C>, options: Omit<Step<C>, 'from' | 'content'> = {}): Step<C> {
  return { from: 'source', content, ...options };
}

/** A step sent by the side that accepted the connection. */
export function destination<C>(content: Template<C>, options: Omit<Step<C>, 'from' | 'content'> = {}): Step<C> {
  return { from: 'destination', content, ...options };
}

/** Basis of a public fact; `source` is the page or section that states it. */
export function documented(source: string): Basis {
  return { kind: 'documented', source };
}

/** Basis of what follows from public facts; `reason` says how. */
export function inferred(reason: string): Basis {
  return { kind: 'inferred', reason };
}

/** Basis of a choice of ours; `assumption` says what was chosen. */
export function assumed(assumption: string): Basis {
  return { kind: 'assumed', assumption };
}

/** What a basis rests on, with its kind: `documented: RFC 3261, section 8`. */
export function basisText(basis: Basis): string {
  switch (basis.kind) {
    case 'documented':
      return `documented: ${basis.source}`;
    case 'inferred':
      return `inferred: ${basis.reason}`;
    case 'assumed':
      return `assumed: ${basis.assumption}`;
  }
}
