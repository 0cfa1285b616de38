import { dialect } from '../../../contracts/dialect.ts';
import type { Json } from '../../../contracts/matchers.ts';
import type { HttpResponse } from '../../../contracts/messages/http.ts';
import { refuse } from '../../common/http-replies.ts';

const json = { 'content-type': 'application/json; charset=utf-8' };

/** Success, which is 200 for every operation of this service. */
export function ok(body: Json, headers: Record<string, string> = {}): HttpResponse {
  return { status: 200, headers: { ...json, ...headers }, body };
}

export function storeLost(): HttpResponse {
  const { retryAfterSeconds } = dialect.http.configService;
  return refuse(503, 'redis is not connected', { 'retry-after': String(retryAfterSeconds) });
}

/** The answer of a service that runs and lacks what it needs. */
export function unready(reason: string): HttpResponse {
  return { status: 503, headers: json, body: { level: 1, reasons: [reason] } };
}
