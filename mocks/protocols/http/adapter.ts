import { httpProfile } from '../../../contracts/messages/http.ts';
import type { Attachable, Carries, ProtocolAdapter, Respells } from '../../adapter.ts';
import { openLine } from './line.ts';
import { play } from './play.ts';
import { respell } from './respell.ts';
import { startServer } from './server.ts';
import { isHttpServiceMock } from './service.ts';
import { startTap } from './tap.ts';

/** HTTP/1.1, in clear and over TLS. */
export const adapter: ProtocolAdapter & Attachable & Respells & Carries = {
  profile: httpProfile,
  play,
  serve: (options) => startServer(options),
  tap: (listen, forward) => startTap(listen, forward),
  respell,
  openLine,
  attaches: (service) => isHttpServiceMock(service) && service.inFrontOf !== undefined,
  attach: async ({ at, service, ...options }) => {
    const gateway = isHttpServiceMock(service) ? service.inFrontOf?.(at) : undefined;
    if (gateway === undefined) throw new TypeError(`the mock of ${service.system} is no gateway to a running server`);
    return startServer({ ...options, service: gateway, listen: { host: '127.0.0.1', port: 0 } });
  },
};
