import type { TcpValue } from '../../../contracts/messages/tcp.ts';
import { CodecError } from './codec.ts';

/** How deep values may be nested. */
export const maxDepth = 64;

export type Members = { readonly [key: string]: TcpValue };
export type Pair = readonly [key: string, value: TcpValue];

/** What stands behind an object of the logical form, see `TcpSpecial`. */
export type ObjectForm =
  | { kind: 'members'; members: Members }
  | { kind: 'bytes'; base64: string }
  | { kind: 'pairs'; pairs: readonly Pair[] }
  | { kind: 'structure'; name: string; members: Members };

/** Tells what an object stands for. @param path for the error. @throws {CodecError} for a reserved key that means nothing */
export function formOf(value: Members, path: string): ObjectForm {
  const keys = Object.keys(value);
  if (!keys.some((key) => key.startsWith('$'))) return { kind: 'members', members: value };
  const { $bytes, $kvlist, $object, members } = value;
  if (keys.length === 1) {
    if (typeof $bytes === 'string' && isBase64($bytes)) return { kind: 'bytes', base64: $bytes };
    if (isList($kvlist) && $kvlist.every(isPair)) return { kind: 'pairs', pairs: $kvlist };
  }
  if (keys.length === 2 && typeof $object === 'string' && isMembers(members)) {
    return { kind: 'structure', name: $object, members };
  }
  throw new CodecError(
    `${path} has a key that begins with $; such keys are reserved for { $bytes: base64 }, ` +
      '{ $kvlist: [[key, value], ...] } and { $object: name, members }',
  );
}

/** Whether a value is a list. */
export function isList(value: TcpValue | undefined): value is readonly TcpValue[] {
  return Array.isArray(value);
}

/** True for an integer that a signed 32-bit field carries. */
export function isInt32(value: number): boolean {
  return (value | 0) === value;
}

/** Canonical base64 only, so that what was sent reads the same when it comes back. */
export function isBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') === text;
}

/** Adds a key that must be new. @throws {CodecError} naming the key that comes twice */
export function setMember(members: { [key: string]: TcpValue }, key: string, value: TcpValue, path: string): void {
  if (Object.hasOwn(members, key)) throw new CodecError(`${path} has "${key}" twice`);
  putMember(members, key, value);
}

/** Adds a key that is known to be new. */
export function putMember(members: { [key: string]: TcpValue }, key: string, value: TcpValue): void {
  if (key === '__proto__') Object.defineProperty(members, key, { value, enumerable: true, configurable: true });
  else members[key] = value;
}

function isMembers(value: TcpValue | undefined): value is Members {
  return typeof value === 'object' && value !== null && !isList(value);
}

function isPair(value: TcpValue): value is Pair {
  return isList(value) && value.length === 2 && typeof value[0] === 'string';
}
