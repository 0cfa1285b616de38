import type { Contract, Interaction, Side } from '../contract.ts';
import type { Json } from '../matchers.ts';
import { kafkaProfile } from '../messages/kafka.ts';
import type { MessageProfile } from '../messages/profile.ts';
import { redisProfile } from '../messages/redis.ts';
import { rowOf } from '../parts.ts';
import { keyTemplate, type PathTemplate } from './fixture.ts';
import { escaped } from './pattern.ts';
import { below, type Place, placeOf, type Schema, schemaOf } from './schema.ts';
import type { Omitted, Origin } from './source.ts';

/** A part of a message, as a schema and as its example. */
export interface Shape {
  readonly schema: Schema;
  readonly example: Json;
}

/** A message that a system sends to a channel, or receives from one. */
export interface Message extends Origin {
  /** The contract, and the system that opens the connection. */
  readonly contract: Contract;
  readonly system: string;
  readonly action: 'send' | 'receive';
  readonly address: PathTemplate;
  readonly name: string;
  readonly payload: Shape;
  readonly headers?: Shape;
  readonly key?: Shape;
  /** The consumer group that receives it. */
  readonly group?: string;
}

/** The messages of a contract, and the interactions whose messages are left out. */
export interface Messages {
  messages: Message[];
  omitted: Omitted[];
}

type Found = Pick<Message, 'action' | 'address' | 'name' | 'payload' | 'headers' | 'key' | 'group'>;

/** One step of an interaction, taken apart. */
interface Said {
  from: Side;
  place: Place;
  example: Readonly<Record<string, Json>>;
}

/** What one wire has for messages. */
interface Wire {
  profile: MessageProfile;
  /** The messages in one step. */
  find(step: Said, all: readonly Said[]): Found[];
  /** Whether the server refuses what the step sends. */
  isRefused(step: Said, all: readonly Said[]): boolean;
}

function messagesOf(wire: Wire, contract: Contract): Messages {
  const result: Messages = { messages: [], omitted: [] };
  const { dials: system } = rowOf(contract);
  for (const interaction of contract.interactions) {
    const said = interaction.steps.map(({ from, content }): Said => {
      const place = placeOf(content, wire.profile.strict[from]);
      return { from, place, example: place.example as Said['example'] };
    });
    const reasons = new Set<string>();
    for (const step of said) {
      const found = wire.find(step, said);
      const reason = found.length === 0 ? undefined : reasonAgainst(interaction, wire.isRefused(step, said), step.from);
      if (reason !== undefined) reasons.add(reason);
      else {
        const origin = { connection: contract.connection, interaction, contract, system };
        result.messages.push(...found.map((each) => ({ ...origin, ...each })));
      }
    }
    if (reasons.size > 0) {
      const { description } = interaction;
      result.omitted.push({ connection: contract.connection, description, reason: [...reasons].join('; ') });
    }
  }
  return result;
}

function reasonAgainst({ negative }: Interaction, isRefused: boolean, from: Side): string | undefined {
  if (isRefused) return 'the server refuses the message, so it is never in the channel';
  if (negative && from === 'destination')
    return 'what a reader is given in a negative interaction is no promise of those who write';
  return undefined;
}

/** The records of a contract of Kafka. */
export function kafkaMessages(contract: Contract): Messages {
  return messagesOf(kafkaWire, contract);
}

/** The stream entries of a contract of Redis. */
export function redisMessages(contract: Contract): Messages {
  return messagesOf(redisWire, contract);
}

const kafkaWire: Wire = {
  profile: kafkaProfile,
  find({ from, place, example: { topic, value, group } }) {
    if (typeof topic !== 'string' || value === undefined) return [];
    const headers = below(place, 'headers');
    return [
      {
        action: from === 'source' ? 'send' : 'receive',
        address: { template: topic, values: {} },
        name: nameIn(value, 'record'),
        payload: recordValue(below(place, 'value') as Place),
        key: recordKey(below(place, 'key') as Place),
        ...(headers === undefined ? {} : { headers: shapeOf(headers) }),
        ...(typeof group === 'string' ? { group } : {}),
      },
    ];
  },
  isRefused: ({ from, example: { topic } }, all) =>
    from === 'source' && all.some(({ example }) => example.error !== undefined && example.topic === topic),
};

const redisWire: Wire = {
  profile: redisProfile,
  find(step, all) {
    const { place, example } = step;
    if (example.command === 'XADD') return entry('send', String(example.key), below(place, 'fields'));
    const asked = all.find((other) => other.from === 'source' && isAnswer(step, other));
    const { command, key } = asked?.example ?? {};
    if (!readingCommands.has(String(command))) return [];
    return entriesBelow(below(place, 'reply')).flatMap((fields) => entry('receive', String(key), fields));
  },
  isRefused: (step, all) => all.some((other) => typeof other.example.error === 'string' && isAnswer(other, step)),
};

const readingCommands: ReadonlySet<string> = new Set(['XREAD', 'XREADGROUP', 'XCLAIM', 'XAUTOCLAIM']);

function isAnswer({ example: { to } }: Said, command: Said): boolean {
  return to !== undefined && to === redisProfile.title(command.example);
}

/** The fields of all entries in a reply; an entry that was trimmed away has none. */
function entriesBelow(reply: Place | undefined): Place[] {
  if (reply === undefined || typeof reply.example !== 'object' || reply.example === null) return [];
  const fields = below(reply, 'fields');
  if (fields !== undefined && below(reply, 'id') !== undefined) return fields.example === null ? [] : [fields];
  const keys = Array.isArray(reply.example) ? [...reply.example.keys()] : Object.keys(reply.example);
  return keys.flatMap((key) => entriesBelow(below(reply, key)));
}

function entry(action: Found['action'], key: string, fields: Place | undefined): Found[] {
  if (fields === undefined) return [];
  const name = nameIn(fields.example, 'entry');
  return [{ action, address: keyTemplate(key), name, payload: entryFields(fields) }];
}

/** Events name themselves in `id`. */
function nameIn(value: Json, otherwise: string): string {
  const { id } = (value ?? {}) as Readonly<Record<string, Json>>;
  return typeof id === 'string' ? id : otherwise;
}

function shapeOf(place: Place): Shape {
  return { schema: schemaOf(place), example: place.example };
}

/** A value as it is on the wire: what is no JSON is text, or bytes. */
function recordValue(value: Place): Shape {
  const text = below(value, '$text');
  if (text !== undefined) return shapeOf(text);
  const bytes = below(value, '$bytes');
  if (bytes === undefined) return shapeOf(value);
  return { schema: { ...schemaOf(bytes), contentEncoding: 'base64' }, example: bytes.example };
}

/** A key as it is on the wire: its two parts in one text. */
function recordKey(key: Place): Shape {
  const [tenant, subject] = [below(key, 'tenant'), below(key, 'subject')];
  if (tenant === undefined || subject === undefined) return shapeOf(key);
  const pattern = `^${[tenant, subject].map((part) => inner(schemaOf(part))).join(':')}$`;
  const example = `${tenant.example}:${subject.example}`;
  return { schema: { type: 'string', pattern, examples: [example] }, example };
}

/** What stands between `^` and `$` of a schema for text, or any text. */
function inner({ pattern, const: constant }: Schema): string {
  if (typeof constant === 'string') return escaped(constant);
  const [, found] = (typeof pattern === 'string' && /^\^([\s\S]*)\$$/.exec(pattern)) || [];
  return found === undefined ? '.*' : `(?:${found})`;
}

/** The fields of an entry as they are on the wire: all of them are text, objects and lists as JSON. */
function entryFields(fields: Place): Shape {
  const { schema, example } = shapeOf(fields);
  const parts = Object.entries(example as Readonly<Record<string, Json>>);
  const properties = schema.properties as Readonly<Record<string, Schema>> | undefined;
  const asText = parts.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
  if (properties === undefined) return { schema, example: Object.fromEntries(asText) };
  const typed = parts.map(([name, value]) => [
    name,
    typeof value === 'string' ? properties[name] : jsonText(properties[name]),
  ]);
  return { schema: { ...schema, properties: Object.fromEntries(typed) }, example: Object.fromEntries(asText) };
}

function jsonText(schema: Schema = {}): Schema {
  return { type: 'string', contentMediaType: 'application/json', contentSchema: schema };
}
