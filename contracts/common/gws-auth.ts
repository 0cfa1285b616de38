import { state } from '../contract.ts';
import { world } from '../world.ts';

/** Pieces of what GWS tells about a token: whose it is. */

const [{ userName }] = world.persons;

/** The provider states, by what they say. */
export const states = {
  tokenOfAgent: state(`token T belongs to ${userName} of tenant ${world.tenant.name}`, {
    token: world.tokens.agent,
    userName,
    contactCenterId: world.tenant.uuid,
  }),
  tokenExpired: state('token T is expired', { token: world.tokens.expired }),
  unavailable: state('gws is unavailable'),
  down: state('gws is down'),
};
