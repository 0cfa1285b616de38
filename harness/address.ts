import { getCACertificates } from 'node:tls';
import type { ProtocolName } from '../contracts/architecture.ts';
import type { Address } from '../mocks/adapter.ts';
import { UsageError } from './errors.ts';

/** The URL schemes by which an address of a protocol may be written. */
const schemes: Readonly<Record<ProtocolName, readonly string[]>> = {
  TCP: ['tcp'],
  HTTP: ['http'],
  HTTPS: ['https'],
  Redis: ['redis'],
  Kafka: ['kafka', 'kafkas'],
  Postgres: ['postgres', 'postgresql'],
  'SIP/TCP': ['sip', 'tcp'],
  'SIP/UDP': ['sip', 'udp'],
};

/** Those of them that mean TLS by themselves. */
const tlsSchemes: readonly string[] = ['https', 'kafkas'];

/**
 * Reads an address such as `http://127.0.0.1:9100`, `redis://user:password@127.0.0.1:6379` or `127.0.0.1:8888`.
 * An `https` or `kafkas` address, and one of PostgreSQL with `?sslmode=verify-full`, trusts what Node trusts: its own
 * authorities and those of the file that NODE_EXTRA_CA_CERTS names.
 * @throws {UsageError} when it is no address, lacks a port, or names another protocol's scheme
 */
export function parseAddress(text: string, protocol: ProtocolName): Address {
  const allowed = schemes[protocol];
  const example = `${allowed[0]}://127.0.0.1:9100`;
  const withScheme = /^[a-z]+:\/\//i.test(text) ? text : `${allowed[0]}://${text.replace(/^sip:/, '')}`;
  const scheme = withScheme.slice(0, withScheme.indexOf(':')).toLowerCase();
  if (!allowed.includes(scheme)) {
    throw new UsageError(`"${text}" is not an address for ${protocol}; expected something like ${example}`);
  }
  let url: URL;
  try {
    // Only the schemes that the URL standard calls special keep host and port apart in every case.
    url = new URL(withScheme.replace(/^[a-z]+:/i, 'http:'));
  } catch (cause) {
    throw new UsageError(`"${text}" is not an address; expected something like ${example}`, { cause });
  }
  const defaultPort = scheme === 'https' ? 443 : scheme === 'http' ? 80 : 0;
  const port = url.port === '' ? defaultPort : Number(url.port);
  if (port === 0) throw new UsageError(`"${text}" has no port; expected something like ${example}`);
  const { user, password } = loginOf(url, text, example);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    ...(user === '' ? {} : { user }),
    ...(password === '' ? {} : { password }),
    ...(tlsSchemes.includes(scheme) || (protocol === 'Postgres' && isTls(url, text))
      ? { ca: getCACertificates('default').join('\n') }
      : {}),
    ...(url.pathname.length > 1 && protocol === 'Postgres' ? { database: url.pathname.slice(1) } : {}),
  };
}

/** Of the modes of libpq that encrypt, only the one that also looks who the server is. */
function isTls({ searchParams }: URL, text: string): boolean {
  const mode = searchParams.get('sslmode') ?? 'disable';
  if (mode === 'disable' || mode === 'verify-full') return mode === 'verify-full';
  throw new UsageError(`"${hidden(text)}": sslmode is "${mode}"; expected "verify-full", or "disable" for no TLS`);
}

/** The address as it was written, but for its password. */
function hidden(text: string): string {
  return text.replace(/:[^:@/]*@/, ':...@');
}

function loginOf({ username, password }: URL, text: string, example: string): { user: string; password: string } {
  try {
    return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch (cause) {
    throw new UsageError(
      `the login in "${hidden(text)}" is not percent-encoded as in a URL; expected something like ${example}`,
      { cause },
    );
  }
}

/** An address as a URL, without its password. */
export function formatAddress({ host, port, user }: Address, protocol: ProtocolName): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `${schemes[protocol][0]}://${user === undefined ? '' : `${encodeURIComponent(user)}@`}${name}:${port}`;
}
