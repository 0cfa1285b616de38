import {
  type Connection,
  type MessageToProduce,
  type Producer,
  produceV8,
  Writer as Request,
} from '@platformatic/kafka';
import type { KafkaCompression } from '../../../contracts/messages/kafka.ts';
import type { Address } from '../../adapter.ts';
import { bareConnection } from './client.ts';

/** Produce is 0 in the list of requests of the protocol guide; version 8 is that of brokers from 2.4 on, and ends with the batch. */
const { key, version } = produceV8.api;
const PARTITION = 0;
const ALL_REPLICAS = -1;

/** A record, and how long the broker may take. */
export interface Damaged {
  message: MessageToProduce<Buffer, Buffer, Buffer, Buffer>;
  compression: KafkaCompression;
  timeoutMs: number;
}

/**
 * Sends a record in a batch whose last bit is not the one that its checksum was made of. No client does so.
 * @param producer knows where the topic is
 * @returns where the record is, if the broker took it @throws what the broker answered
 */
export async function sendDamaged(
  producer: Producer,
  at: Address,
  { message, compression, timeoutMs }: Damaged,
): Promise<{ partition: number; offset: bigint | undefined }> {
  const { topic, key: recordKey, value = Buffer.alloc(0) } = message;
  const record = { topic, ...(recordKey && { key: recordKey }), value, partition: PARTITION };
  const request = produceV8.createRequest(ALL_REPLICAS, timeoutMs, [record], { compression });
  const bytes = Buffer.from(request.buffer);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  const connection = bareConnection(at, timeoutMs);
  try {
    const { brokers, topics } = await producer.metadata({ topics: [topic] });
    const leader = brokers.get(topics.get(topic)?.partitions[PARTITION]?.leader ?? -1) ?? at;
    await connection.connect(leader.host, leader.port);
    const { responses } = await answer(connection, Request.create().append(bytes));
    return { partition: PARTITION, offset: responses[0]?.partitionResponses[0]?.baseOffset };
  } finally {
    await connection.close();
  }
}

async function answer(connection: Connection, request: Request): Promise<produceV8.ProduceResponse> {
  return await new Promise((resolve, reject) => {
    connection.send(
      key,
      version,
      () => request,
      produceV8.parseResponse,
      false,
      false,
      (error, response) => (error ? reject(error) : resolve(response as produceV8.ProduceResponse)),
    );
  });
}
