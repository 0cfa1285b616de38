import { describe, expect, test } from '@jest/globals';
import requestsWritten from '../connections/48-frontend-service--kafka.ts';
import callsWritten from '../connections/50-voice-sip-cluster-service--kafka.ts';
import requestsRead from '../connections/55-kafka-2-x--agent-state-service.ts';
import callsRead from '../connections/56-call-state-service--kafka.ts';
import type { Contract, Interaction } from '../contract.ts';
import { Conversation, judge } from '../conversation.ts';
import type { Json } from '../matchers.ts';
import { type Compiled, compile, match } from '../matching.ts';
import { type KafkaDelivery, type KafkaRecord, kafkaProfile } from '../messages/kafka.ts';

type Value = Readonly<Record<string, Json>>;
type WrittenRecord = Omit<KafkaRecord, 'value'> & { value: Value };

const kept = ({ interactions }: Contract) => interactions.filter(({ negative }) => negative === undefined);

/** What a source writes that keeps the contract. */
function recordsOf(interaction: Interaction): WrittenRecord[] {
  const conversation = new Conversation(interaction, kafkaProfile);
  const records: WrittenRecord[] = [];
  for (let next = conversation.nextFromSource(); next !== undefined; next = conversation.nextFromSource()) {
    records.push(next as WrittenRecord);
    conversation.feed({ from: 'source', content: next, atMs: 0 });
  }
  return records;
}

/** What readers rely on in a record of this name. */
function templatesFor(reader: Contract, id: Json | undefined): Compiled[] {
  return kept(reader)
    .flatMap(({ steps }) => steps.filter(({ from }) => from === 'destination'))
    .map(({ content }) => compile(content))
    .filter(({ example }) => ((example as unknown as KafkaDelivery).value as Value | null)?.id === id);
}

/** Whether the reader finds in the record what it relies on. */
function isRead(reader: Contract, group: string, record: WrittenRecord): boolean {
  return templatesFor(reader, record.value.id).some(
    (template) => match(template, { group, ...record }, { strict: [], bindings: new Map() }).length === 0,
  );
}

function without({ value, ...record }: WrittenRecord, name: string): WrittenRecord {
  const { [name]: _, ...rest } = value;
  return { ...record, value: rest };
}

describe.each<[string, Contract, Contract, string, readonly string[]]>([
  [
    'row 48 writes and row 55 reads',
    requestsWritten as Contract,
    requestsRead as Contract,
    'agentstate',
    ['RequestAgentLogin', 'RequestAgentReady', 'RequestAgentNotReady', 'RequestAgentLogout'],
  ],
  [
    'row 50 writes and row 56 reads',
    callsWritten as Contract,
    callsRead as Contract,
    'callthread',
    ['EventRinging', 'EventEstablished', 'EventReleased'],
  ],
])('%s', (_, writer, reader, group, names) => {
  const written = kept(writer).flatMap((interaction) =>
    recordsOf(interaction).map((record, at) => ({ interaction, record, at })),
  );
  const firstOf = (id: string) => {
    const found = written.find(({ record }) => record.value.id === id);
    if (found === undefined) throw new Error(`nobody writes ${id}`);
    return found;
  };

  test('the reader relies on nothing that the writer does not write', () => {
    const shared = written.filter(({ record }) => names.includes(String(record.value.id)));
    expect(new Set(shared.map(({ record }) => record.value.id))).toEqual(new Set(names));
    for (const { record } of shared) expect([record, isRead(reader, group, record)]).toEqual([record, true]);
  });

  test.each(names)('%s that has drifted is seen on both sides, attribute by attribute', (id) => {
    const { interaction, record, at } = firstOf(id);
    const relied = templatesFor(reader, id)
      .slice(0, 1)
      .flatMap(({ example }) => Object.keys((example as unknown as WrittenRecord).value));
    expect(relied.length).toBeGreaterThan(5);
    for (const name of relied) {
      const drifted = without(record, name);
      const messages = recordsOf(interaction)
        .with(at, drifted)
        .map((content) => ({ from: 'source' as const, content, atMs: 0 }));
      const mismatches = judge(interaction, messages, kafkaProfile, 'source');
      expect([name, isRead(reader, group, drifted)]).toEqual([name, false]);
      expect([name, mismatches.length > 0]).toEqual([name, true]);
    }
  });

  test.each<[string, (record: WrittenRecord) => KafkaRecord]>([
    ['another topic', (record) => ({ ...record, topic: 'voice-elsewhere' })],
    ['a key without the tenant', (record) => ({ ...record, key: 'somebody' })],
    ['another subject in the key', (record) => ({ ...record, key: { tenant: 'x', subject: 'y' } })],
    ['a time that is text', (record) => ({ ...record, value: { ...record.value, time: '2025-10-09T08:53:20Z' } })],
  ])('a record with %s is not what the reader relies on', (_name, drift) => {
    const { record } = firstOf(names[0] as string);
    expect(isRead(reader, group, record)).toBe(true);
    expect(isRead(reader, group, drift(record) as WrittenRecord)).toBe(false);
  });
});
