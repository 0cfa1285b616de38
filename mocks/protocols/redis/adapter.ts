import { redisProfile } from '../../../contracts/messages/redis.ts';
import type { Attachable, ProtocolAdapter } from '../../adapter.ts';
import { attach } from './attach.ts';
import { play } from './play.ts';
import { Relay } from './relay.ts';
import { serve } from './serve.ts';

/** Redis: the destination is always a real server, started or given. */
export const adapter: ProtocolAdapter & Attachable = {
  profile: redisProfile,
  play,
  serve,
  attach,
  tap: (listen, forward) => Relay.start(listen, forward),
};
