import type { Redis } from 'ioredis';
import type { ServiceMock } from '../../adapter.ts';

/** What a state handler of Redis works on: the server itself, through the harness's own connection. */
export interface RedisWorld {
  admin: Redis;
  /**
   * Has clients that ask for TLS shown a certificate that they have no reason to trust.
   * @returns the authority that they are told to trust instead, as PEM, and what ends it
   * @throws {UnattainableStateError} on a server of somebody else's
   */
  showForeignCertificate(): Promise<{ ca: string; end: () => void }>;
}

/** Redis answers by itself; its mock only knows how to put it into a state. */
export type RedisServiceMock = ServiceMock<RedisWorld>;
