/** A peer that does not read as fast as it is written to. */
export interface SlowPeer {
  /** What waits to be sent to it. */
  readonly waitingBytes: number;
  /** Breaks the connection off. @param allBytes what waits for all peers together */
  cut(allBytes: number): void;
}

/** What waits to be sent to all peers of a server together: many slow readers must not fill the memory that one may not. */
export class Backlog {
  readonly #maxBytes: number;
  readonly #slow = new Set<SlowPeer>();
  /** Never less than what waits; counted anew only when it is above the limit. */
  #atMostBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes note that bytes were not sent at once, and cuts the peer for which most waits where all of it is too much. */
  add(peer: SlowPeer, bytes: number): void {
    this.#slow.add(peer);
    this.#atMostBytes += bytes;
    if (this.#atMostBytes <= this.#maxBytes) return;
    const slowest = this.#count();
    if (this.#atMostBytes > this.#maxBytes) slowest?.cut(this.#atMostBytes);
  }

  /** @returns the peer for which most waits */
  #count(): SlowPeer | undefined {
    let slowest: SlowPeer | undefined;
    this.#atMostBytes = 0;
    for (const peer of this.#slow) {
      const { waitingBytes } = peer;
      if (waitingBytes === 0) this.#slow.delete(peer);
      this.#atMostBytes += waitingBytes;
      if (waitingBytes > (slowest?.waitingBytes ?? 0)) slowest = peer;
    }
    return slowest;
  }
}
