import { describe, expect, test } from '@jest/globals';
import interactionServer from '../connections/07-interaction-server--redis.ts';
import tenantReader from '../connections/14-redis-6-x--tenant-service.ts';
import sipEvents from '../connections/40-voice-sip-cluster-service--redis.ts';
import routing from '../connections/45-ors--redis.ts';
import orsReader from '../connections/46-ors--redis.ts';
import newCalls from '../connections/49-voice-sip-cluster-service--redis.ts';
import registrations from '../connections/52-voice-registrar-service--redis.ts';
import agentEvents from '../connections/54-agent-state-service--redis.ts';
import agentStateOnKafka from '../connections/55-kafka-2-x--agent-state-service.ts';
import type { Contract } from '../contract.ts';
import { type Compiled, compile, match } from '../matching.ts';
import type { RedisContent } from '../messages/redis.ts';
import { callbackStart, orsEntry } from './ors-stream.ts';

type Fields = Readonly<Record<string, unknown>>;
type Half = Contract<RedisContent>;

/** An entry of a stream as one side has it, and where. */
interface Entry {
  where: string;
  compiled: Compiled;
  /** What the template gives when it is written. */
  fields: Fields;
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const without = (fields: Fields, name: string): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([each]) => each !== name));

function entryOf(where: string, template: unknown): Entry {
  const compiled = compile(template);
  return { where, compiled, fields: compiled.example as Fields };
}

/** Every step of a side, with where it stands. */
function stepsOf({ connection, interactions }: Half, side: 'source' | 'destination') {
  return interactions.flatMap(({ description, steps }) =>
    steps
      .filter(({ from }) => from === side)
      .map(({ content }) => ({ where: `${connection}: ${description}`, content: content as Fields })),
  );
}

/** What a producer writes. */
function written(contract: Half): Entry[] {
  return stepsOf(contract, 'source').flatMap(({ where, content: { command, fields } }) =>
    command === 'XADD' && isFields(fields) && 'body' in fields ? [entryOf(where, fields)] : [],
  );
}

/** What a reader takes: the entries in the replies to its reads, but for those that are there to be refused, word for word. */
function taken(contract: Half): Entry[] {
  return stepsOf(contract, 'destination').flatMap(({ where, content: { reply } }) =>
    (Array.isArray(reply) ? (reply as readonly Fields[]) : [])
      .flatMap(({ fields }) => (isFields(fields) ? [entryOf(where, fields)] : []))
      .filter(({ compiled }) => Object.keys(compiled.rules).length > 0),
  );
}

const fits = ({ compiled }: Entry, fields: Fields) =>
  match(compiled, fields, { strict: [], bindings: new Map() }).length === 0;

/** Every field of an entry and every attribute of its body taken away, one at a time. */
function drifted({ fields }: Entry): [what: string, fields: Fields][] {
  const body = fields.body as Fields;
  return [
    ...Object.keys(fields).map((name): [string, Fields] => [name, without(fields, name)]),
    ...Object.keys(body).map((name): [string, Fields] => [`body.${name}`, { ...fields, body: without(body, name) }]),
  ];
}

/** The Genesys Engagement Service writes to the stream of ORS too, and the table has no row for it. */
const callbacks: Entry[] = [entryOf('Genesys Engagement Service', orsEntry(callbackStart))];

const halves = [
  {
    title: 'the stream of new calls and interactions',
    written: [newCalls, interactionServer].flatMap(written).concat(callbacks),
    taken: taken(orsReader),
  },
  {
    title: 'the bus of the tenant',
    written: [sipEvents, routing, registrations, agentEvents].flatMap(written),
    taken: taken(tenantReader),
  },
];

describe.each(halves)('$title', (half) => {
  test('has both halves', () => {
    expect(Math.min(half.written.length, half.taken.length)).toBeGreaterThan(5);
  });

  test.each(half.written)('an entry of "$where" is taken by its reader', ({ fields }) => {
    expect(half.taken.filter((each) => fits(each, fields))).not.toEqual([]);
  });

  test.each(half.taken)('"$where" takes what somebody writes', (entry) => {
    expect(half.written.filter(({ fields }) => fits(entry, fields))).not.toEqual([]);
  });

  test.each(half.taken)('"$where" refuses an entry that has drifted', (entry) => {
    const refused = drifted(entry).map(([what, fields]) => [what, fits(entry, fields)]);
    expect(refused.length).toBeGreaterThanOrEqual(10);
    expect(refused).toEqual(refused.map(([what]) => [what, false]));
  });

  test.each(half.written)(
    'an entry of "$where" that has lost part of its envelope is taken by nobody',
    ({ fields }) => {
      for (const name of Object.keys(fields)) {
        expect([name, half.taken.filter((each) => fits(each, without(fields, name)))]).toEqual([name, []]);
      }
    },
  );
});

describe('what Redis and Kafka carry of an agent agrees', () => {
  const shared = ['id', 'AgentID', 'ThisDN', 'time'];
  const onKafka = agentStateOnKafka.interactions
    .flatMap(({ steps }) => steps)
    .map(({ content }) => (content as { value?: unknown }).value)
    .filter(isFields)
    .map((value) => compile(value));
  /** Whether a record of the event on Kafka has this body, as far as both carriers have to agree. */
  const agrees = (event: unknown, body: Fields) =>
    onKafka
      .filter(({ example }) => isFields(example) && example.id === event)
      .some((each) =>
        match(each, body, { strict: [], bindings: new Map() }).every(
          ({ path }) => !shared.some((name) => path === `$.${name}` || path.startsWith(`$.${name}.`)),
        ),
      );

  test.each(written(agentEvents))('$where: $fields.id', ({ fields }) => {
    const body = fields.body as Fields;
    expect(agrees(fields.id, body)).toBe(true);
    const lost = shared.map((name) => [name, agrees(fields.id, without(body, name))]);
    expect(lost).toEqual(shared.map((name) => [name, false]));
  });
});
