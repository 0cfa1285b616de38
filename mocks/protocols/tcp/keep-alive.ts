/** What a keep-alive timer brings about. */
export interface KeepAliveActions {
  /** Sends a poll. @returns false when the codec has none: then silence proves nothing and is accepted */
  poll(): boolean;
  lost(silentMs: number): void;
}

/**
 * Watches for silence as ADDP does: a peer not heard for one period is polled, and one that stays silent for another
 * period is lost. The timer never keeps a process alive.
 */
export class KeepAlive {
  readonly #periodMs: number;
  readonly #actions: KeepAliveActions;
  #heardMs = Date.now();
  #polled = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(periodMs: number, actions: KeepAliveActions) {
    this.#periodMs = periodMs;
    this.#actions = actions;
    this.#arm(periodMs);
  }

  /** Something came from the peer. @param atMs since 1970 */
  heard(atMs: number): void {
    this.#heardMs = atMs;
    this.#polled = false;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(delayMs: number): void {
    this.#timer = setTimeout(() => this.#check(), delayMs);
    this.#timer.unref();
  }

  // The timer is not moved with each message, which would cost more than the message: it looks back when it is due.
  #check(): void {
    // A clock that was set meanwhile makes a poll come sooner or later, and no peer is lost by it.
    const silentMs = Math.max(0, Date.now() - this.#heardMs);
    if (this.#polled) {
      this.#actions.lost(Math.round(silentMs));
    } else if (silentMs < this.#periodMs) {
      this.#arm(this.#periodMs - silentMs);
    } else {
      this.#polled = this.#actions.poll();
      this.#arm(this.#periodMs);
    }
  }
}
