import { http, HttpResponse as MswResponse } from 'msw/http';
import type { MockServer } from '../../adapter.ts';
import { BodyError } from './body.ts';
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
  const { plainWorld } = resolver;
  const handler = http.all(`${options.origin}/*`, async ({ request }) => {
    const { pathname, search } = new URL(request.url);
    const bytes = new Uint8Array(await request.arrayBuffer());
    const { method } = request;
    try {
      const logical = await logicalRequest(method, pathname + search, Object.fromEntries(request.headers), bytes);
      const reply = await resolver.answer(logical, request);
      if ('fault' in reply) return MswResponse.error();
      const { headers, bytes: body } = wireResponse(reply, method);
      return new MswResponse(body.length === 0 ? null : Uint8Array.from(body), { status: reply.status, headers });
    } catch (error) {
      if (!(error instanceof BodyError)) throw error;
      resolver.record(new Error(`${method} ${pathname}${search}: ${error.message}`, { cause: error }));
      return MswResponse.text(error.message, { status: error.status });
    }
  });
  return {
    handlers: [handler],
    setState: (state) => resolver.setState(state),
    exchanges: () => resolver.exchanges(),
    settled: () => resolver.settled(),
    clear: () => resolver.clear(),
    ...(plainWorld && { inspect: () => plainWorld.inspect(), reset: async () => resolver.reset() }),
    close: () => resolver.close(),
  };
}
