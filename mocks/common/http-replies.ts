import type { HttpResponse } from '../../contracts/messages/http.ts';

/** An error in the envelope of the services inside the cluster. */
export function refuse(code: number, message: string, headers: Record<string, string> = {}): HttpResponse {
  return {
    status: code,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: { status: { code, message } },
  };
}

/** What the caller's sidecar says when the service behind it is gone. */
export function noUpstream(): HttpResponse {
  return { status: 503, headers: { 'content-type': 'text/plain' }, body: 'no healthy upstream' };
}
