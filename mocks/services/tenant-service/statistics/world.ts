import type { TcpMessage } from '../../../../contracts/messages/tcp.ts';

/** A statistic that somebody is told of. */
export interface OpenStatistic {
  /** The agent it is about, by employee id. */
  agentId: string;
  /** The state of the agent, or a number. */
  kind: 'state' | 'number';
  /** What was told last, by which a change is known. */
  lastTold: string | undefined;
  tell(attributes: TcpMessage['attributes']): void;
}

/** The part of the world that Stat Server knows. */
export interface StatisticsWorld {
  readonly openStatistics: Set<OpenStatistic>;
  /** True: a value goes out before the word that its statistic is open. */
  valuesComeFirst: boolean;
}

/** No statistic open. */
export function createStatistics(): StatisticsWorld {
  return { openStatistics: new Set(), valuesComeFirst: false };
}
