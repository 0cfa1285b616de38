import type { HttpBody } from '../../../contracts/messages/http.ts';
import { bodyKind } from '../../../contracts/messages/http-body.ts';
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
      return fields(utf8.decode(bytes));
    case 'binary':
      return Buffer.from(bytes).toString('base64');
    default:
      return utf8.decode(bytes);
  }
}

/** The fields of a query or a form; a name that comes more than once has a list. */
export function fields(encoded: string): Record<string, string | string[]> {
  const values = new Map<string, string | string[]>();
  for (const [name, value] of new URLSearchParams(encoded)) {
    const known = values.get(name);
    values.set(name, known === undefined ? value : [...[known].flat(), value]);
  }
  return Object.fromEntries(values);
}

function parseJson(text: string): HttpBody {
  try {
    return JSON.parse(text) as HttpBody;
  } catch {
    return text;
  }
}
