import { createHmac } from 'node:crypto';
import type { StorageAccount } from './account.ts';

/** What of a request is signed. */
export interface SignedRequest {
  method: string;
  /** As it is sent: the path still percent-encoded. Host and scheme are not signed. */
  url: string | URL;
  /** Names in lower case, values as they are sent. */
  headers: Readonly<Record<string, string>>;
  account: StorageAccount;
}

/** The headers that are signed by their place; the others are signed by name when they begin with `x-ms-`. */
const signedHeaders = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-md5',
  'content-type',
  'date',
  'if-modified-since',
  'if-match',
  'if-none-match',
  'if-unmodified-since',
  'range',
] as const;

/**
 * The value of the Authorization header by Shared Key, for the Blob service of version 2015-02-21 and later.
 * Source: Microsoft, "Authorize with Shared Key" (Azure Storage REST API).
 */
export function signSharedKey(request: SignedRequest): string {
  const { name, key } = request.account;
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(stringToSign(request), 'utf8');
  return `SharedKey ${name}:${signature.digest('base64')}`;
}

/** What the signature is made of, "Constructing the signature string" on the same page. */
export function stringToSign({ method, url, headers, account }: SignedRequest): string {
  const placed = signedHeaders.map((name) => placedHeader(name, headers));
  return [method.toUpperCase(), ...placed, ...namedHeaders(headers), resource(account.name, url)].join('\n');
}

function placedHeader(name: (typeof signedHeaders)[number], headers: SignedRequest['headers']): string {
  const value = headers[name] ?? '';
  // A length of zero is signed as if it were not stated, and x-ms-date stands for Date.
  if (name === 'content-length' && value === '0') return '';
  if (name === 'date' && headers['x-ms-date'] !== undefined) return '';
  return value;
}

function namedHeaders(headers: SignedRequest['headers']): string[] {
  return Object.keys(headers)
    .filter((name) => name.startsWith('x-ms-'))
    .sort()
    .map((name) => `${name}:${(headers[name] ?? '').trim()}`);
}

function resource(account: string, url: string | URL): string {
  const { pathname, searchParams } = new URL(url, 'http://storage.invalid');
  const parameters = new Map<string, string[]>();
  for (const [name, value] of searchParams) {
    const key = name.toLowerCase();
    parameters.set(key, [...(parameters.get(key) ?? []), value]);
  }
  const lines = [...parameters.keys()].sort().map((name) => `${name}:${parameters.get(name)?.sort().join(',')}`);
  return [`/${account}${pathname}`, ...lines].join('\n');
}
