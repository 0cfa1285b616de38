import type { HttpBody } from '../../../contracts/messages/http.ts';
import { bodyKind, textEncoding } from '../../../contracts/messages/http-body.ts';
import { parseMultipart } from './multipart.ts';

const utf8 = new TextDecoder();

/** Bytes in logical form. What its content type does not fit is kept as text, so that the mismatch shows it. */
export async function decodeBody(contentType: string | undefined, bytes: Uint8Array): Promise<HttpBody | undefined> {
  return bodyKind(contentType) === 'multipart' && bytes.length > 0
    ? ((await parseMultipart(contentType ?? '', bytes)) ?? utf8.decode(bytes))
    : decodeSimpleBody(contentType, bytes);
}

/** As {@link decodeBody}, at once, for every content type but `multipart/*`. */
export function decodeSimpleBody(contentType: string | undefined, bytes: Uint8Array): HttpBody | undefined {
  if (bytes.length === 0) return undefined;
  switch (bodyKind(contentType, bytes)) {
    case 'json':
      return parseJson(utf8.decode(bytes));
    case 'form':
      return fields(decodeText(contentType, bytes));
    case 'binary':
      return Buffer.from(bytes).toString('base64');
    default:
      return decodeText(contentType, bytes);
  }
}

function decodeText(contentType: string | undefined, bytes: Uint8Array): string {
  const encoding = textEncoding(contentType);
  return encoding === 'utf8' ? utf8.decode(bytes) : Buffer.from(bytes).toString(encoding);
}

/** The fields of a query or a form; a name that comes more than once has a list. */
export function fields(encoded: string): Record<string, string | string[]> {
  return isPlain(encoded) ? split(encoded) : decode(encoded);
}

function decode(encoded: string): Record<string, string | string[]> {
  const values = new Map<string, string | string[]>();
  for (const [name, value] of new URLSearchParams(encoded)) {
    const known = values.get(name);
    values.set(name, known === undefined ? value : [...[known].flat(), value]);
  }
  return Object.fromEntries(values);
}

/** Whether everything stands for itself, so that it can be split at a fraction of what decoding costs. */
function isPlain(encoded: string): boolean {
  return /^[\w.~:/@,;!=&-]*$/.test(encoded) && !encoded.includes('__proto__');
}

function split(plain: string): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = {};
  for (const pair of plain.split('&')) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    values[name] = Object.hasOwn(values, name) ? [values[name] ?? [], value].flat() : value;
  }
  return values;
}

function parseJson(text: string): HttpBody {
  try {
    return JSON.parse(text) as HttpBody;
  } catch {
    return text;
  }
}
