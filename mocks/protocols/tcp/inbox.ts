/** Hands over what arrives on a connection to one reader, in order, who waits no longer than it wants to. */
export class Inbox<T> {
  readonly #arrived: T[] = [];
  #wake: (() => void) | undefined;

  put(item: T): void {
    this.#arrived.push(item);
    this.#wake?.();
  }

  /**
   * The next item, or undefined when none comes in time.
   * @throws the signal's reason when it is aborted first
   */
  async take(timeoutMs: number, signal: AbortSignal): Promise<T | undefined> {
    signal.throwIfAborted();
    if (this.#arrived.length === 0) await this.#arrival(timeoutMs, signal);
    signal.throwIfAborted();
    return this.#arrived.shift();
  }

  #arrival(timeoutMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(wake, timeoutMs);
      signal.addEventListener('abort', wake, { once: true });
      this.#wake = wake;
    });
  }
}
