import { createHash } from 'node:crypto';
import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';

/** The entity tag of a recording: of its content, so that a copy has the same. */
export function etagOf(audio: Uint8Array): string {
  return `"${createHash('sha256').update(audio).digest('hex').slice(0, 32)}"`;
}

/**
 * Answers with a recording: all of it, a range, its headers only, or 304 when the client has it (RFC 9110, sections 13 and 14).
 * @param own what the answer says besides; with an `etag` the client may ask whether it has changed
 */
export function recording(request: HttpRequest, audio: Buffer, own: Record<string, string>): HttpResponse {
  const { method, headers = {} } = request;
  if (own.etag !== undefined && knows(headers['if-none-match'], own.etag)) return { status: 304, headers: own };
  const described = { ...own, 'content-type': 'audio/wav', 'accept-ranges': 'bytes' };
  if (method === 'HEAD') return { status: 200, headers: { ...described, 'content-length': String(audio.length) } };
  const range = rangeOf(headers.range, audio.length);
  if (range === undefined) return { status: 200, headers: described, body: audio.toString('base64') };
  const [first, last] = range;
  if (first > last) return { status: 416, headers: { 'content-range': `bytes */${audio.length}` } };
  return {
    status: 206,
    headers: { ...described, 'content-range': `bytes ${first}-${last}/${audio.length}` },
    body: audio.subarray(first, last + 1).toString('base64'),
  };
}

function knows(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((each) => each.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}

/** First and last byte of the one range asked for; first above last when there is no such byte. */
function rangeOf(header: string | undefined, length: number): [first: number, last: number] | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  // What is no range is as if it were not there (RFC 9110, section 14.2).
  if ((from === '' && to === '') || (from !== '' && to !== '' && Number(from) > Number(to))) return undefined;
  if (from === '') return [Number(to) === 0 ? length : Math.max(length - Number(to), 0), length - 1];
  return [Number(from), Math.min(to === '' ? length : Number(to), length - 1)];
}
