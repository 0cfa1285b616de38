import type { ServiceMock } from '../../adapter.ts';
import type { Nodes } from './nodes.ts';

/** What a state handler of Redis works on: the server itself, through the harness's own connections. */
export interface RedisWorld {
  nodes: Nodes;
  /**
   * Has clients that ask for TLS shown a certificate that they have no reason to trust.
   * @returns the authority that they are told to trust instead, as PEM, and what ends it
   * @throws {UnattainableStateError} on a server of somebody else's
   */
  showForeignCertificate(): Promise<{ ca: string; end: () => void }>;
}

/** Redis answers by itself; its mock only knows how to put it into a state. */
export type RedisServiceMock = ServiceMock<RedisWorld>;
