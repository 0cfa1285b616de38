import type { Contract, Interaction } from '../../../contracts/contract.ts';
import { compile } from '../../../contracts/matching.ts';

/** What a user may do. To read or write a topic or group is also to see that it is there. */
export interface Right {
  operation: 'READ' | 'WRITE';
  resource: 'TOPIC' | 'GROUP';
  name: string;
}

/** The parts of a message that say what somebody needs a right for. */
interface Concern {
  topic?: unknown;
  group?: unknown;
  leaves?: unknown;
  code?: unknown;
}

/** TOPIC_AUTHORIZATION_FAILED and GROUP_AUTHORIZATION_FAILED (Apache Kafka protocol guide, error codes). */
const TOPIC_REFUSED = 29;
const GROUP_REFUSED = 30;

/**
 * The rights of a connection's source: to write to the topics that its contract writes to, to read those that it reads, and
 * to be in the groups that it reads as. What the contract wants refused gives no right, nor does what it forbids.
 */
export function rights(contract: Contract): Right[] {
  const all = contract.interactions.flatMap(rightsOf);
  return [...new Map(all.map((right) => [JSON.stringify(right), right])).values()];
}

function rightsOf({ steps }: Interaction): Right[] {
  const concerns = steps.map(({ from, content }) => ({ from, ...(compile(content).example as Concern) }));
  const refused = new Set(
    concerns.flatMap(({ code, topic, group }) => {
      if (code === TOPIC_REFUSED) return [`TOPIC ${topic}`];
      return code === GROUP_REFUSED ? [`GROUP ${group}`, `TOPIC ${topic}`] : [];
    }),
  );
  return concerns
    .flatMap(({ from, group, topic, leaves }): Right[] => {
      if (group !== undefined) return [...reading('GROUP', group), ...reading('TOPIC', topic ?? leaves)];
      return from === 'source' && typeof topic === 'string'
        ? [{ operation: 'WRITE', resource: 'TOPIC', name: topic }]
        : [];
    })
    .filter(({ resource, name }) => !refused.has(`${resource} ${name}`));
}

function reading(resource: Right['resource'], name: unknown): Right[] {
  return typeof name === 'string' ? [{ operation: 'READ', resource, name }] : [];
}
