import type { HttpResponse } from '../../../contracts/messages/http.ts';

/** An error as a web server tells it to people. */
export function page(status: number, reason: string): HttpResponse {
  const title = `${status} ${reason}`;
  const body = `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`;
  return { status, headers: { 'content-type': 'text/html' }, body };
}
