import type { StateHandler } from '../../../adapter.ts';
import { changed } from '../../../common/changed.ts';
import { prepared } from '../happenings.ts';
import { count, oneOf } from '../params.ts';
import type { TenantWorld } from '../world.ts';
import { changeStatus } from './groups.ts';

function stopDialing(world: TenantWorld): void {
  for (const each of world.groups) if (each.status === 'running') changeStatus(world, { ...each, status: 'loaded' });
}

/** The provider states of campaign groups. */
export const outboundStates: Readonly<Record<string, StateHandler<TenantWorld>>> = {
  'the campaign group has a status': (world, params) => {
    const [campaign, group] = [count(params, 'campaign'), count(params, 'group')];
    const status = oneOf(params, 'status', ['unloaded', 'loaded', 'running'] as const);
    return changed(world, { groups: [{ campaign, group, status }] });
  },
  'the campaign group stops by itself once it dials': (world) => prepared(world, 'dialing started', stopDialing),
  'the campaign group stops by itself while its status is asked for': (world) =>
    prepared(world, 'status asked for', stopDialing),
};
