import type { TcpValue } from '../../../contracts/messages/tcp.ts';
import { CodecError, type Frame } from './codec.ts';
import { isBase64, isInt32, type Members, maxDepth, type Pair, setMember } from './special-values.ts';

const plain = /[^\\#{}[\](),:'>*@]*/y;
const escapable = "\\#{}[](),:'>*@";
const number = /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/;
const constants: ReadonlyMap<string, TcpValue> = new Map<string, TcpValue>([
  ['null', null],
  ['true', true],
  ['false', false],
]);

/** Reads a line. @param size of its frame, in bytes. @throws {CodecError} saying what is expected at which character */
export function readFrame(line: string, size: number): Frame {
  return new LineReader(line).frame(size);
}

class LineReader {
  readonly #line: string;
  #at = 0;

  constructor(line: string) {
    this.#line = line;
  }

  frame(size: number): Frame {
    const isControl = this.#takes('>');
    const name = this.#word();
    const referenceId = !isControl && this.#takes('#') ? this.#referenceId() : undefined;
    this.#expect('{');
    const attributes = this.#members(name, 0);
    if (this.#at < this.#line.length) this.#fail('the end of the line');
    if (isControl) return controlFrame(name, attributes);
    const message = referenceId === undefined ? { name, attributes } : { name, referenceId, attributes };
    return { kind: 'message', message, size };
  }

  #referenceId(): number {
    const text = this.#word();
    const id = Number(text);
    if (!/^-?\d+$/.test(text) || !isInt32(id) || id === 0) {
      throw new CodecError(`"${text}" is no reference id, a signed 32-bit integer other than 0`);
    }
    return id;
  }

  /** Up to the closing brace; the opening one has been taken. */
  #members(path: string, depth: number): Members {
    const members: { [key: string]: TcpValue } = {};
    for (const [key, value] of this.#pairs('}', depth)) {
      if (key.startsWith('$')) throw new CodecError(`${path} has the key "${key}" in braces; such keys are reserved`);
      setMember(members, key, value, path);
    }
    return members;
  }

  #pairs(close: string, depth: number): Pair[] {
    return this.#until(close, () => {
      const key = this.#word();
      this.#expect(':');
      return [key, this.#value(key, depth)];
    });
  }

  #until<T>(close: string, readItem: () => T): T[] {
    const items: T[] = [];
    if (this.#takes(close)) return items;
    do items.push(readItem());
    while (this.#takes(','));
    this.#expect(close);
    return items;
  }

  #value(path: string, depth: number): TcpValue {
    if (depth > maxDepth) throw new CodecError(`${path} is nested deeper than ${maxDepth} levels`);
    if (this.#takes("'")) return this.#word();
    if (this.#takes('{')) return this.#members(path, depth + 1);
    if (this.#takes('[')) return this.#until(']', () => this.#value(path, depth + 1));
    if (this.#takes('(')) return { $kvlist: this.#pairs(')', depth + 1) };
    if (this.#takes('*')) return { $bytes: this.#base64(path) };
    if (this.#takes('@')) return this.#structure(path, depth);
    return this.#constant(path);
  }

  #base64(path: string): string {
    const text = this.#word();
    if (!isBase64(text)) throw new CodecError(`${path} is no base64`);
    return text;
  }

  #structure(path: string, depth: number): TcpValue {
    const $object = this.#word();
    this.#expect('{');
    return { $object, members: this.#members(path, depth + 1) };
  }

  #constant(path: string): TcpValue {
    const text = this.#word();
    const constant = constants.get(text);
    if (constant !== undefined) return constant;
    const value = Number(text);
    if (number.test(text) && Number.isFinite(value)) return value;
    throw new CodecError(`${path} is ${text === '' ? 'nothing' : `"${text}"`}; a text begins with an apostrophe`);
  }

  #word(): string {
    let word = this.#plain();
    while (this.#line[this.#at] === '\\') {
      const escaped = this.#line[this.#at + 1] ?? '';
      if (escaped !== 'n' && (escaped === '' || !escapable.includes(escaped))) this.#fail('an escaped character');
      this.#at += 2;
      word += (escaped === 'n' ? '\n' : escaped) + this.#plain();
    }
    return word;
  }

  #plain(): string {
    plain.lastIndex = this.#at;
    const [text = ''] = plain.exec(this.#line) ?? [];
    this.#at += text.length;
    return text;
  }

  #takes(character: string): boolean {
    if (this.#line[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #expect(character: string): void {
    if (!this.#takes(character)) this.#fail(`"${character}"`);
  }

  #fail(expected: string): never {
    const found = this.#line[this.#at];
    throw new CodecError(
      `expected ${expected} at character ${this.#at + 1}, got ${found === undefined ? 'the end of the line' : `"${found}"`}`,
    );
  }
}

function controlFrame(kind: string, { code, text }: Members): Frame {
  if (kind === 'poll' || kind === 'poll-reply') return { kind };
  if (kind === 'close' && typeof code === 'number' && typeof text === 'string') return { kind, code, text };
  if (kind === 'codec-error' && typeof text === 'string') return { kind, text };
  throw new CodecError(
    `">${kind}" is no control frame; those are poll, poll-reply, close{code,text} and codec-error{text}`,
  );
}
