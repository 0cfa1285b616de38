import type { StateHandler } from '../../adapter.ts';
import { changed } from '../../common/changed.ts';
import { configurationStates } from './configuration/states.ts';
import { outboundStates } from './outbound/states.ts';
import { statisticsStates } from './statistics/states.ts';
import { telephonyStates } from './telephony/states.ts';
import type { TenantWorld } from './world.ts';

const wrongPassword = 'not-the-password';

/** The provider states of the Tenant Service's TCP roles. */
export const states: Readonly<Record<string, StateHandler<TenantWorld>>> = {
  'the CME user is valid': (world) => ({ values: { cmePassword: world.password } }),
  // The mock refuses whoever comes, so that a source with its own password is refused as well.
  'the CME user is refused': (world) => ({
    ...changed(world, { password: `${world.password}, changed` }),
    values: { cmePassword: wrongPassword },
  }),
  'sessions are refused': (world) => changed(world, { acceptsSessions: false }),
  'the Tenant Service is down': (world) => changed(world, { up: false }),
  ...configurationStates,
  ...telephonyStates,
  ...statisticsStates,
  ...outboundStates,
};
