import type { Json } from '../../../contracts/matchers.ts';
import type { HttpResponse } from '../../../contracts/messages/http.ts';

const json = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'private, no-store' };

/** A page of the telephone; whatever it says, its status is 200. */
export function page(body: string): HttpResponse {
  return { status: 200, headers: { 'content-type': 'application/voicexml+xml', 'cache-control': 'no-store' }, body };
}

/** An answer on the web. */
export function ok(body: Json): HttpResponse {
  return { status: 200, headers: json, body };
}

/** An error on the web, in the envelope of the platform's public APIs. */
export function refuse(code: number, message: string, headers: Record<string, string> = {}): HttpResponse {
  return { status: code, headers: { ...json, ...headers }, body: { status: { code, message } } };
}
