/** The bounds of everything Redis: sizes in bytes, times in milliseconds. */
export const redisLimits = {
  /** How long a server may take to let a client in. */
  connectTimeoutMs: 5_000,
  /** How long a command may take, where the interaction sets no limit of its own. */
  stepTimeoutMs: 5_000,
  /** How long a server may take from its start to its first answer. */
  readyTimeoutMs: 10_000,
  /** How long `settled()` waits for answers that are under way. */
  settleTimeoutMs: 2_000,
  /** The longest command or reply that is read; longer ones pass a tap but are not recorded. */
  frameBytes: 16 * 1024 * 1024,
  /** How many exchanges are kept; the oldest one goes first. */
  journalExchanges: 10_000,
  /** How many entries of a stream are read back. */
  streamEntries: 1_000,
} as const;
