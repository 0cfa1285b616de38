import type { Redis } from 'ioredis';
import type { ServiceMock } from '../../adapter.ts';

/** What a state handler of Redis works on: the server itself, through the harness's own connection. */
export interface RedisWorld {
  admin: Redis;
}

/** Redis answers by itself; its mock only knows how to put it into a state. */
export type RedisServiceMock = ServiceMock<RedisWorld>;
