/** The bounds of everything TCP: sizes in bytes, times in milliseconds. */
export interface TcpLimits {
  connectTimeoutMs: number;
  /** How long an accepted connection may take to ask for its session, and how long a session may take to open. */
  sessionTimeoutMs: number;
  /** How long an awaited message may take, where the interaction sets no limit of its own. */
  stepTimeoutMs: number;
  /** How long to wait, after the last step, for the keep-alive answer that shows that nothing more was on its way. */
  lingerTimeoutMs: number;
  /** How long `settled()` waits for answers that are under way. */
  settleTimeoutMs: number;
  /** How long a peer may take to close its half, before the connection is cut. */
  closeTimeoutMs: number;
  /** Silence after which a source polls, and again after which it gives the link up. */
  sourceKeepAliveMs: number;
  /** The same for a destination. */
  destinationKeepAliveMs: number;
  maxFrameBytes: number;
  /** What may wait to be sent to a peer that does not read. */
  maxQueuedBytes: number;
  /** What may wait to be sent to all peers of one server that do not read. */
  maxBacklogBytes: number;
  maxConnections: number;
  /** How many exchanges a record keeps, and of how many bytes of messages; the oldest exchange goes first. */
  maxExchanges: number;
  maxRecordBytes: number;
}

const mebibyte = 1024 * 1024;

export const defaultTcpLimits: TcpLimits = {
  connectTimeoutMs: 5_000,
  sessionTimeoutMs: 10_000,
  stepTimeoutMs: 5_000,
  lingerTimeoutMs: 500,
  settleTimeoutMs: 2_000,
  closeTimeoutMs: 500,
  sourceKeepAliveMs: 10_000,
  destinationKeepAliveMs: 20_000,
  maxFrameBytes: 16 * mebibyte,
  maxQueuedBytes: 64 * mebibyte,
  maxBacklogBytes: 256 * mebibyte,
  maxConnections: 10_000,
  maxExchanges: 1_000,
  maxRecordBytes: 64 * mebibyte,
};
