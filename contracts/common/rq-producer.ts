import { assumed, type Interaction, type ProviderState, state } from '../contract.ts';
import { dialect } from '../dialect.ts';
import type { TcpMessage } from '../messages/tcp.ts';
import { type Addition, active, add, command, delivered, instant, open, refused } from './rq-steps.ts';

const { commands, errors } = dialect.tcp.rq;

/** The stream was closed, or was never opened. */
export const noStream = (stream: string): ProviderState => state('there is no such stream', { stream });

/** Redis, which holds the streams, is lost. */
export const redisDown: ProviderState = state('Redis behind the node is down');

/** The answer to a probe of ORS: the time, on the stream that ORS has named for it. */
export const healthAnswer = (event: string, stream: string, tenantId: string): Addition => ({
  stream,
  event,
  tenantId,
  body: { timeStamp: instant },
});

/** Events that reach an open stream, in the order given. */
export const delivery = (
  description: string,
  basis: Interaction['basis'],
  ...events: readonly [Addition, ...Addition[]]
): Interaction<TcpMessage> => ({
  description,
  basis,
  given: [active(), open(events[0].stream)],
  steps: events.flatMap((event, index) => delivered(index + 1, event)),
});

/** What any event meets that a node cannot take. @param event that stands for all of the producer's */
export const refusedEvents = (event: Addition): Interaction<TcpMessage>[] => [
  {
    description: 'an event for a stream that is gone is refused',
    basis: assumed('the code NO_STREAM; a result that comes after the end of its ORS session is dropped'),
    given: [active(), noStream(event.stream)],
    negative: true,
    steps: [add(1, event), refused(1, errors.noStream, 'there is no such stream')],
  },
  {
    description: 'an event is refused while the node has lost Redis',
    basis: assumed('the code NOT_READY; that a node depends on Redis is documented by its gauge rqnode_redis_state'),
    given: [active(), open(event.stream), redisDown],
    negative: true,
    steps: [add(1, event), refused(1, errors.notReady, 'Redis is not available')],
  },
  {
    description: 'an event without a name is refused',
    only: { side: 'destination', reason: 'a source that keeps the contract names every event' },
    basis: assumed('the code BAD_REQUEST'),
    given: [active(), open(event.stream)],
    negative: true,
    steps: [
      command(1, commands.add, { stream: event.stream, tenantId: event.tenantId, timeStamp: instant, body: {} }),
      refused(1, errors.badRequest, 'event is missing'),
    ],
  },
];
