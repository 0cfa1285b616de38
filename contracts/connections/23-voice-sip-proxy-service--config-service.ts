import {
  answered,
  getTenant,
  notRead,
  objectPath,
  storedTenant,
  tenantPath,
  tenantsPath,
} from '../common/config-service.ts';
import { sipContact } from '../common/config-service-devices.ts';
import { refusedLookUp, storeLost, unknownTenantRefused } from '../common/config-service-errors.ts';
import { dnWith, lookUp, readTenant, telephonySection } from '../common/config-service-look-ups.ts';
import { states } from '../common/config-service-states.ts';
import { sidecarWithoutUpstream } from '../common/http-common.ts';
import { assumed, documented, source } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { arrayContaining, type Json } from '../matchers.ts';
import type { HttpMessage, HttpRequest } from '../messages/http.ts';
import { world } from '../world.ts';

const { trunk } = world.dns;
const { tenantUuid, sipDomain, status, revision } = storedTenant;

const listTenants: HttpRequest = { method: 'GET', path: tenantsPath };
const unknownTenant = world.otherTenant.uuid;

/** The Voice SIP Proxy Service reads whose SIP domain a request is for, and where the trunks of a tenant lead. */
export default defineContract<HttpMessage>({
  connection: 23,
  port: 9100,
  interactions: [
    {
      description: 'list the tenants with their SIP domains',
      basis: assumed('the proxy learns from one list which tenant a SIP domain belongs to'),
      given: [states.tenantExists],
      free: ['tenantId', 'name', 'dbid'].map((field) => ({
        path: `$.body.tenants[*].${field}`,
        reason: 'the proxy tells tenants by UUID and SIP domain',
      })),
      steps: [
        source<HttpMessage>(listTenants),
        answered({ tenants: arrayContaining<Json>({ tenantUuid, sipDomain, status, revision }) }),
      ],
    },
    lookUp(
      {
        description: 'look up where a trunk leads',
        given: states.trunkExists,
        basis: documented(
          'Voice Microservices Private Edition Guide, connections table: the address of connection 59 is configured at the trunk DN',
        ),
        free: notRead('Voice SIP Proxy Service', 'switchDbid'),
      },
      'DN',
      { number: trunk.number },
      dnWith(trunk, { dnType: 'Trunk', annex: { [telephonySection]: { contact: sipContact } } }),
    ),
    readTenant(
      {
        description: 'read one tenant',
        given: states.tenantExists,
        basis: assumed('a tenant that is new to the proxy is read by its UUID'),
        free: notRead('Voice SIP Proxy Service', 'tenantId', 'name', 'dbid'),
      },
      ['tenantUuid', 'sipDomain', 'status', 'revision'],
    ),
    unknownTenantRefused('read a tenant that does not exist', tenantPath(unknownTenant)),
    unknownTenantRefused('look up a trunk of a tenant that does not exist', objectPath(unknownTenant, 'DN'), {
      number: trunk.number,
    }),
    refusedLookUp('look up a trunk by a key that its type does not have', 'DN', { name: trunk.number }),
    storeLost('list the tenants while the service has lost Redis', listTenants),
    storeLost('read one tenant while the service has lost Redis', getTenant),
    sidecarWithoutUpstream('list the tenants while the service is down', states.down, listTenants),
  ],
});
