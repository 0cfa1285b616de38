import { inspect } from 'node:util';

/** What a value is for JSON; `bytes` is a Buffer or Uint8Array, `none` is anything that JSON cannot hold. */
export type Kind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object' | 'bytes' | 'none';

export type JsonObject = Readonly<Record<string, unknown>>;

const largestInteger = 2 ** 64;
const smallestInteger = -(2 ** 63);
const shownLength = 80;

export function kindOf(value: unknown): Kind {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
      return Number.isFinite(value) ? 'number' : 'none';
    case 'bigint':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return 'array';
      return value instanceof Uint8Array ? 'bytes' : 'object';
    default:
      return 'none';
  }
}

export const isArray = (value: unknown): value is readonly unknown[] => Array.isArray(value);
export const isObject = (value: unknown): value is JsonObject => kindOf(value) === 'object';

/** True for numbers that Pact's engine reads as an integer: no fraction, and within 64 bits. */
export function isInteger(value: unknown): boolean {
  if (typeof value === 'bigint') return value < 2n ** 64n && value >= -(2n ** 63n);
  return typeof value === 'number' && Number.isInteger(value) && value < largestInteger && value > smallestInteger;
}

/** The text that a pattern is applied to: a string itself, bytes as UTF-8, all else as JSON; undefined when it has none. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return isInteger(value) ? `${value}` : floatText(value);
  if (typeof value === 'bigint') return `${value}`;
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** Pact's engine writes very large and very small numbers with an exponent. */
function floatText(value: number): string {
  const size = Math.abs(value);
  return size >= 1e16 || size < 1e-5 ? value.toExponential().replace('e+', 'e') : `${value}`;
}

/** The keys that JSON would carry: own, enumerable, with a value. */
export function keysOf(value: JsonObject): string[] {
  const keys = Object.keys(value);
  for (const key of keys) if (value[key] === undefined) return keys.filter((each) => value[each] !== undefined);
  return keys;
}

export function hasKey(value: JsonObject, key: string): boolean {
  return Object.hasOwn(value, key) && value[key] !== undefined;
}

/** Whether a value has more than so many keys, told without a list of them: most have no more than their example. */
export function hasMoreKeys(value: JsonObject, than: number): boolean {
  let count = 0;
  for (const _ in value) {
    count += 1;
    if (count > than) return true;
  }
  return false;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** JSON equality; the depth of `expected` bounds the walk, so `actual` may be cyclic. */
export function equalJson(expected: unknown, actual: unknown): boolean {
  if (expected === actual) return kindOf(expected) !== 'none' || expected === undefined;
  const kind = kindOf(expected);
  if (kind !== kindOf(actual)) return false;
  if (kind === 'number') return typeof expected !== typeof actual && String(expected) === String(actual);
  if (isArray(expected) && isArray(actual)) {
    return expected.length === actual.length && expected.every((item, at) => equalJson(item, actual[at]));
  }
  if (expected instanceof Uint8Array && actual instanceof Uint8Array) return equalBytes(expected, actual);
  if (kind === 'object' && isObject(expected) && isObject(actual)) {
    const keys = keysOf(expected);
    if (keys.length !== keysOf(actual).length) return false;
    return keys.every((key) => hasKey(actual, key) && equalJson(expected[key], actual[key]));
  }
  return false;
}

/** A text, cut where it is long. */
export function shorten(text: string): string {
  return text.length <= shownLength ? text : `${text.slice(0, shownLength)}… (${text.length} characters)`;
}

/** A value for an error text: JSON where it is short, cut where it is long, with depth and cycles bounded. */
export function show(value: unknown): string {
  if (typeof value === 'string') {
    const text = JSON.stringify(value.slice(0, shownLength));
    return value.length <= shownLength ? text : `${text.slice(0, -1)}…" (${value.length} characters)`;
  }
  if (value instanceof Uint8Array) {
    const head = Buffer.from(value.subarray(0, 16)).toString('hex');
    return `<${head}${value.length > 16 ? '…' : ''}> (${value.length} bytes)`;
  }
  if (typeof value === 'object' && value !== null) {
    const options = { depth: 3, maxArrayLength: 8, maxStringLength: 40, breakLength: Number.POSITIVE_INFINITY };
    return shorten(inspect(value, { ...options, customInspect: false, getters: false }));
  }
  return typeof value === 'bigint' ? `${value}` : String(value);
}

/** A value with its kind, as the `got` of a mismatch. */
export function showWithKind(value: unknown): string {
  const kind = kindOf(value);
  if (kind === 'null') return 'null';
  if (kind === 'bytes') return show(value);
  if (kind === 'none') return `${show(value)} (no JSON value)`;
  if (isArray(value)) return `${show(value)} (array of ${value.length})`;
  return `${show(value)} (${kind})`;
}
