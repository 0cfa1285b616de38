import type { Json } from '../../contracts/matchers.ts';

/**
 * What a mock's world was at first, and what it is. A world's parts are replaced and never written into, so what stood there at
 * first still stands as it was; what belongs to open sessions is in sets that go on.
 */
export class PlainWorld {
  readonly #world: Record<string, unknown>;
  readonly #first: Readonly<Record<string, unknown>>;

  private constructor(world: Record<string, unknown>) {
    this.#world = world;
    this.#first = { ...world };
  }

  /** @returns undefined for a world that is no plain object: one that holds a running server cannot be put back */
  static of(world: unknown): PlainWorld | undefined {
    if (typeof world !== 'object' || world === null) return undefined;
    return Object.getPrototypeOf(world) === Object.prototype
      ? new PlainWorld(world as Record<string, unknown>)
      : undefined;
  }

  /** All that the world holds, as JSON. */
  inspect(): Json {
    return view(this.#world);
  }

  /** Puts everything back. */
  reset(): void {
    for (const name of Object.keys(this.#world)) if (!(name in this.#first)) delete this.#world[name];
    Object.assign(this.#world, this.#first);
  }
}

/** A map by its keys, a set as a list, bytes by their number; of what has a behaviour of its own only what it is. */
function view(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (value instanceof Map) return viewOf([...value].map(([key, each]) => [String(key), each]));
  if (value instanceof Set || Array.isArray(value)) return [...value].map(view);
  if (typeof value !== 'object') return typeof value;
  const kind = value.constructor?.name ?? 'Object';
  return kind === 'Object' ? viewOf(Object.entries(value)) : kind;
}

function viewOf(entries: readonly (readonly [string, unknown])[]): Json {
  return Object.fromEntries(entries.filter(([, each]) => each !== undefined).map(([key, each]) => [key, view(each)]));
}
