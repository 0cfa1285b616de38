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
  Kafka: ['kafka'],
  Postgres: ['postgres', 'postgresql'],
  'SIP/TCP': ['sip', 'tcp'],
  'SIP/UDP': ['sip', 'udp'],
};

/**
 * Reads an address such as `http://127.0.0.1:9100`, `redis://user:password@127.0.0.1:6379` or `127.0.0.1:8888`.
 * An `https` address trusts what Node trusts: its own authorities and those of the file that NODE_EXTRA_CA_CERTS names.
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
    ...(scheme === 'https' ? { ca: getCACertificates('default').join('\n') } : {}),
    ...(url.pathname.length > 1 && protocol === 'Postgres' ? { database: url.pathname.slice(1) } : {}),
  };
}

function loginOf({ username, password }: URL, text: string, example: string): { user: string; password: string } {
  try {
    return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch (cause) {
    const hidden = text.replace(/:[^:@/]*@/, ':...@');
    throw new UsageError(
      `the login in "${hidden}" is not percent-encoded as in a URL; expected something like ${example}`,
      { cause },
    );
  }
}

/** An address as a URL, without its password. */
export function formatAddress({ host, port, user }: Address, protocol: ProtocolName): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `${schemes[protocol][0]}://${user === undefined ? '' : `${encodeURIComponent(user)}@`}${name}:${port}`;
}
