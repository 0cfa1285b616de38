import { dialect } from '../../../contracts/dialect.ts';
import type { StateHandler } from '../../adapter.ts';
import { changed, without } from '../../common/changed.ts';
import { callEvents, dataChanged } from './call-events.ts';
import { entriesOf } from './streams.ts';
import type { Entry, RqWorld, StreamEvent } from './world.ts';

const { roles } = dialect.tcp.rq;

type Params = Parameters<StateHandler<RqWorld>>[1];

function count(params: Params, name: string): number {
  const value = params[name];
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw new Error(`the state's parameter ${name} must be a number from 0 up, not ${JSON.stringify(value)}`);
}

function streamOf({ stream }: Params): string {
  if (typeof stream === 'string' && stream !== '') return stream;
  throw new Error(`the state's parameter stream must be the name of a stream, not ${JSON.stringify(stream)}`);
}

/** The event that is named, as often as is asked for. */
function eventsOf(params: Params): StreamEvent[] {
  const known = [...callEvents, dataChanged];
  const found = known.find(({ event }) => event === params.event);
  if (found !== undefined) return Array<StreamEvent>(count(params, 'count')).fill(found);
  const names = known.map(({ event }) => event).join(', ');
  throw new Error(`the fixture world has ${names}; ${JSON.stringify(params.event)} is asked for`);
}

function withStream({ streams }: RqWorld, params: Params, events: readonly StreamEvent[]): Pick<RqWorld, 'streams'> {
  return { streams: new Map(streams).set(streamOf(params), entriesOf(events)) };
}

function nodeIn(role: string): StateHandler<RqWorld> {
  return (world, params) => changed(world, { node: count(params, 'node'), pair: count(params, 'pair'), role });
}

/** The provider states of the Voice RQ Service. */
export const states: Readonly<Record<string, StateHandler<RqWorld>>> = {
  'the node is active': nodeIn(roles.active),
  'the node is on standby': nodeIn(roles.standby),
  // The streams lie in Redis, so the other node of the pair finds them as they were.
  'the node has taken over its pair': nodeIn(roles.active),
  'the node stops before it answers': (world) => changed(world, { stops: true }),
  'the node leaves commands unanswered': (world, params) => changed(world, { unanswered: count(params, 'commands') }),
  'the pair elects its node anew': (world, params) =>
    changed(world, { pair: count(params, 'pair'), refusals: count(params, 'refusals') }),
  'Redis behind the node is down': (world) => changed(world, { redisUp: false }),

  'the node has no stream': (world) => changed(world, { streams: new Map() }),
  'the node holds as many streams as it can': (world) => changed(world, { maxStreams: world.streams.size }),
  'there is no such stream': (world, params) => changed(world, { streams: without(world.streams, streamOf(params)) }),
  'the stream is open': (world, params) => changed(world, withStream(world, params, [])),
  'the stream holds events': (world, params) => changed(world, withStream(world, params, eventsOf(params))),
  'the stream holds the events of a call': (world, params) => {
    const [{ entryId: firstEntry }] = entriesOf(callEvents) as [Entry, ...Entry[]];
    return { ...changed(world, withStream(world, params, callEvents)), values: { firstEntry } };
  },
  'events are added while the stream is read': (world, params) =>
    changed(world, { upcoming: new Map(world.upcoming).set(streamOf(params), eventsOf(params)) }),
};
