import { dialect } from '../../../../contracts/dialect.ts';
import type { TcpMessage } from '../../../../contracts/messages/tcp.ts';
import type { TcpHandler, TcpSession } from '../../../protocols/tcp/service.ts';
import { find } from '../configuration/objects.ts';
import { enter, wrongPassword } from '../entrance.ts';
import { happen, happenAtOnce } from '../happenings.ts';
import { answer } from '../messages.ts';
import type { TenantWorld } from '../world.ts';
import { changeStatus, groupOf, statusText } from './groups.ts';
import type { Group, GroupStatus, OutboundClient } from './world.ts';

const { session: names, error } = dialect.tcp;
const { requests, events } = dialect.tcp.campaigns;
const { objectTypes } = dialect.tcp.configuration;

/** What a request makes of a group, and in which states of the group it is carried out. */
const controls: Readonly<Record<string, { from: readonly GroupStatus[]; to: GroupStatus; event: string }>> = {
  [requests.load]: { from: ['unloaded'], to: 'loaded', event: events.loaded },
  [requests.start]: { from: ['loaded'], to: 'running', event: events.started },
  [requests.stop]: { from: ['running'], to: 'loaded', event: events.stopped },
  [requests.unload]: { from: ['loaded'], to: 'unloaded', event: events.unloaded },
  [requests.forceUnload]: { from: ['loaded', 'running'], to: 'unloaded', event: events.unloaded },
};

const errorCodes = { unknown: 1, wrongState: 2 } as const;

/** The Tenant Service's role on port 5050: one session of the Outbound Contact Server protocol. */
export class OutboundSession implements TcpHandler {
  readonly #world: TenantWorld;
  readonly #session: TcpSession;
  readonly #client: OutboundClient;

  constructor(world: TenantWorld, session: TcpSession) {
    this.#world = world;
    this.#session = session;
    this.#client = { tell: (message) => session.push(message) };
    session.signal.addEventListener('abort', () => world.outboundClients.delete(this.#client), { once: true });
  }

  onMessage(message: TcpMessage): readonly TcpMessage[] {
    if (message.name === names.open) return this.#enter(message);
    if (message.name === requests.status) happenAtOnce(this.#world, 'status asked for');
    const group = this.#groupOf(message);
    if (group === undefined) return [this.refuse(message, 'there is no such campaign or campaign group')];
    if (message.name !== requests.status) return [this.#control(message, group)];
    return [answer(message, events.status, statusText(group.status))];
  }

  refuse(message: TcpMessage, reason: string): TcpMessage {
    return answer(message, error, { code: errorCodes.unknown, text: reason });
  }

  #enter(message: TcpMessage): readonly TcpMessage[] {
    const rejection = wrongPassword(this.#world, message);
    if (rejection === undefined) this.#world.outboundClients.add(this.#client);
    return enter(this.#world, this.#session, { rejection });
  }

  #control(message: TcpMessage, group: Group): TcpMessage {
    const control = controls[message.name];
    if (control === undefined) return this.refuse(message, `${message.name} is not modelled by this mock`);
    if (!control.from.includes(group.status)) {
      return answer(message, error, { code: errorCodes.wrongState, text: `the campaign group is ${group.status}` });
    }
    changeStatus(this.#world, { ...group, status: control.to }, this.#client);
    if (control.to === 'running') happen(this.#world, 'dialing started');
    return answer(message, control.event, statusText(control.to));
  }

  /** The group that a request names, if the configuration has it; a request for the status may name the campaign only. */
  #groupOf({ name, attributes: { CampaignId: campaign = null, GroupId: group } }: TcpMessage): Group | undefined {
    const world = this.#world;
    if (typeof campaign !== 'number' || find(world, objectTypes.campaign, campaign) === undefined) return undefined;
    if (group === undefined && name === requests.status) return groupOf(world, campaign);
    if (typeof group !== 'number' || find(world, objectTypes.campaignGroup, group) === undefined) return undefined;
    return groupOf(world, campaign, group) ?? { campaign, group, status: 'unloaded' };
  }
}
