import { destination, documented, type ProviderState } from '../contract.ts';
import { type KafkaCompression, type KafkaRefusal, kafkaCompressions } from '../messages/kafka.ts';
import {
  type KafkaContent,
  type KafkaInteraction,
  protocolGuide,
  type RecordTemplate,
  topicExists,
  waits,
  written,
} from './kafka-steps.ts';

/** Pieces that the contracts of records share: the batches that carry records, of which readers know nothing. */

const endToEnd =
  'Apache Kafka, design, "End-to-end Batch Compression": gzip, snappy, lz4 and zstd; the broker validates what it is sent, the consumer decompresses it';

const [uncompressed, ...codecs] = kafkaCompressions;
/** Records that wait for a reader, the first four of them in batches of the four codecs. */
export const inEveryCompression = (records: readonly RecordTemplate[]): ProviderState[] =>
  records.map((record, at) => waits({ ...record, compression: codecs[at] ?? uncompressed }));

/** Why a reader may be relied on to know them all. */
export const readersDecompress = documented(endToEnd);

const onlyBrokers = {
  side: 'destination',
  reason: 'a source may compress as it likes, and a broker that kept the record does not tell readers how',
} as const;

/**
 * A broker takes a record in a batch of any compression, and gives readers the record. Of a source nothing is asked: in all other
 * interactions its records are judged by what readers get, however it has compressed them.
 */
export const anyCompression = (record: RecordTemplate): KafkaInteraction => ({
  description: 'a record is read as it was written, whatever the compression of its batch',
  basis: documented(endToEnd),
  given: [topicExists(record.topic)],
  steps: kafkaCompressions.flatMap((compression) => [
    written({ ...record, compression }),
    destination<KafkaContent>({ acknowledged: true }),
  ]),
  only: onlyBrokers,
});

/** A batch that is not as it was sent is no batch. */
export const damagedBatch = (record: RecordTemplate): KafkaInteraction => {
  const corrupt: KafkaRefusal = { error: 'CORRUPT_MESSAGE', code: 2, topic: record.topic };
  return {
    description: 'a record whose batch is damaged on its way is refused, compressed or not',
    basis: documented(`${protocolGuide}: 2 CORRUPT_MESSAGE; a batch has a checksum`),
    given: [topicExists(record.topic)],
    steps: (['none', 'gzip'] satisfies KafkaCompression[]).flatMap((compression) => [
      written({ ...record, compression, damaged: true }),
      destination<KafkaContent>(corrupt),
    ]),
    negative: true,
    only: {
      side: 'destination',
      reason: 'what a broker refuses leaves nothing behind, and no client damages what it sends',
    },
  };
};
