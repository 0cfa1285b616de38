import { http, HttpResponse as MswResponse } from 'msw/http';
import type { MockServer } from '../../adapter.ts';
import { type HttpLimits, httpLimits } from './limits.ts';
import { Resolver, type ResolverOptions } from './resolver.ts';
import { logicalRequest, wireResponse } from './wire.ts';

/** A mock in the form of MSW handlers, with the controls that a listening mock has. */
export interface MswMock extends Omit<MockServer, 'address'> {
  /** For `setupServer(...mock.handlers)` of `msw/node`. */
  handlers: ReturnType<typeof http.all>[];
}

/**
 * A service's mock for use inside the process that calls it.
 * @param options.origin where the caller believes the service to be, `http://voice-config:9100`
 */
export function mswHandlers(options: ResolverOptions & { origin: string }, limits: HttpLimits = httpLimits): MswMock {
  const resolver = new Resolver(options, limits);
  const handler = http.all(`${options.origin}/*`, async ({ request }) => {
    const { pathname, search } = new URL(request.url);
    const bytes = new Uint8Array(await request.arrayBuffer());
    const logical = await logicalRequest(request.method, pathname + search, Object.fromEntries(request.headers), bytes);
    const reply = await resolver.answer(logical, request.signal);
    if ('fault' in reply) return MswResponse.error();
    const { headers, bytes: body } = wireResponse(reply, request.method);
    return new MswResponse(body.length === 0 ? null : Uint8Array.from(body), { status: reply.status, headers });
  });
  return {
    handlers: [handler],
    setState: (state) => resolver.setState(state),
    exchanges: () => resolver.exchanges(),
    settled: () => resolver.settled(),
    clear: () => resolver.clear(),
    close: () => resolver.close(),
  };
}
