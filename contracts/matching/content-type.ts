/** First bytes that show a type, as Latin-1 text. */
const signatures: readonly (readonly [type: string, start: string])[] = [
  ['image/png', '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', '\xff\xd8\xff'],
  ['image/gif', 'GIF'],
  ['image/bmp', 'BM'],
  ['application/pdf', '%PDF'],
  ['application/zip', 'PK\x03\x04'],
  ['application/gzip', '\x1f\x8b'],
  ['audio/mpeg', 'ID3'],
  ['audio/ogg', 'OggS'],
];

/** The tags that a browser takes for the beginning of HTML (WHATWG MIME Sniffing, section 7.1). */
const html =
  /^\s*<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p)(?=[\s>])|^\s*<!--/i;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** What begins like a JSON document is taken for one, well-formed or not. */
const json = /^\s*(?:true|false|null|[0-9]|"|\{\s*(?:\}|"\w)|\[)/;

/** The media types that the bytes may be taken for; all bytes without a zero are text, and JSON is plain text as well. */
export function contentTypesOf(bytes: Uint8Array): string[] {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 16)).toString('latin1');
  const signature = signatures.find(([, start]) => head.startsWith(start));
  if (signature !== undefined) return [signature[0]];
  if (head.startsWith('RIFF') && head.startsWith('WAVE', 8)) return ['audio/x-wav'];
  if (bytes.includes(0)) return ['application/octet-stream'];
  const text = Buffer.from(bytes).toString('utf8');
  if (html.test(text)) return ['text/html'];
  if (/^\s*<\?xml/.test(text)) return ['text/xml'];
  if (/^\s*<\w/.test(text)) return ['text/plain', 'application/xml'];
  return json.test(text) ? ['text/plain', 'application/json'] : ['text/plain'];
}

/** Text that reads as base64 is decoded first, as Pact does: JSON has no other way to carry bytes. */
export function bytesOf(content: string | Uint8Array): Uint8Array {
  if (typeof content !== 'string') return content;
  return base64.test(content) ? Buffer.from(content, 'base64') : Buffer.from(content, 'utf8');
}
