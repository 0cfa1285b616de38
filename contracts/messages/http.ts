import type { FreePart } from '../contract.ts';
import type { Json } from '../matchers.ts';
import type { MessageProfile } from './profile.ts';

/**
 * A request in logical form. Header names are lower-case, several values of one header are joined with `, ` (RFC 9110,
 * section 5.3). The path is still percent-encoded, with upper-case digits (RFC 3986, section 6.2.2.1), and otherwise as it was
 * sent; query names and values are decoded. `CONNECT` has the authority that it asks for as its path.
 */
export interface HttpRequest {
  method: string;
  path: string;
  /** Absent means: no query at all. A name that comes more than once has a list. */
  query?: Record<string, string | string[]>;
  headers?: Record<string, string>;
  body?: HttpBody;
  /** The common name in the certificate that the source showed in the TLS handshake, where the destination trusts it. */
  clientCertificate?: string;
}

/** A response in logical form; headers and body as in {@link HttpRequest}. */
export interface HttpResponse {
  status: number;
  headers?: Record<string, string>;
  body?: HttpBody;
}

/** What the source got instead of a response. */
export interface HttpFault {
  /**
   * `timeout`: the source gave up waiting; `refused`: nobody listens; `tls`: the certificate was not accepted;
   * `closed`: the connection ended before the response did.
   */
  fault: 'timeout' | 'refused' | 'tls' | 'closed';
  /** What exactly, in the words of the runtime (`CERT_HAS_EXPIRED`). */
  detail?: string;
}

/**
 * A body by its content type: the parsed value for JSON types, a record of fields for `application/x-www-form-urlencoded`,
 * a list of {@link HttpPart} for `multipart/*`, text for all other text types (XML and HTML too), base64 for everything else. A
 * content coding (gzip) is taken off and put on again, except from bytes that are kept as base64.
 * A body that breaks its content type (JSON that does not parse) is kept as text, and text that begins like a JSON object or list
 * and is none is sent as it is. An empty body is absent.
 */
export type HttpBody = Json;

/** One part of a multipart body. */
export interface HttpPart {
  name: string;
  filename?: string;
  contentType: string;
  /** Text for text types, base64 for everything else. */
  body: string;
}

/** Every message of an HTTP connection. */
export type HttpMessage = HttpRequest | HttpResponse | HttpFault;

/** True for a request in logical form. */
export function isHttpRequest(content: unknown): content is HttpRequest {
  return typeof content === 'object' && content !== null && 'method' in content && 'path' in content;
}

/** True for a response in logical form. */
export function isHttpResponse(content: unknown): content is HttpResponse {
  return typeof content === 'object' && content !== null && 'status' in content;
}

/** True for what came instead of a response. */
export function isHttpFault(content: unknown): content is HttpFault {
  return typeof content === 'object' && content !== null && 'fault' in content;
}

/** What the HTTP stack of a peer sets by itself; whether it does is between the stacks (RFC 9110 and 9112). */
const stackHeaders: readonly FreePart[] = [
  ['host', 'the client library sets it from the address that is dialled; a server refuses a request without it'],
  ['connection', 'it is about the connection of two stacks, not about the message'],
  ['keep-alive', 'it is about the connection of two stacks, not about the message'],
  ['content-length', 'the stack frames a body by its length or in chunks; a wrong length ends the exchange'],
  ['transfer-encoding', 'the stack frames a body by its length or in chunks'],
  ['user-agent', 'it names the software'],
  ['server', 'it names the software'],
  ['date', "it is the clock of the peer's HTTP server"],
].map(([name, reason]) => ({ path: `$.headers.${name}`, reason: reason as string }));

const faultDetail: FreePart = { path: '$.detail', reason: 'the words of the runtime that met the fault' };

/** How HTTP messages are compared: as Pact does, strict in a request's query and body, loose in headers and in responses. */
export const httpProfile: MessageProfile = {
  strict: { source: ['$.query', '$.body'], destination: [] },
  identity: { source: ['$.method', '$.path', '$.query', '$.body'], destination: ['$.status', '$.fault'] },
  free: { source: stackHeaders, destination: [...stackHeaders, faultDetail] },
  title(content) {
    if (isHttpRequest(content)) return `${text(content.method)} ${text(content.path)}`;
    if (isHttpResponse(content)) return text(content.status);
    if (isHttpFault(content)) return `no response (${text(content.fault)})`;
    return 'not an HTTP message';
  },
};

/** A value or, where a template has a matcher in its place, the matcher's example. */
function text(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'value' in value) return text(value.value);
  return String(value);
}
