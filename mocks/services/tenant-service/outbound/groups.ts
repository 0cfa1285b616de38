import { dialect } from '../../../../contracts/dialect.ts';
import type { Group, GroupStatus, OutboundClient, OutboundWorld } from './world.ts';

const { events, statuses } = dialect.tcp.campaigns;

/** How a status reads in a message. */
export function statusText(status: GroupStatus) {
  return { GroupCampaignStatus: statuses[status] };
}

/** The status of a group, or of the first one of a campaign. */
export function groupOf({ groups }: OutboundWorld, campaign: number, group?: number): Group | undefined {
  return groups.find((each) => each.campaign === campaign && (group === undefined || each.group === group));
}

/** Changes a group's status and tells all clients, but for the one that asked for it. */
export function changeStatus(world: OutboundWorld, changed: Group, asker?: OutboundClient): void {
  const others = world.groups.filter(({ campaign, group }) => campaign !== changed.campaign || group !== changed.group);
  world.groups = [...others, changed];
  const attributes = { CampaignId: changed.campaign, GroupId: changed.group, ...statusText(changed.status) };
  for (const client of [...world.outboundClients]) {
    if (client !== asker) client.tell({ name: events.status, attributes });
  }
}
