import { types } from 'node:util';

/**
 * The code of a system error (`EADDRINUSE`, `ENOENT`); undefined for anything else. Not `instanceof`: in Jest, Node's own
 * errors come from another realm than the code that catches them.
 */
export function errorCode(error: unknown): string | undefined {
  if (!types.isNativeError(error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** What an error says, whatever was thrown. */
export function errorMessage(error: unknown): string {
  return types.isNativeError(error) ? error.message : String(error);
}
