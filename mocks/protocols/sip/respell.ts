import { isSipRequest, isSipResponse, type SipMessage } from '../../../contracts/messages/sip.ts';
import type { Spelling } from '../../adapter.ts';
import { compactName } from './headers.ts';
import { parseSip, syntaxError } from './message.ts';
import { messageBytes, withPlace } from './written.ts';

/** Ways to write the header lines of a message (RFC 3261, sections 7.3.1 and 7.3.3). */
const ways: readonly (readonly [change: string, write: (lines: string[]) => string[]])[] = [
  ['compact header names', (lines) => lines.map((line) => renamed(line, (name) => compactName(name) ?? name))],
  ['header order', inOtherOrder],
  ['header case', (lines) => lines.map((line) => renamed(line, (name) => name.toUpperCase()))],
  ['space around the colon', (lines) => lines.map((line) => line.replace(':', ' : '))],
  ['folded headers', (lines) => lines.map((line) => line.replace(': ', ':\r\n '))],
];

/**
 * Writes a message in every other way that RFC 3261 allows, and reads it back.
 * @throws {SipSyntaxError} when our own parser does not take one of them
 */
export async function respell(content: unknown): Promise<Spelling[]> {
  if (!isSipRequest(content) && !isSipResponse(content)) return [];
  return ways.map(([change, write]) => ({ change, content: readBack(content, messageBytes(content, write)) }));
}

function renamed(line: string, rename: (name: string) => string): string {
  const end = line.indexOf(':');
  return `${rename(line.slice(0, end))}${line.slice(end)}`;
}

/** Rows of one name keep their order, which has a meaning (section 7.3.1). */
function inOtherOrder(lines: string[]): string[] {
  return [...Map.groupBy(lines, (line) => line.slice(0, line.indexOf(':'))).values()].reverse().flat();
}

function readBack(content: SipMessage, bytes: Buffer): SipMessage {
  const parsed = parseSip(bytes, content.headers.via?.transport === 'UDP' ? 'UDP' : 'TCP');
  if (parsed.content === undefined || parsed.violations.length > 0) throw syntaxError(parsed);
  return withPlace(parsed.content, content);
}
