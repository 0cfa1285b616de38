import { httpProfile } from '../../../contracts/messages/http.ts';
import type { ProtocolAdapter } from '../../adapter.ts';
import { play } from './play.ts';
import { startServer } from './server.ts';
import { startTap } from './tap.ts';

/** HTTP/1.1, in clear and over TLS. */
export const adapter: ProtocolAdapter = {
  profile: httpProfile,
  play,
  serve: (options) => startServer(options),
  tap: (listen, forward) => startTap(listen, forward),
};
