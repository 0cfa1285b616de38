import { state } from '../contract.ts';
import { dialect } from '../dialect.ts';
import { integer, regex } from '../matchers.ts';
import { world } from '../world.ts';

/** Pieces that the contracts of all who ask the Config Service share: its routes, bodies and states. */

const routes = dialect.http.configService;

export const tenantsPath = routes.tenants;
export const tenantPath = (tenantUuid: string) => `${tenantsPath}/${tenantUuid}`;
/** @param type the object's type in the configuration, `DN`, `Person` */
export const objectPath = (tenantUuid: string, type: string) => `${tenantPath(tenantUuid)}/${routes.objects}/${type}`;

/** The revision that the fixture tenant has, where a state says that it exists. */
export const tenantRevision = 3;

/** The fixture tenant as its owner adds it. */
export const tenantBody = {
  tenantUuid: world.tenant.uuid,
  tenantId: world.tenant.name,
  name: world.tenant.name,
  dbid: world.tenant.dbid,
  sipDomain: world.tenant.sipDomain,
  status: 'ACTIVE',
};

/** The fixture tenant as the service gives it back. */
export const storedTenant = {
  ...tenantBody,
  status: regex('^(ACTIVE|INIT)$', 'ACTIVE'),
  revision: integer(tenantRevision),
};

/** The provider states, by what they say. */
export const states = {
  tenantExists: state(`tenant ${world.tenant.name} exists`, {
    tenantUuid: world.tenant.uuid,
    revision: tenantRevision,
  }),
  tenantMissing: state(`tenant ${world.tenant.name} does not exist`, { tenantUuid: world.tenant.uuid }),
  otherTenantMissing: state(`tenant ${world.otherTenant.uuid} does not exist`, {
    tenantUuid: world.otherTenant.uuid,
  }),
  redisLost: state('config service lost redis'),
  down: state('config service is down'),
};
