import type { TcpMessage, TcpValue } from '../../../contracts/messages/tcp.ts';

/** Numbers that look random and are the same for the same seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    // A state of 0 would stay 0.
    this.#state = Math.imul(seed, 0x9e3779b1) | 0 || 1;
  }

  /** A whole number from 0 to below a limit. */
  below(limit: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return Math.floor(((this.#state >>> 0) / 0x1_0000_0000) * limit);
  }

  /** One of several. */
  pick<T>(all: readonly [T, ...T[]]): T {
    return all[this.below(all.length)] as T;
  }

  /** Up to `most` of something. */
  several<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.below(most + 1) }, make);
  }

  bytes(count: number): Buffer {
    return Buffer.from(Array.from({ length: count }, () => this.below(256)));
  }
}

const alphabet = [...'abcXYZ019 _-.,:;=\'"`\\/|#@*~<>(){}[]?!%&+\n\r\t\0\u007fäßжあ漢🙂\u200d\uffff'] as [
  string,
  ...string[],
];
const names = ['DBID', 'name', 'ObjectType', 'UserData', '__proto__', 'constructor', 'toString', '', 'a b'] as const;
const deepest = 4;

/** A message of random names and values of every kind, such as no contract has. */
export function randomMessage(random: Random): TcpMessage {
  const name = text(random);
  const attributes = members(random, 0);
  const referenceId = random.below(3) === 0 ? 0 : integer(random);
  return referenceId === 0 ? { name, attributes } : { name, referenceId, attributes };
}

function text(random: Random): string {
  return random.several(12, () => random.pick(alphabet)).join('');
}

function key(random: Random): string {
  return random.below(2) === 0 ? random.pick(names) : text(random);
}

function integer(random: Random): number {
  return (random.below(0x1_0000_0000) - 0x8000_0000) >> random.below(32);
}

function members(random: Random, depth: number): { readonly [key: string]: TcpValue } {
  // As entries, so that __proto__ is a key like any other.
  return Object.fromEntries(random.several(5, () => [key(random), value(random, depth)] as const));
}

function value(random: Random, depth: number): TcpValue {
  const simple = () => scalar(random);
  if (depth > deepest) return simple();
  const inner = () => value(random, depth + 1);
  const make = random.pick<() => TcpValue>([
    simple,
    simple,
    simple,
    () => random.several(4, inner),
    () => members(random, depth + 1),
    () => ({ $kvlist: [...random.several(2, () => [key(random), inner()] as const), ['k', inner()], ['k', inner()]] }),
    () => ({ $object: text(random), members: members(random, depth + 1) }),
  ]);
  return make();
}

function scalar(random: Random): TcpValue {
  const make = random.pick<() => TcpValue>([
    () => null,
    () => random.below(2) === 0,
    () => integer(random),
    () => (integer(random) + 1) / 7,
    () => random.pick([0, 2 ** 31, -(2 ** 31) - 1, Number.MAX_SAFE_INTEGER, Number.MAX_VALUE, Number.MIN_VALUE]),
    () => text(random),
    () => random.bytes(8).toString('hex'),
    () => ({ sec: random.below(2_000_000_000), usec: random.below(1_000_000) }),
    () => ({ $bytes: random.bytes(random.below(40)).toString('base64') }),
  ]);
  return make();
}
