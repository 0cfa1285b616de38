import {
  answerJson,
  getTenant,
  objectPath,
  requestJson,
  revisionTagged,
  storedTenant,
  tenantBody,
  tenantPath,
  tenantRevision,
  tenantsPath,
} from '../common/config-service.ts';
import { refusedLookUp, storeLost, unknownTenantRefused } from '../common/config-service-errors.ts';
import { states } from '../common/config-service-states.ts';
import { sidecarWithoutUpstream } from '../common/http-common.ts';
import { assumed, destination, inferred, source } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { integer } from '../matchers.ts';
import type { HttpMessage, HttpRequest } from '../messages/http.ts';
import { world } from '../world.ts';

const tenantAnswer = revisionTagged(tenantRevision);
const routesAssumed = assumed('routes and bodies: no public document has them, so a small REST shape stands in');
const addTenant: HttpRequest = { method: 'POST', path: tenantsPath, headers: requestJson, body: tenantBody };
const unknownTenant = world.otherTenant.uuid;

/** The status of every success is 200 and no other: the service's own metrics count everything else as an error. */
export default defineContract<HttpMessage>({
  connection: 26,
  port: 9100,
  interactions: [
    {
      description: 'add the tenant',
      basis: routesAssumed,
      given: [states.tenantMissing],
      steps: [
        source<HttpMessage>(addTenant),
        destination<HttpMessage>({
          status: 200,
          headers: tenantAnswer,
          body: { ...tenantBody, revision: integer(1) },
        }),
      ],
    },
    {
      description: 'read the own tenant back',
      basis: routesAssumed,
      given: [states.tenantExists],
      steps: [
        source<HttpMessage>(getTenant),
        destination<HttpMessage>({
          status: 200,
          headers: tenantAnswer,
          body: storedTenant,
        }),
      ],
    },
    {
      description: 'delete the tenant',
      basis: routesAssumed,
      given: [states.tenantExists],
      steps: [
        source<HttpMessage>({ method: 'DELETE', path: tenantPath(world.tenant.uuid) }),
        destination<HttpMessage>({ status: 200, headers: answerJson, body: { status: { code: 0 } } }),
      ],
    },
    {
      description: 'add the tenant again after a restart: the same revision stands',
      basis: assumed('to add what is there already, unchanged, is no change'),
      given: [states.tenantExists],
      steps: [
        source<HttpMessage>(addTenant),
        destination<HttpMessage>({
          status: 200,
          headers: tenantAnswer,
          body: { ...tenantBody, revision: tenantRevision },
        }),
      ],
    },
    {
      description: 'read the own tenant with a known revision: 200 all the same, never 304',
      basis: inferred('the service counts every status but 200 as an error, so it must not answer 304'),
      given: [states.tenantExists],
      steps: [
        source<HttpMessage>({ ...getTenant, headers: { 'if-none-match': `"${tenantRevision}"` } }),
        destination<HttpMessage>({ status: 200, headers: tenantAnswer, body: storedTenant }),
      ],
    },
    {
      description: 'add the tenant with a field that the service does not know',
      basis: assumed('unknown fields of a request are ignored, so that both sides can be deployed on their own'),
      given: [states.tenantMissing],
      only: { side: 'destination', reason: 'a source of today has no such field; the destination must bear it' },
      steps: [
        source<HttpMessage>({ ...addTenant, body: { ...tenantBody, addedInALaterVersion: true } }),
        destination<HttpMessage>({
          status: 200,
          headers: tenantAnswer,
          body: { ...tenantBody, revision: integer(1) },
        }),
      ],
    },
    unknownTenantRefused('read a tenant that does not exist', tenantPath(unknownTenant)),
    unknownTenantRefused('look up a DN of a tenant that does not exist', objectPath(unknownTenant, 'DN'), {
      number: world.dns.agent.number,
    }),
    storeLost('read the own tenant while the service has lost Redis', getTenant),
    storeLost('add the tenant while the service has lost Redis', addTenant),
    refusedLookUp('look up an object by no key', 'DN', {}),
    refusedLookUp('look up an object by two keys', 'DN', {
      number: world.dns.agent.number,
      dbid: String(world.dns.agent.dbid),
    }),
    refusedLookUp('look up an object by a key that its type does not have', 'Person', {
      TServerDBID: String(world.switch.tserverDbid),
    }),
    sidecarWithoutUpstream('read the own tenant while the service is down', states.down, getTenant),
  ],
});
