import type { TcpMessage, TcpValue } from '../../../contracts/messages/tcp.ts';
import { CodecError, type ControlFrame } from './codec.ts';
import { formOf, isInt32, isList, maxDepth, type Pair } from './special-values.ts';

/** What has a meaning of its own in a line, and is escaped where it is part of a word. */
const special = /[\\#{}[\](),:'>*@\n]/g;

/** A message as a line without its end. @throws {CodecError} naming the attribute that has no form */
export function messageText({ name, referenceId, attributes }: TcpMessage): string {
  if (referenceId !== undefined && (!isInt32(referenceId) || referenceId === 0)) {
    throw new CodecError(`${name}: reference id ${referenceId} is not a signed 32-bit integer other than 0`);
  }
  const reference = referenceId === undefined ? '' : `#${referenceId}`;
  return `${word(name)}${reference}{${pairsText(Object.entries(attributes), name, 0)}}`;
}

/** A control frame as a line without its end. */
export function controlText({ kind, ...members }: ControlFrame): string {
  return `>${kind}{${pairsText(Object.entries(members), kind, 0)}}`;
}

function word(text: string): string {
  if (!text.isWellFormed()) throw new CodecError('a string holds half of a surrogate pair, which UTF-8 cannot carry');
  return text.replace(special, (each) => (each === '\n' ? '\\n' : `\\${each}`));
}

function pairsText(pairs: readonly Pair[], path: string, depth: number): string {
  return pairs.map(([key, value]) => `${word(key)}:${valueText(value, `${path}.${key}`, depth)}`).join(',');
}

function valueText(value: TcpValue, path: string, depth: number): string {
  if (depth > maxDepth) throw new CodecError(`${path} is nested deeper than ${maxDepth} levels`);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return `'${word(value)}`;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new CodecError(`${path} is ${value}, which no message carries`);
    return String(value);
  }
  if (typeof value !== 'object') throw new CodecError(`${path} is ${typeof value}, which no message carries`);
  if (isList(value)) return `[${value.map((item, at) => valueText(item, `${path}[${at}]`, depth + 1)).join(',')}]`;
  const form = formOf(value, path);
  switch (form.kind) {
    case 'members':
      return `{${pairsText(Object.entries(form.members), path, depth + 1)}}`;
    case 'pairs':
      return `(${pairsText(form.pairs, path, depth + 1)})`;
    case 'bytes':
      return `*${form.base64}`;
    case 'structure':
      return `@${word(form.name)}{${pairsText(Object.entries(form.members), path, depth + 1)}}`;
  }
}
