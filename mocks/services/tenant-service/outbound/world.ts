import type { TcpMessage } from '../../../../contracts/messages/tcp.ts';

export type GroupStatus = 'unloaded' | 'loaded' | 'running';

/** A campaign group by its two DBIDs. */
export interface Group {
  campaign: number;
  group: number;
  status: GroupStatus;
}

/** A session that is told what changes without its doing. */
export interface OutboundClient {
  tell(message: TcpMessage): void;
}

/** The part of the world that Outbound Contact Server knows. */
export interface OutboundWorld {
  /** The groups that were ever loaded. */
  groups: readonly Group[];
  readonly outboundClients: Set<OutboundClient>;
}

/** No group loaded. */
export function createOutbound(): OutboundWorld {
  return { groups: [], outboundClients: new Set() };
}
