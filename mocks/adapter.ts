import type { Contract, Interaction, ProviderState } from '../contracts/contract.ts';
import type { ObservedMessage } from '../contracts/conversation.ts';
import type { MessageProfile } from '../contracts/messages/profile.ts';
import type { CallControl } from './calls.ts';

export type { ObservedMessage } from '../contracts/conversation.ts';

/** Where a peer listens, and what is needed to be let in. */
export interface Address {
  host: string;
  /** 0 asks for any free port when listening. */
  port: number;
  user?: string;
  password?: string;
  database?: string;
  /** PEM of the certificate authority that signed the listener's certificate; set means TLS. */
  ca?: string;
}

/** What happened on a connection while one interaction ran. */
export interface Observed {
  messages: readonly ObservedMessage[];
  /** Set when the exchange ended early: connection refused or lost, a timeout, a frame that cannot be read. */
  failure?: Error;
}

/** A recorded exchange of a mock or a tap. */
export interface Exchange extends Observed {
  /** Rises by one for each exchange of a recorder. */
  id: number;
}

/** What a state handler leaves behind: how to undo it, and values that `fromProviderState` templates may use. */
export interface StateSet {
  values: Readonly<Record<string, string>>;
  undo(): Promise<void>;
}

/** What a running mock can be asked, wherever it listens, if it does. */
export interface Mock {
  /** Sets a provider state. @throws UnknownStateError when no handler has that name. */
  setState(state: ProviderState): Promise<StateSet>;
  /** All exchanges that are still in the bounded record, oldest first. */
  exchanges(): readonly Exchange[];
  /** Resolves when everything that a source has already sent is in the record. */
  settled(): Promise<void>;
  /** Forgets the record. */
  clear(): void;
  /** What the mock knows now, as JSON; absent where that is in a real server. */
  inspect?(): unknown;
  /**
   * Makes the mock know what it knew at first: every state ends, and what sources have changed is undone. To undo a state
   * afterwards does nothing. Connections, their sessions and the record stay.
   */
  reset?(): Promise<void>;
  /** The calls that it can be asked to place; absent where it places none. */
  calls?: CallControl;
  /** Stops listening and frees all that was started. Closing twice is allowed. */
  close(): Promise<void>;
}

/** A running destination: a mock, or a real server that is being watched. */
export interface MockServer extends Mock {
  address: Address;
  /** What a source of this contract dials, where each source has a login of its own; `address` where they have none. */
  addressFor?(contract: Contract): Address;
}

/** A recorder between a source and a destination. It forwards bytes untouched. */
export interface Tap {
  address: Address;
  exchanges(): readonly Exchange[];
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** One interaction to be played, with the values that its provider states gave. */
export interface Performance {
  contract: Contract;
  interaction: Interaction;
  values: Readonly<Record<string, string>>;
}

/** What a destination is to be made of. */
export interface ServeOptions {
  contracts: readonly Contract[];
  listen: Address;
  /** The behaviour of the system that is stood in for, from `mocks/services`. */
  service: ServiceMock;
  /** What the mock knows, shared with its other ports; a new world of the service's own when absent. */
  world?: unknown;
  /** Contracts of the same wire whose source the system is: by these the mock opens connections, where it can be asked to. */
  dials?: readonly Contract[];
  signal?: AbortSignal;
}

/** A handler of one provider state, on the world of a running mock. */
export type StateHandler<World> = (
  world: World,
  params: ProviderState['params'],
) => Promise<Partial<StateSet>> | Partial<StateSet>;

/** The part of a service's mock that every protocol has; each protocol adds how it answers. */
export interface ServiceMock<World = never> {
  /** The destination's name, as the architecture prints it. */
  system: string;
  /** The provider states it can be put in, by name. */
  states: Readonly<Record<string, StateHandler<World>>>;
  /** What the mock deliberately leaves out, in words; printed by `voxpact show`. */
  notModelled: readonly string[];
}

/** The one interface of all wires. */
export interface ProtocolAdapter {
  profile: MessageProfile;
  /**
   * Acts as the source: plays an interaction against a live destination and returns what was seen.
   * What the destination does, and an abort, is never a rejection but the `failure` of what was seen.
   */
  play(performance: Performance, at: Address, signal: AbortSignal): Promise<Observed>;
  /** Acts as the destination: answers by contract and records every exchange. */
  serve(options: ServeOptions): Promise<MockServer>;
  /** Stands between: forwards untouched and records. */
  tap(listen: Address, forward: Address): Promise<Tap>;
}

/** Of the wires on which a system can be asked to open connections, also one that nobody opens a connection to. */
export interface Dials {
  /** Stands in for the source of contracts, which calls when it is asked to and listens nowhere. */
  dial(options: Required<Pick<ServeOptions, 'dials'>>): Mock;
}

/** Of the wires whose destination is real software: watch one that runs already instead of starting one. */
export interface Attachable {
  /** Whether it can be done for this system; for every system when absent. */
  attaches?(service: ServiceMock): boolean;
  attach(options: Omit<ServeOptions, 'listen'> & { at: Address }): Promise<MockServer>;
}

/** A running destination of a connection that the system in question opens. */
export interface End {
  contract: Contract;
  at: Address;
}

/** Of the wires on which a system may stand between others. */
export interface Relays {
  /** Whether this system does. */
  relays(service: ServiceMock): boolean;
  /** Acts as such a destination: what it is asked goes on to the ends. */
  serveBetween(options: ServeOptions & { ends: readonly End[] }): Promise<MockServer>;
}

/** One message as another peer might have put it on the wire. */
export interface Spelling {
  /** What is different, in words: `compact header names`. */
  change: string;
  /** The message as it was read back. */
  content: unknown;
}

/** Of the wires on which one message can be written in several ways. */
export interface Respells {
  /** Writes a message in every other way that its protocol allows, and reads it back with the adapter's own parser. */
  respell(content: unknown): Promise<readonly Spelling[]>;
}

/** A connection between two ends of the harness, for messages that no peer of its would send. */
export interface Line {
  /** Paths of what the stacks at its ends set by themselves, whatever they are told. */
  readonly ownPaths: readonly string[];
  /**
   * Puts a message on the wire as its sender would, and reads it at the other end.
   * @returns what was read; undefined where the wire has no form of the message, or its reader takes none
   */
  carry(content: unknown): Promise<unknown>;
  /** Ends the connection. Closing twice is allowed. */
  close(): Promise<void>;
}

/** Of the wires on which the harness can put any message, be it good or bad. */
export interface Carries {
  openLine(): Promise<Line>;
}

/** Nobody listens at an address: refused, unknown host, no answer to the first contact. The peer was never tested. */
export class UnreachableError extends Error {
  override name = 'UnreachableError';
}

/**
 * A connection that stood was lost, and no side of the contract is to blame: what would have been sent or seen on it from then
 * on is missing.
 */
export class LostConnectionError extends Error {
  override name = 'LostConnectionError';
  /** The source's, on which an interaction runs: a destination that ends it is to blame after all. Or the harness's own look. */
  readonly whose: 'source' | 'observer';

  constructor(whose: LostConnectionError['whose'], message: string) {
    super(message);
    this.whose = whose;
  }
}

/** What runs at an address is a server of another kind than a contract is about; the contract has nothing to say of it. */
export class OtherKindError extends Error {
  override name = 'OtherKindError';
}

/** A provider state that exists and cannot be set on this server, by its nature: a server of somebody else's taken down. */
export class UnattainableStateError extends Error {
  override name = 'UnattainableStateError';
}

/** A provider state that nobody can set; the message lists the names that exist. */
export class UnknownStateError extends Error {
  override name = 'UnknownStateError';
}
