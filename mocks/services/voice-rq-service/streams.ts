import { world as fixture } from '../../../contracts/world.ts';
import { without } from '../../common/changed.ts';
import type { Entry, Reader, RqWorld, StreamEvent } from './world.ts';

const idText = /^([0-9]+)(?:-([0-9]+))?$/;
const nowMs = fixture.now.sec * 1_000 + fixture.now.usec / 1_000;

/** The entries with the ids that a Redis stream gives within one millisecond, the one of the fixture world. */
export function entriesOf(events: readonly StreamEvent[]): Entry[] {
  return events.map((event, at) => ({ entryId: `${nowMs}-${at}`, ...event }));
}

/** Opens a stream with these events in it; one that is open gets them instead of its own. */
export function openStream(world: RqWorld, name: string, events: readonly StreamEvent[] = []): void {
  world.streams = new Map(world.streams).set(name, entriesOf(events));
}

/** Adds an event, and hands it to everybody who waits for it. @returns its id; undefined when there is no such stream */
export function addTo(world: RqWorld, name: string, event: StreamEvent): string | undefined {
  const entries = world.streams.get(name);
  if (entries === undefined) return undefined;
  const grown = entriesOf([...entries, event]);
  const added = grown.at(-1) as Entry;
  world.streams = new Map(world.streams).set(name, grown);
  for (const reader of readersOf(world, name)) reader.take(added);
  return added.entryId;
}

/** Ends a stream for its readers as well. @returns false when there is no such stream */
export function closeStream(world: RqWorld, name: string): boolean {
  if (!world.streams.has(name)) return false;
  world.streams = without(world.streams, name);
  for (const reader of readersOf(world, name)) world.readers.delete(reader);
  return true;
}

/** Who still waits for the stream; those who are gone are forgotten. */
function readersOf({ readers }: RqWorld, name: string): Reader[] {
  for (const reader of readers) if (reader.signal.aborted) readers.delete(reader);
  return [...readers].filter(({ stream }) => stream === name);
}

/** The entries that stand behind an id, which may lack its sequence. @returns undefined for something that is no id */
export function entriesBehind(entries: readonly Entry[], id: string): readonly Entry[] | undefined {
  const from = parsed(id);
  return from && entries.filter(({ entryId }) => isBehind(parsed(entryId) as Id, from));
}

type Id = readonly [ms: number, sequence: number];

function parsed(id: string): Id | undefined {
  const [whole, ms, sequence = '0'] = idText.exec(id) ?? [];
  return whole === undefined ? undefined : [Number(ms), Number(sequence)];
}

function isBehind([ms, sequence]: Id, from: Id): boolean {
  return ms > from[0] || (ms === from[0] && sequence > from[1]);
}
