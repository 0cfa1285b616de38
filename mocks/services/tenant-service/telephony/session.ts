import { dialect } from '../../../../contracts/dialect.ts';
import type { TcpMessage } from '../../../../contracts/messages/tcp.ts';
import type { TcpHandler, TcpSession } from '../../../protocols/tcp/service.ts';
import { isMembers, objectsOf } from '../configuration/objects.ts';
import { enter } from '../entrance.ts';
import { happen } from '../happenings.ts';
import { answer } from '../messages.ts';
import { tellStates } from '../statistics/values.ts';
import type { TenantWorld } from '../world.ts';
import { beActive, login, logout } from './agents.ts';
import { act, attach, type CallAction, make } from './calls.ts';
import { type Asker, Refusal } from './events.ts';
import type { Registration } from './world.ts';

const { session: names, error } = dialect.tcp;
const { requests, events } = dialect.tcp.voice;

const callActions: Readonly<Record<string, CallAction>> = {
  [requests.answer]: 'answer',
  [requests.release]: 'release',
  [requests.hold]: 'hold',
  [requests.retrieve]: 'retrieve',
};

/** The Tenant Service's role on port 8000: one session of T-Library. */
export class TelephonySession implements TcpHandler {
  readonly #world: TenantWorld;
  readonly #session: TcpSession;
  readonly #tell: Registration['tell'];

  constructor(world: TenantWorld, session: TcpSession) {
    this.#world = world;
    this.#session = session;
    this.#tell = (message) => session.push(message);
    session.signal.addEventListener('abort', () => this.#forget(() => true), { once: true });
  }

  onMessage(message: TcpMessage): readonly TcpMessage[] {
    if (message.name === names.open) return enter(this.#world, this.#session);
    const { ThisDN: dn } = message.attributes;
    if (typeof dn !== 'string') return [this.refuse(message, 'ThisDN is missing')];
    if (message.name === requests.register) return [this.#register(message, dn)];
    const registration = this.#registrations().find((each) => each.dn === dn);
    if (registration === undefined) return [refusal(message, new Refusal('notRegistered', 'the DN is not registered'))];
    if (message.name === requests.unregister) {
      this.#forget((each) => each === registration);
      return [answer(message, events.unregistered, { ThisDN: dn })];
    }
    const refused = this.#carryOut(message, dn, { registration, request: message });
    tellStates(this.#world);
    return refused === undefined ? [] : [refusal(message, refused)];
  }

  refuse(message: TcpMessage, reason: string): TcpMessage {
    return refusal(message, new Refusal('unknown', reason));
  }

  #register(message: TcpMessage, dn: string): TcpMessage {
    const { dn: dnType } = dialect.tcp.configuration.objectTypes;
    if (!objectsOf(this.#world, dnType).some(({ number }) => number === dn)) {
      return refusal(message, new Refusal('unknownDn', 'there is no such DN'));
    }
    if (!this.#registrations().some((each) => each.dn === dn)) {
      this.#world.registrations.add({ dn, tell: this.#tell, leave: () => this.#session.hangUp() });
    }
    happen(this.#world, 'DN registered');
    return answer(message, events.registered, { ThisDN: dn });
  }

  /** Its event is told to all who have registered the DN, this session among them. */
  #carryOut(message: TcpMessage, dn: string, asker: Asker): Refusal | undefined {
    const { attributes, name } = message;
    const { ConnID: connId, OtherDN: to, UserData: data } = attributes;
    const world = this.#world;
    const action = callActions[name];
    if (action !== undefined) return act(world, action, dn, connId, asker);
    switch (name) {
      case requests.login:
        return login(world, dn, attributes, asker);
      case requests.logout:
        return logout(world, dn, attributes, asker);
      case requests.ready:
        return beActive(world, dn, 'ready', attributes, asker);
      case requests.notReady:
        return beActive(world, dn, 'not ready', attributes, asker);
      case requests.attach:
        return attach(world, dn, connId, isMembers(data) ? data : {}, asker);
      case requests.makeCall: {
        const refused = make(world, dn, to, asker);
        if (refused === undefined) happen(world, 'call made');
        return refused;
      }
      default:
        return new Refusal('unknown', `${name} is not modelled by this mock`);
    }
  }

  #registrations(): Registration[] {
    return [...this.#world.registrations].filter(({ tell }) => tell === this.#tell);
  }

  #forget(isMeant: (registration: Registration) => boolean): void {
    for (const each of this.#registrations().filter(isMeant)) this.#world.registrations.delete(each);
  }
}

function refusal(message: TcpMessage, { code, text }: Refusal): TcpMessage {
  return answer(message, error, { ErrorCode: code, ErrorMessage: text });
}
