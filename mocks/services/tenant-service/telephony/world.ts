import type { TcpMessage, TcpValue } from '../../../../contracts/messages/tcp.ts';

/** A DN's events, asked for by one session. */
export interface Registration {
  dn: string;
  tell(message: TcpMessage): void;
  /** Breaks the session's connection off. */
  leave(): void;
}

export type Progress = 'dialing' | 'ringing' | 'established' | 'held';

/** A call and where each of its parties is; a party outside has a number that nobody registers. */
export interface Call {
  connId: string;
  uuid: string;
  parties: ReadonlyMap<string, Progress>;
  userData: { readonly [key: string]: TcpValue };
}

/** Somebody who is logged in at a DN. */
export interface LoggedInAgent {
  loginId: string;
  activity: 'ready' | 'not ready';
  workMode: TcpValue;
}

/** The part of the world that T-Server knows. */
export interface TelephonyWorld {
  readonly registrations: Set<Registration>;
  /** By connection id. */
  calls: ReadonlyMap<string, Call>;
  /** By DN. */
  agents: ReadonlyMap<string, LoggedInAgent>;
  /** Rises with every call, so that no connection id is given twice. */
  callsMade: number;
  /** Rises with every event. */
  eventsTold: number;
}

/** Nobody logged in, and no call. */
export function createTelephony(): TelephonyWorld {
  return { registrations: new Set(), calls: new Map(), agents: new Map(), callsMade: 0, eventsTold: 0 };
}
