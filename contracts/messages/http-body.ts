import type { HttpBody, HttpPart } from './http.ts';

/** The kind of body that a content type announces; decides the logical form (see `HttpBody`). */
export type BodyKind = 'json' | 'form' | 'multipart' | 'text' | 'binary';

/** The kind of a content type; without one a body is text where it is UTF-8, else binary. */
export function bodyKind(contentType: string | undefined, bytes?: Uint8Array): BodyKind {
  if (contentType === 'application/json') return 'json';
  if (contentType === undefined) return bytes === undefined || isUtf8(bytes) ? 'text' : 'binary';
  const mediaType = mediaTypeOf(contentType);
  if (mediaType === 'application/json' || mediaType === 'text/json' || mediaType.endsWith('+json')) return 'json';
  if (mediaType === 'application/x-www-form-urlencoded') return 'form';
  if (mediaType.startsWith('multipart/')) return 'multipart';
  return isText(contentType) ? 'text' : 'binary';
}

/** Whether a content type is read as text. */
export function isText(contentType: string): boolean {
  const mediaType = mediaTypeOf(contentType);
  return (
    mediaType.startsWith('text/') ||
    mediaType.endsWith('+xml') ||
    mediaType.endsWith('+json') ||
    ['application/json', 'application/xml', 'application/javascript'].includes(mediaType)
  );
}

/**
 * The encoding of a text by the charset that its content type names: ISO-8859-1 (of which US-ASCII is a part), UTF-16LE, or
 * UTF-8, which is also the one where another or none is named.
 */
export function textEncoding(contentType: string | undefined): BufferEncoding {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType ?? '')?.[1]?.toLowerCase() ?? '';
  return charsets.get(charset) ?? 'utf8';
}

const charsets: ReadonlyMap<string, BufferEncoding> = new Map([
  ['iso-8859-1', 'latin1'],
  ['latin1', 'latin1'],
  ['us-ascii', 'latin1'],
  ['utf-16le', 'utf16le'],
]);

/** A logical body as bytes: what a peer reads back as the same logical body. */
export function encodeBody(contentType: string | undefined, body: HttpBody | undefined): Buffer {
  const written = writeBody(contentType, body);
  return typeof written === 'string' ? Buffer.from(written) : written;
}

/** As {@link encodeBody}, still as text where the bytes are UTF-8. */
export function writeBody(contentType: string | undefined, body: HttpBody | undefined): string | Buffer {
  if (body === undefined) return '';
  switch (bodyKind(contentType)) {
    case 'json':
      return isMalformedJson(body) ? body : JSON.stringify(body);
    case 'form':
      return isRecord(body) ? formatFields(body) : String(body);
    case 'multipart':
      return Array.isArray(body) ? formatMultipart(contentType ?? '', body) : String(body);
    case 'binary':
      return Buffer.from(String(body), 'base64');
    default:
      return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body), textEncoding(contentType));
  }
}

/** The fields of a query or a form as they are sent; a list gives its name more than once. */
export function formatFields(record: Readonly<Record<string, unknown>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(record)) {
    for (const each of [value].flat()) parameters.append(name, String(each));
  }
  return parameters.toString();
}

/**
 * Parts as a `multipart/form-data` body, divided by the boundary that the content type names (RFC 7578).
 * @throws {TypeError} when the content type names no boundary
 */
export function formatMultipart(contentType: string, parts: readonly unknown[]): Buffer {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) throw new TypeError(`the content type "${contentType}" names no multipart boundary`);
  const chunks = parts.flatMap((each) => {
    const { name, filename, contentType: type, body } = each as HttpPart;
    const file = filename === undefined ? '' : `; filename="${filename}"`;
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\nContent-Type: ${type}\r\n\r\n`;
    return [Buffer.from(head), Buffer.from(body, isText(type) ? 'utf8' : 'base64'), Buffer.from('\r\n')];
  });
  return Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]);
}

function mediaTypeOf(contentType: string): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** A text that begins like an object or a list and is none: a body that breaks its content type, to be sent as it is. */
function isMalformedJson(body: HttpBody): body is string {
  if (typeof body !== 'string' || !/^\s*[[{]/.test(body)) return false;
  try {
    JSON.parse(body);
    return false;
  } catch {
    return true;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
