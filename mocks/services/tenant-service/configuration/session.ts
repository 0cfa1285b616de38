import { dialect } from '../../../../contracts/dialect.ts';
import type { TcpMessage, TcpValue } from '../../../../contracts/messages/tcp.ts';
import type { TcpHandler, TcpSession } from '../../../protocols/tcp/service.ts';
import { enter, wrongPassword } from '../entrance.ts';
import { happen } from '../happenings.ts';
import { answer } from '../messages.ts';
import type { TenantWorld } from '../world.ts';
import { create, isMembers, type Members, objectsOf, Refusal, remove, select, update } from './objects.ts';
import type { ConfObject, Subscriber } from './world.ts';

const { session: names, error } = dialect.tcp;
const { requests, events, delta, subscription, errorTypes, objectTypes, protocolVersion } = dialect.tcp.configuration;

const writes: readonly string[] = [requests.create, requests.update, requests.delete];

/** The Tenant Service's role on port 8888: one session of the Configuration Server protocol. */
export class ConfigurationSession implements TcpHandler {
  readonly #world: TenantWorld;
  readonly #session: TcpSession;
  /** What this session is told of. */
  #followed: readonly Subscriber[] = [];

  constructor(world: TenantWorld, session: TcpSession) {
    this.#world = world;
    this.#session = session;
    session.signal.addEventListener('abort', () => this.#unfollow(() => true), { once: true });
  }

  onMessage(message: TcpMessage): readonly TcpMessage[] {
    if (message.name === names.open) {
      return enter(this.#world, this.#session, { rejection: this.#rejection(message), opened: { protocolVersion } });
    }
    const { databaseUp, readOnly } = this.#world;
    if (!databaseUp) {
      return [refusal(message, new Refusal(errorTypes.notReady, 'the configuration database is not available'))];
    }
    if (readOnly && writes.includes(message.name)) {
      return [refusal(message, new Refusal(errorTypes.noPermission, 'the user may only read'))];
    }
    return this.#carryOut(message);
  }

  refuse(message: TcpMessage, reason: string): TcpMessage {
    return refusal(message, new Refusal(errorTypes.invalidRequest, reason));
  }

  /** Servers have no user and are known by their application. */
  #rejection(message: TcpMessage): string | undefined {
    const { clientName, userPassword } = message.attributes;
    if (userPassword !== undefined) return wrongPassword(this.#world, message);
    const known = objectsOf(this.#world, objectTypes.application).some(({ name }) => name === clientName);
    return known ? undefined : 'there is no such application';
  }

  #carryOut(message: TcpMessage): readonly TcpMessage[] {
    const {
      ObjectType: type,
      Filter: filter,
      ConfObject: object,
      DBID: dbid = null,
      Subscription: wish,
    } = message.attributes;
    switch (message.name) {
      case requests.follow:
        return this.#follow(message, wish);
      case requests.unfollow:
        this.#unfollow(isSame(wish));
        return [answer(message, events.unfollowed)];
    }
    if (typeof type !== 'number') return [this.refuse(message, 'ObjectType is not a number')];
    switch (message.name) {
      case requests.read:
        return this.#read(message, type, isMembers(filter) ? filter : {});
      case requests.create:
        if (!isMembers(object)) return [this.refuse(message, 'ConfObject is not an object')];
        return [
          outcome(message, create(this.#world, type, object), (created) => [events.created, { ConfObject: created }]),
        ];
      case requests.update:
        return this.#update(message, type);
      case requests.delete:
        return [outcome(message, remove(this.#world, type, dbid), () => [events.deleted, {}])];
      default:
        return [this.refuse(message, `${message.name} is not modelled by this mock`)];
    }
  }

  #update(message: TcpMessage, type: number): readonly TcpMessage[] {
    const change = message.attributes[delta];
    if (!isMembers(change) || !isMembers(change.changed)) return [this.refuse(message, `${delta} has no changed`)];
    const result = update(this.#world, type, change.DBID ?? null, change.changed);
    return [outcome(message, result, () => [events.updated, {}])];
  }

  #read(message: TcpMessage, type: number, filter: Members): readonly TcpMessage[] {
    const found = select(this.#world, type, filter);
    if (found instanceof Refusal) return [refusal(message, found)];
    const { objectsPerPart, breaksWithinAnswer } = this.#world;
    const parts: TcpMessage[] = [];
    for (let at = 0; at < found.length; at += objectsPerPart) {
      const part = found.slice(at, at + objectsPerPart);
      parts.push(answer(message, events.read, { ObjectType: type, ConfObject: part }));
    }
    if (breaksWithinAnswer) return this.#breakAfter(parts.slice(0, 1));
    return [...parts, answer(message, events.sent)];
  }

  #breakAfter(messages: readonly TcpMessage[]): readonly TcpMessage[] {
    for (const message of messages) this.#session.push(message);
    this.#session.hangUp();
    return [];
  }

  #follow(message: TcpMessage, wish: TcpValue | undefined): readonly TcpMessage[] {
    if (!isMembers(wish)) return [this.refuse(message, 'Subscription is not a key-value list')];
    const subscriber: Subscriber = {
      objectType: wish[subscription.objectType] ?? null,
      tenantDbid: wish[subscription.tenant],
      tell: (change) => this.#session.push(change),
    };
    this.#world.subscribers.add(subscriber);
    this.#followed = [...this.#followed, subscriber];
    happen(this.#world, 'type followed');
    return [answer(message, events.followed)];
  }

  #unfollow(isMeant: (subscriber: Subscriber) => boolean): void {
    for (const each of this.#followed.filter(isMeant)) this.#world.subscribers.delete(each);
    this.#followed = this.#followed.filter((each) => !isMeant(each));
  }
}

function isSame(wish: TcpValue | undefined): (subscriber: Subscriber) => boolean {
  const { [subscription.objectType]: type = null, [subscription.tenant]: tenant } = isMembers(wish) ? wish : {};
  return ({ objectType, tenantDbid }) => objectType === type && tenantDbid === tenant;
}

function outcome(
  message: TcpMessage,
  result: ConfObject | Refusal,
  done: (object: ConfObject) => [name: string, attributes: TcpMessage['attributes']],
): TcpMessage {
  return result instanceof Refusal ? refusal(message, result) : answer(message, ...done(result));
}

function refusal(message: TcpMessage, { type, text }: Refusal): TcpMessage {
  return answer(message, error, { type, text });
}
