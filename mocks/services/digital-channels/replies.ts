import type { Json } from '../../../contracts/matchers.ts';
import type { HttpResponse } from '../../../contracts/messages/http.ts';

/** Success in the service's envelope. */
export function ok(data?: Json): HttpResponse {
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: { status: { code: 0 }, ...(data === undefined ? {} : { data }) },
  };
}
