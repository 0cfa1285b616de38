import { dialect } from '../../../../contracts/dialect.ts';
import type { TcpMessage, TcpValue } from '../../../../contracts/messages/tcp.ts';
import { world as fixture } from '../../../../contracts/world.ts';
import type { TcpHandler, TcpSession } from '../../../protocols/tcp/service.ts';
import { isMembers, objectsOf } from '../configuration/objects.ts';
import { enter } from '../entrance.ts';
import { happen } from '../happenings.ts';
import { answer } from '../messages.ts';
import type { TenantWorld } from '../world.ts';
import { currentValue, tellValue } from './values.ts';
import type { OpenStatistic } from './world.ts';

const { session: names, error } = dialect.tcp;
const { requests, events, modes, types, currentState } = dialect.tcp.statistics;

interface Opened {
  statistic: OpenStatistic;
  timer: NodeJS.Timeout | undefined;
}

/** The Tenant Service's role on port 2060: one session of the Stat Server protocol. */
export class StatisticsSession implements TcpHandler {
  readonly #world: TenantWorld;
  readonly #session: TcpSession;
  /** By the reference id of the request that opened it. */
  readonly #opened = new Map<number, Opened>();

  constructor(world: TenantWorld, session: TcpSession) {
    this.#world = world;
    this.#session = session;
    session.signal.addEventListener('abort', () => this.#closeAll(), { once: true });
  }

  onMessage(message: TcpMessage): readonly TcpMessage[] {
    const { StatisticId: id } = message.attributes;
    switch (message.name) {
      case names.open:
        return enter(this.#world, this.#session);
      case requests.open:
      case requests.openEx:
        return this.#open(message);
      case requests.peek:
        return [this.#peek(message, id)];
      case requests.close:
        return [this.#close(id) ? answer(message, events.closed) : this.refuse(message, 'the statistic is not open')];
      default:
        return [this.refuse(message, `${message.name} is not modelled by this mock`)];
    }
  }

  refuse(message: TcpMessage, reason: string): TcpMessage {
    return answer(message, error, { StringValue: reason });
  }

  #open(message: TcpMessage): readonly TcpMessage[] {
    const { referenceId = 0 } = message;
    const agentId = this.#agentOf(message);
    if (agentId === undefined) return [this.refuse(message, 'the object of the tenant is not found')];
    const kind = kindOf(message);
    if (kind === undefined) return [answer(message, events.invalid)];
    if (this.#opened.has(referenceId)) return [this.refuse(message, 'the reference id is in use')];
    this.#start(message, referenceId, { agentId, kind });
    happen(this.#world, 'statistic opened');
    return [];
  }

  #start(message: TcpMessage, referenceId: number, wanted: Pick<OpenStatistic, 'agentId' | 'kind'>): void {
    const statistic: OpenStatistic = {
      ...wanted,
      lastTold: undefined,
      tell: (attributes) => this.#session.push(answer(message, events.info, attributes)),
    };
    const confirm = () => this.#session.push(answer(message, events.opened, { Tag: referenceId }));
    const { mode, frequencyS } = notificationOf(message);
    const tell = () => tellValue(this.#world, statistic);
    if (!this.#world.valuesComeFirst) confirm();
    if (mode !== modes.onRequest) tell();
    if (this.#world.valuesComeFirst) confirm();
    if (mode === modes.immediate) this.#world.openStatistics.add(statistic);
    const timer = mode === modes.periodical ? setInterval(tell, frequencyS * 1_000) : undefined;
    this.#opened.set(referenceId, { statistic, timer });
  }

  #peek(message: TcpMessage, id: TcpValue | undefined): TcpMessage {
    const opened = typeof id === 'number' ? this.#opened.get(id) : undefined;
    return opened === undefined
      ? this.refuse(message, 'the statistic is not open')
      : answer(message, events.info, currentValue(this.#world, opened.statistic));
  }

  /** @returns false when it is not open */
  #close(id: TcpValue | undefined): boolean {
    const opened = typeof id === 'number' ? this.#opened.get(id) : undefined;
    if (opened === undefined) return false;
    clearInterval(opened.timer);
    this.#world.openStatistics.delete(opened.statistic);
    return this.#opened.delete(id as number);
  }

  #closeAll(): void {
    for (const id of this.#opened.keys()) this.#close(id);
  }

  #agentOf({ attributes }: TcpMessage): string | undefined {
    const { ObjectId: id, TenantName: tenant } = isMembers(attributes.StatisticObject)
      ? attributes.StatisticObject
      : {};
    const persons = objectsOf(this.#world, dialect.tcp.configuration.objectTypes.person);
    const isKnown = tenant === fixture.tenant.name && persons.some(({ employeeID }) => employeeID === id);
    return isKnown && typeof id === 'string' ? id : undefined;
  }
}

/** What is measured; undefined for what the server's options do not define. */
function kindOf({ attributes: { StatisticMetric: metric, StatisticMetricEx: metricEx } }: TcpMessage) {
  if (isMembers(metricEx)) return metricEx.Category === currentState.category ? 'state' : undefined;
  return isMembers(metric) && metric.StatisticType === types.handleTime ? 'number' : undefined;
}

function notificationOf({ attributes: { Notification: wish } }: TcpMessage): { mode: TcpValue; frequencyS: number } {
  const { Mode: mode = modes.onRequest, Frequency: frequency } = isMembers(wish) ? wish : {};
  return { mode, frequencyS: typeof frequency === 'number' && frequency > 0 ? frequency : 1 };
}
