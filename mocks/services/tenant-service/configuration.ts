import { dialect } from '../../../contracts/dialect.ts';
import type { TcpMessage, TcpValue } from '../../../contracts/messages/tcp.ts';
import type { TcpHandler, TcpSession } from '../../protocols/tcp/service.ts';
import type { ConfObject, TenantWorld } from './world.ts';

const { session: names, error } = dialect.tcp;
const { filter: keys, protocolVersion } = dialect.tcp.configuration;

/** The property that each filter key looks at. The property of any other key has the key's own name. */
const properties: Readonly<Record<string, string>> = {
  [keys.dbid]: 'DBID',
  [keys.userName]: 'userName',
  [keys.switch]: 'switchDBID',
  [keys.tenant]: 'tenantDBID',
};

/** The Tenant Service's role on port 8888: one session of the Configuration Server protocol, read only. */
export class ConfigurationSession implements TcpHandler {
  readonly #world: TenantWorld;
  readonly #session: TcpSession;

  constructor(world: TenantWorld, session: TcpSession) {
    this.#world = world;
    this.#session = session;
  }

  onMessage(message: TcpMessage): readonly TcpMessage[] {
    switch (message.name) {
      case names.open:
        return [this.#open(message)];
      case 'RequestReadObjects':
        return this.#read(message);
      default:
        return [this.refuse(message, `${message.name} is not modelled by this mock`)];
    }
  }

  refuse({ referenceId }: TcpMessage, reason: string): TcpMessage {
    return answer(error, referenceId, { type: 'CFGInvalidRequest', text: reason });
  }

  #open({ attributes }: TcpMessage): TcpMessage {
    const { userPassword } = attributes;
    return userPassword === this.#world.password
      ? { name: names.opened, attributes: { protocolVersion } }
      : { name: names.rejected, attributes: { reason: 'the user name or the password is wrong' } };
  }

  #read({ referenceId, attributes }: TcpMessage): TcpMessage[] {
    if (!this.#world.databaseUp) {
      const text = 'the configuration database is not available';
      return [answer(error, referenceId, { type: 'CFGServerNotReady', text })];
    }
    const { ObjectType: type, Filter: filter } = attributes;
    if (typeof type !== 'number') {
      return [answer(error, referenceId, { type: 'CFGInvalidRequest', text: 'ObjectType is not a number' })];
    }
    const found = select(this.#world.objects.get(type) ?? [], filter);
    const parts = inParts(found, this.#world.objectsPerPart).map((objects) =>
      answer('EventObjectsRead', referenceId, { ObjectType: type, ConfObject: objects }),
    );
    if (this.#world.breaksWithinAnswer) return this.#breakAfter(parts.slice(0, 1));
    return [...parts, answer('EventObjectsSent', referenceId, {})];
  }

  #breakAfter(messages: TcpMessage[]): TcpMessage[] {
    for (const message of messages) this.#session.push(message);
    this.#session.hangUp();
    return [];
  }
}

function answer(name: string, referenceId: number | undefined, attributes: TcpMessage['attributes']): TcpMessage {
  return referenceId === undefined ? { name, attributes } : { name, referenceId, attributes };
}

/** The objects that pass every key of the filter; a DBID overrides all other keys. */
function select(objects: readonly ConfObject[], filter: TcpValue | undefined): readonly ConfObject[] {
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter)) return objects;
  const wanted = Object.entries(filter as { [key: string]: TcpValue });
  const byDbid = wanted.filter(([key]) => key === keys.dbid);
  const deciding = byDbid.length > 0 ? byDbid : wanted;
  return objects.filter((object) => deciding.every(([key, value]) => object[properties[key] ?? key] === value));
}

function inParts(objects: readonly ConfObject[], objectsPerPart: number): (readonly ConfObject[])[] {
  const parts: (readonly ConfObject[])[] = [];
  for (let at = 0; at < objects.length; at += objectsPerPart) parts.push(objects.slice(at, at + objectsPerPart));
  return parts;
}
