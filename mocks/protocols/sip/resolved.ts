import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type Address, UnreachableError } from '../../adapter.ts';
import { errorCode } from '../../error-code.ts';

/** The IP address of a host, which SIPp needs; an error where it has none. */
export async function resolved({ host, port }: Pick<Address, 'host' | 'port'>): Promise<string | UnreachableError> {
  if (isIP(host) !== 0) return host;
  try {
    return (await lookup(host, 4)).address;
  } catch (cause) {
    return new UnreachableError(`nobody answers at ${host}:${port} (${errorCode(cause)}); is that its name?`, {
      cause,
    });
  }
}
