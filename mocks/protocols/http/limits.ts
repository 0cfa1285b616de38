/** The bounds of everything HTTP: sizes in bytes, times in milliseconds. */
export interface HttpLimits {
  /** The largest body that is read; a larger one is answered with 413. */
  bodyBytes: number;
  /** The largest start line with headers that is read; larger ones are answered with 431. */
  headerBytes: number;
  /** How many exchanges are kept; the oldest one goes first. */
  journalExchanges: number;
  /** How long a peer may take from connecting to the end of its headers. */
  headersTimeoutMs: number;
  /** How long a peer may take from connecting to the end of its request. */
  requestTimeoutMs: number;
  /** How long a source may take to connect and to get its request out. */
  sendTimeoutMs: number;
  /** How long a kept-alive connection may stay idle. */
  idleTimeoutMs: number;
  /** How long an answer may be withheld on purpose, when a service mock plays a timeout. */
  withholdTimeoutMs: number;
  /** How long `settled()` waits for exchanges that are under way. */
  settleTimeoutMs: number;
}

export const httpLimits: HttpLimits = {
  bodyBytes: 8 * 1024 * 1024,
  headerBytes: 16 * 1024,
  journalExchanges: 1000,
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 15_000,
  sendTimeoutMs: 5_000,
  idleTimeoutMs: 30_000,
  withholdTimeoutMs: 30_000,
  settleTimeoutMs: 2_000,
};

/** How long a destination may take to answer, where the interaction sets no limit of its own. */
export const defaultStepTimeoutMs = 5_000;
