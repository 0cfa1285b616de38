import type { Exchange, Observed } from './adapter.ts';

/** The bounded record of a mock or a tap: a ring in which the newest exchange takes the oldest one's place. */
export class Journal {
  readonly #size: number;
  #ring: Exchange[] = [];
  /** Where the oldest exchange is once the ring is full. */
  #oldest = 0;
  #lastId = 0;

  /** @param size how many exchanges are kept */
  constructor(size: number) {
    this.#size = size;
  }

  /** Records an exchange and returns it with its id. */
  add(observed: Observed): Exchange {
    this.#lastId += 1;
    const exchange = { id: this.#lastId, ...observed };
    if (this.#ring.length < this.#size) this.#ring.push(exchange);
    else {
      this.#ring[this.#oldest] = exchange;
      this.#oldest = (this.#oldest + 1) % this.#size;
    }
    return exchange;
  }

  /** What is still kept, oldest first. */
  exchanges(): readonly Exchange[] {
    return [...this.#ring.slice(this.#oldest), ...this.#ring.slice(0, this.#oldest)];
  }

  /** Forgets everything; ids go on rising. */
  clear(): void {
    this.#ring = [];
    this.#oldest = 0;
  }
}
