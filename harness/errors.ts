import { types } from 'node:util';

/** The user asked for something that cannot be: an unknown name, a number not in the table, a malformed address. Exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Whether a message says already what its cause says. */
function tells(message: string, cause: Error): boolean {
  const code = codeOf(cause);
  return message.includes(cause.message) || (code !== undefined && message.includes(code));
}

/** The sentence of an error, with those of its causes where they add something. */
export function sentenceOf(error: unknown): string {
  // Not instanceof: in Jest, Node's own errors come from another realm.
  if (!types.isNativeError(error)) return String(error);
  if (types.isNativeError(error.cause) && !tells(error.message, error.cause)) {
    return `${error.message.replace(/\.$/, '')}: ${sentenceOf(error.cause)}`;
  }
  return error.message;
}
