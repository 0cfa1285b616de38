import { dialect } from '../../../contracts/dialect.ts';
import type { TcpMessage, TcpValue } from '../../../contracts/messages/tcp.ts';
import { without } from '../../common/changed.ts';
import type { TcpHandler, TcpSession } from '../../protocols/tcp/service.ts';
import { addTo, closeStream, entriesBehind, openStream } from './streams.ts';
import type { Entry, RqWorld } from './world.ts';

const { session: names, commands, answers, errors, roles } = dialect.tcp.rq;

/** One client's session with the node. All clients share the streams: what one adds is what another reads. */
export class RqSession implements TcpHandler {
  readonly #world: RqWorld;
  readonly #session: TcpSession;

  constructor(world: RqWorld, session: TcpSession) {
    this.#world = world;
    this.#session = session;
  }

  onMessage(message: TcpMessage): readonly TcpMessage[] | undefined {
    switch (message.name) {
      case names.open:
        return [this.#open()];
      case commands.ping:
        return [answer(message, answers.pong, {})];
      default:
        return this.#command(message);
    }
  }

  refuse(message: TcpMessage, reason: string): TcpMessage {
    return error(message, errors.badRequest, reason);
  }

  #open(): TcpMessage {
    const { node, pair, role } = this.#world;
    if (role === roles.active) return { name: names.opened, attributes: { node, pair, role } };
    const text = `node ${node} is on standby in pair ${pair}`;
    return { name: names.rejected, attributes: { code: errors.notReady, text } };
  }

  #command(message: TcpMessage): readonly TcpMessage[] | undefined {
    const world = this.#world;
    if (world.stops) {
      this.#session.hangUp();
      return undefined;
    }
    if (world.unanswered > 0) {
      world.unanswered -= 1;
      return undefined;
    }
    if (!world.redisUp) return [error(message, errors.notReady, 'Redis is not available')];
    if (world.refusals > 0) {
      world.refusals -= 1;
      return [error(message, errors.notReady, `pair ${world.pair} elects its node`)];
    }
    return this.#carryOut(message);
  }

  #carryOut(message: TcpMessage): readonly TcpMessage[] {
    const { stream } = message.attributes;
    if (typeof stream !== 'string') return [this.refuse(message, 'stream is missing')];
    switch (message.name) {
      case commands.add:
        return [this.#add(message, stream)];
      case commands.read:
        return this.#read(message, stream);
      case commands.close:
        return [closeStream(this.#world, stream) ? answer(message, answers.closed, {}) : noStream(message, stream)];
      default:
        return [this.refuse(message, `${message.name} is not modelled by this mock`)];
    }
  }

  #add(message: TcpMessage, stream: string): TcpMessage {
    const { event, timeStamp = null, body = {} } = message.attributes;
    if (typeof event !== 'string') return this.refuse(message, 'event is missing');
    const entryId = addTo(this.#world, stream, { event, timeStamp, body });
    return entryId === undefined ? noStream(message, stream) : answer(message, answers.added, { entryId });
  }

  #read(message: TcpMessage, stream: string): readonly TcpMessage[] {
    const world = this.#world;
    const { from, wait } = message.attributes;
    const behind = typeof from === 'string' ? entriesBehind(world.streams.get(stream) ?? [], from) : undefined;
    if (behind === undefined) return [this.refuse(message, 'from is not the id of an entry')];
    if (!world.streams.has(stream)) {
      const { size } = world.streams;
      if (size >= world.maxStreams) return [error(message, errors.overloaded, `the node holds ${size} streams`)];
      openStream(world, stream);
    }
    if (wait !== true) return [events(message, stream, behind)];
    this.#wait(message, stream);
    return behind.length === 0 ? [] : [events(message, stream, behind)];
  }

  #wait(message: TcpMessage, stream: string): void {
    const world = this.#world;
    const { signal } = this.#session;
    const take = (entry: Entry) => this.#session.push(events(message, stream, [entry]));
    world.readers.add({ stream, signal, take });
    const coming = world.upcoming.get(stream) ?? [];
    world.upcoming = without(world.upcoming, stream);
    // After the answer to this read.
    setImmediate(() => {
      for (const event of coming) addTo(world, stream, event);
    });
  }
}

function events(message: TcpMessage, stream: string, entries: readonly Entry[]): TcpMessage {
  return answer(message, answers.events, { stream, entries: entries.map(asValue) });
}

function asValue({ entryId, event, timeStamp, body }: Entry): TcpValue {
  return { entryId, event, timeStamp, body };
}

function noStream(message: TcpMessage, stream: string): TcpMessage {
  return error(message, errors.noStream, `there is no stream ${stream}`);
}

function error(message: TcpMessage, code: string, text: string): TcpMessage {
  return answer(message, answers.error, { code, text });
}

function answer({ referenceId }: TcpMessage, name: string, attributes: TcpMessage['attributes']): TcpMessage {
  return referenceId === undefined ? { name, attributes } : { name, referenceId, attributes };
}
