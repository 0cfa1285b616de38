/** The reference ids whose answer has not come. A set is too slow for what is mostly one id that comes and goes. */
export class OpenRequests {
  #first: number | undefined;
  readonly #others = new Set<number>();

  get size(): number {
    return (this.#first === undefined ? 0 : 1) + this.#others.size;
  }

  has(id: number): boolean {
    return id === this.#first || (this.#others.size > 0 && this.#others.has(id));
  }

  /** @param id one that it does not have */
  add(id: number): void {
    if (this.#first === undefined) this.#first = id;
    else this.#others.add(id);
  }

  /** @returns whether it had the id */
  delete(id: number): boolean {
    if (id !== this.#first) return this.#others.size > 0 && this.#others.delete(id);
    this.#first = undefined;
    return true;
  }

  clear(): void {
    this.#first = undefined;
    this.#others.clear();
  }
}
