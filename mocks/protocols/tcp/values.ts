import type { TcpValue } from '../../../contracts/messages/tcp.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import { CodecError } from './codec.ts';
import { formOf, isInt32, isList, type Members, maxDepth, type Pair, putMember, setMember } from './special-values.ts';

/** The type tag before each value. An enumeration member is read as its name and written as a string. */
const tag = {
  int32: 1,
  int64: 2,
  float64: 3,
  boolean: 4,
  string: 5,
  bytes: 6,
  kvlist: 7,
  list: 8,
  object: 9,
  enumeration: 10,
  timestamp: 11,
  null: 12,
} as const;

const int64Text = /^[0-9a-f]{16}$/;

/** Writes a value with its tag. @param path for the error. @throws {CodecError} naming the path */
export function writeValue(writer: ByteWriter, value: TcpValue, path: string, depth = 0): void {
  if (depth > maxDepth) throw new CodecError(`${path} is nested deeper than ${maxDepth} levels`);
  if (value === null) writer.uint8(tag.null);
  else if (typeof value === 'number') writeNumber(writer, value, path);
  else if (typeof value === 'string') writeString(writer, value);
  else if (typeof value === 'boolean') writeBoolean(writer, value);
  else if (typeof value !== 'object') throw new CodecError(`${path} is ${typeof value}, which no message carries`);
  else if (isList(value)) writeList(writer, value, path, depth);
  else writeObject(writer, value, path, depth);
}

function writeBoolean(writer: ByteWriter, value: boolean): void {
  writer.uint8(tag.boolean);
  writer.uint8(value ? 1 : 0);
}

function writeNumber(writer: ByteWriter, value: number, path: string): void {
  if (isInt32(value)) {
    writer.uint8(tag.int32);
    writer.int32(value);
  } else if (Number.isFinite(value)) {
    writer.uint8(tag.float64);
    writer.float64(value);
  } else {
    throw new CodecError(`${path} is ${value}, which no message carries`);
  }
}

function writeString(writer: ByteWriter, value: string): void {
  if (value.length === 16 && int64Text.test(value)) {
    writer.uint8(tag.int64);
    writer.int64(BigInt.asIntN(64, BigInt(`0x${value}`)));
  } else {
    writer.uint8(tag.string);
    writer.longString(value);
  }
}

function writeList(writer: ByteWriter, list: readonly TcpValue[], path: string, depth: number): void {
  writer.uint8(tag.list);
  writer.uint32(list.length);
  for (const [index, value] of list.entries()) writeValue(writer, value, `${path}[${index}]`, depth + 1);
}

function writeObject(writer: ByteWriter, value: Members, path: string, depth: number): void {
  const form = formOf(value, path);
  switch (form.kind) {
    case 'members':
      if (isTimestamp(form.members)) {
        writer.uint8(tag.timestamp);
        writer.int64(BigInt(form.members.sec));
        writer.int32(form.members.usec);
      } else {
        writer.uint8(tag.kvlist);
        writePairs(writer, Object.entries(form.members), path, depth);
      }
      break;
    case 'bytes':
      writer.uint8(tag.bytes);
      writer.bytes(Buffer.from(form.base64, 'base64'));
      break;
    case 'pairs':
      writer.uint8(tag.kvlist);
      writePairs(writer, form.pairs, path, depth);
      break;
    case 'structure':
      writer.uint8(tag.object);
      writer.shortString(form.name);
      writePairs(writer, Object.entries(form.members), path, depth);
  }
}

/** Only in this order, so that the members come back in the order in which they were sent. */
function isTimestamp(value: Members): value is { sec: number; usec: number } {
  const [first, second, third] = Object.keys(value);
  if (first !== 'sec' || second !== 'usec' || third !== undefined) return false;
  const { sec, usec } = value;
  return Number.isSafeInteger(sec) && typeof usec === 'number' && isInt32(usec);
}

function writePairs(writer: ByteWriter, pairs: readonly Pair[], path: string, depth: number): void {
  writer.uint32(pairs.length);
  for (const [key, value] of pairs) {
    writer.shortString(key);
    writeValue(writer, value, `${path}.${key}`, depth + 1);
  }
}

/** Reads a tag and its value. @throws {CodecError} naming the path */
export function readValue(reader: ByteReader, path: string, depth = 0): TcpValue {
  if (depth > maxDepth) throw new CodecError(`${path} is nested deeper than ${maxDepth} levels`);
  const type = reader.uint8(path);
  switch (type) {
    case tag.int32:
      return reader.int32(path);
    case tag.int64:
      return BigInt.asUintN(64, reader.int64(path)).toString(16).padStart(16, '0');
    case tag.float64:
      return readFloat(reader, path);
    case tag.boolean:
      return reader.uint8(path) !== 0;
    case tag.string:
      return reader.longString(path);
    case tag.bytes:
      return { $bytes: reader.bytes(path).toString('base64') };
    case tag.kvlist:
      return readKvlist(reader, path, depth);
    case tag.list:
      return readList(reader, path, depth);
    case tag.object:
      return { $object: reader.shortString(path), members: readMembers(reader, path, depth) };
    case tag.enumeration:
      return reader.shortString(path);
    case tag.timestamp:
      return readTimestamp(reader, path);
    case tag.null:
      return null;
    default:
      throw new CodecError(`${path} has type tag ${type}; known tags are 1 to 12`);
  }
}

function readFloat(reader: ByteReader, path: string): number {
  const value = reader.float64(path);
  if (!Number.isFinite(value)) throw new CodecError(`${path} is ${value}, which no message carries`);
  return value;
}

function readTimestamp(reader: ByteReader, path: string): TcpValue {
  const sec = Number(reader.int64(path));
  if (!Number.isSafeInteger(sec)) throw new CodecError(`${path} is a time ${sec} s from 1970, beyond 2^53`);
  return { sec, usec: reader.int32(path) };
}

/** Reads a count of parts, of which each takes a byte at least: a count that lies is found before room is made for it. */
function readCount(reader: ByteReader, path: string): number {
  const count = reader.uint32(path);
  if (count > reader.left) throw new CodecError(`${path} announces ${count} parts in ${reader.left} bytes`);
  return count;
}

function readList(reader: ByteReader, path: string, depth: number): TcpValue[] {
  const list: TcpValue[] = [];
  for (let count = readCount(reader, path); count > 0; count -= 1) {
    list.push(readValue(reader, `${path}[]`, depth + 1));
  }
  return list;
}

function readPairs(reader: ByteReader, path: string, depth: number, count: number): [string, TcpValue][] {
  const pairs: [string, TcpValue][] = [];
  for (let left = count; left > 0; left -= 1) {
    const key = reader.shortString(path);
    pairs.push([key, readValue(reader, key, depth + 1)]);
  }
  return pairs;
}

function readMembers(reader: ByteReader, path: string, depth: number): Members {
  const members: { [key: string]: TcpValue } = {};
  for (let count = readCount(reader, path); count > 0; count -= 1) {
    const key = reader.shortString(path);
    setMember(members, key, readValue(reader, key, depth + 1), path);
  }
  return members;
}

/** An object where every key is new and plain; the pairs themselves otherwise, so that nothing is lost. */
function readKvlist(reader: ByteReader, path: string, depth: number): TcpValue {
  const members: { [key: string]: TcpValue } = {};
  /** The keys in their order, where the object does not tell it: it puts those that are numbers first. */
  let keys: string[] | undefined;
  for (let count = readCount(reader, path); count > 0; count -= 1) {
    const key = reader.shortString(path);
    const value = readValue(reader, key, depth + 1);
    if (key.startsWith('$') || Object.hasOwn(members, key)) {
      const before = (keys ?? Object.keys(members)).map((each) => [each, members[each] as TcpValue] as const);
      return { $kvlist: [...before, [key, value], ...readPairs(reader, path, depth, count - 1)] };
    }
    if (keys === undefined && beginsWithDigit(key)) keys = Object.keys(members);
    keys?.push(key);
    putMember(members, key, value);
  }
  return members;
}

function beginsWithDigit(key: string): boolean {
  const code = key.charCodeAt(0);
  return code >= 0x30 && code <= 0x39;
}
