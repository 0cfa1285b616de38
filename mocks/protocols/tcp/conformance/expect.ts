import { show } from '../../../../contracts/matching/values.ts';
import type { TcpMessage } from '../../../../contracts/messages/tcp.ts';
import type { Frame } from '../codec.ts';
import { flawIf } from './flaw.ts';

/** @param where begins the sentence of what is wrong. @throws {Flaw} when the frames are not just these messages */
export function expectMessages(frames: readonly Frame[], sent: readonly TcpMessage[], where = ''): void {
  for (const [at, message] of sent.entries()) {
    const frame = frames[at];
    flawIf(frame?.kind !== 'message', () => `${where}${message.name} came back as ${told(frame)}`);
    if (frame?.kind === 'message') expectSame(frame.message, message, where);
  }
  const more = frames.slice(sent.length);
  flawIf(more.length > 0, () => `${where}after ${sent.at(-1)?.name} came ${kinds(more)}, which nobody sent`);
}

/** @throws {Flaw} when the frames are not just these */
export function expectFrames(frames: readonly Frame[], sent: readonly Frame[], where: string): void {
  for (const [at, frame] of sent.entries()) {
    const differs = difference(frame, frames[at], '$');
    flawIf(
      differs !== undefined,
      () => `${where}frame ${at + 1}, ${frame.kind}, came back as ${told(frames[at])}: ${differs}`,
    );
  }
  flawIf(frames.length > sent.length, () => `${where}${frames.length} frames came back of ${sent.length}`);
}

function expectSame(got: TcpMessage, sent: TcpMessage, where: string): void {
  const differs =
    difference(sent.name, got.name, '$.name') ??
    difference(sent.referenceId, got.referenceId, '$.referenceId') ??
    difference(sent.attributes, got.attributes, '$.attributes');
  flawIf(differs !== undefined, () => `${where}${sent.name} came back changed: ${differs}`);
}

/** The first difference of two values in words, the order of keys included. */
export function difference(sent: unknown, got: unknown, path: string): string | undefined {
  if (sent === got || Object.is(sent, got)) return undefined;
  if (!isObject(sent) || !isObject(got) || Array.isArray(sent) !== Array.isArray(got)) {
    return `${path}: sent ${show(sent)}, got ${show(got)}`;
  }
  const [keys, gotKeys] = [Object.keys(sent), Object.keys(got)];
  const lost = keys.find((key) => !Object.hasOwn(got, key));
  if (lost !== undefined) return `${path}.${lost} is missing`;
  const added = gotKeys.find((key) => !Object.hasOwn(sent, key));
  if (added !== undefined) return `${path}.${added} was never sent`;
  for (const key of keys) {
    const inner = difference(sent[key], got[key], `${path}.${key}`);
    if (inner !== undefined) return inner;
  }
  const isSameOrder = keys.every((key, at) => key === gotKeys[at]);
  return isSameOrder
    ? undefined
    : `the keys of ${path} were sent as ${keys.join(', ')} and came as ${gotKeys.join(', ')}`;
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null;
}

function told(frame: Frame | undefined): string {
  if (frame === undefined) return 'nothing';
  return frame.kind === 'unreadable' ? `unreadable (${frame.reason})` : frame.kind;
}

/** What frames are, in words. */
export function kinds(frames: readonly Frame[]): string {
  return frames.map(({ kind }) => kind).join(', ') || 'nothing';
}
