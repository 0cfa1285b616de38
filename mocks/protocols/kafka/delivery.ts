import { compile, match } from '../../../contracts/matching.ts';
import type { KafkaMisdelivery, KafkaRecord } from '../../../contracts/messages/kafka.ts';
import type { LoggedRecord } from './reader.ts';
import { fromWire } from './records.ts';

/** A record that the broker acknowledged, and the place that it gave it. */
export interface Acknowledged {
  record: KafkaRecord;
  partition: number;
  offset: bigint;
}

/**
 * Holds what readers get against what was acknowledged: every record in its place, with its key, headers and value.
 * A header or time stamp that the producer did not set is the broker's own affair.
 * @param log what was read of the partitions concerned
 * @returns one message for each record that readers do not get as it was acknowledged
 */
export function misdeliveries(acknowledged: readonly Acknowledged[], log: readonly LoggedRecord[]): KafkaMisdelivery[] {
  const places = new Map(log.map((record) => [place(record.topic, record.partition, record.offset), record]));
  const found: KafkaMisdelivery[] = [];
  const last = new Map<string, Acknowledged>();
  for (const each of acknowledged) {
    const { record, partition, offset } = each;
    const logged = places.get(place(record.topic, partition, offset));
    const readersGet = logged === undefined ? null : fromWire(logged);
    const difference = differenceOf(record, readersGet) ?? turnedRound(each, last);
    if (difference !== undefined) found.push({ readersGet, acknowledged: record, difference });
  }
  return found;
}

function differenceOf(record: KafkaRecord, readersGet: KafkaRecord | null): string | undefined {
  if (readersGet === null) return `readers of topic ${record.topic} get nothing at its offset`;
  return match(compile({ ...record }), readersGet, { strict: ['$.key', '$.value'] })[0]?.message;
}

/** Records of one key lie in one partition, the later one behind the earlier one. */
function turnedRound(each: Acknowledged, last: Map<string, Acknowledged>): string | undefined {
  const key = `${each.record.topic} ${JSON.stringify(each.record.key)}`;
  const before = last.get(key);
  last.set(key, each);
  if (before === undefined || each.record.key === null) return undefined;
  if (before.partition === each.partition && before.offset < each.offset) return undefined;
  return `readers of topic ${each.record.topic} get it before the record of the same key that was written before it`;
}

function place(topic: string, partition: number, offset: bigint): string {
  return `${topic}/${partition}/${offset}`;
}
