import type { ObservedMessage } from '../../contracts/conversation.ts';
import { equalJson, isArray, isObject } from '../../contracts/matching/values.ts';
import type { Line } from '../../mocks/adapter.ts';
import { withContent } from './messages.ts';
import type { Mutant } from './mutants.ts';
import { covers, parsePath, type Segments, valueAt, withValue } from './paths.ts';

/**
 * The record of a mutant as a peer would have it: the broken message is put on the wire and read at the other end.
 * @returns undefined where the wire cannot carry the break: it has no form of it, its reader takes none, or what arrives is another
 * break, or none (a Content-Length that is left out is put back by the stack)
 */
export async function carried({ messages, index, at }: Mutant, line: Line): Promise<ObservedMessage[] | undefined> {
  const broken = index === undefined ? undefined : messages[index];
  if (index === undefined || broken === undefined) return undefined;
  if (line.ownPaths.some((path) => covers(path, at))) return undefined;
  const content = await line.carry(broken.content);
  if (content === undefined || !holds(content, broken.content, line.ownPaths)) return undefined;
  // Of what was left out, nothing may have been put back.
  if (!equalJson(valueAt(content, at), valueAt(broken.content, at))) return undefined;
  return withContent(messages, index, withOwnOf(broken.content, content, line.ownPaths));
}

/** What came, with what the stacks set as it stands in the record: only the one break is to be judged. */
function withOwnOf(sent: unknown, came: unknown, ownPaths: readonly string[]): unknown {
  return ownPaths.reduce((content, path) => {
    const at = parsePath(path)?.map((token) => (token.kind === 'field' ? token.name : '')) ?? [];
    const value = valueAt(sent, at);
    return value === undefined ? content : withValue(content, at, value);
  }, came);
}

/** Whether all that was sent has come, but for what the stacks set; they may add to it (Host, Date). */
function holds(came: unknown, sent: unknown, ownPaths: readonly string[], at: Segments = []): boolean {
  if (ownPaths.some((path) => covers(path, at))) return true;
  if (isArray(sent)) {
    if (!isArray(came) || came.length !== sent.length) return false;
    return sent.every((item, index) => holds(came[index], item, ownPaths, [...at, index]));
  }
  if (!isObject(sent)) return equalJson(sent, came);
  if (!isObject(came)) return false;
  return Object.keys(sent).every((key) => holds(came[key], sent[key], ownPaths, [...at, key]));
}
