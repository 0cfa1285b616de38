import { assumed, type Basis, destination, inferred, type ProviderState, source } from '../contract.ts';
import { dialect } from '../dialect.ts';
import type { Template } from '../matchers.ts';
import type { HttpMessage } from '../messages/http.ts';
import { world } from '../world.ts';
import { answerJson, type Exchange, objectPath } from './config-service.ts';
import { states } from './config-service-states.ts';
import { errorBody, errorNaming } from './http-common.ts';

/** The errors of the Config Service, as each of its readers meets them. */

/** A request that the service refuses. */
export function refused(
  description: string,
  {
    basis,
    given,
    request,
    code,
    message,
  }: {
    basis: Basis;
    given: ProviderState;
    request: Template<HttpMessage>;
    code: number;
    message: string;
  },
): Exchange {
  return {
    description,
    negative: true,
    basis,
    given: [given],
    steps: [
      source<HttpMessage>(request),
      destination<HttpMessage>({ status: code, headers: answerJson, body: errorBody(code, message) }),
    ],
  };
}

/** The look-up of a DN that the tenant does not have. */
export function unknownDnRefused(description: string): Exchange {
  return refused(description, {
    basis: assumed('an object that does not exist is a 404 with the error envelope'),
    given: states.dnMissing,
    request: {
      method: 'GET',
      path: objectPath(world.tenant.uuid, 'DN'),
      query: { number: world.dns.unknown.number },
    },
    code: 404,
    message: 'DN not found',
  });
}

/** A request for a tenant that the service does not have. */
export function unknownTenantRefused(
  description: string,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Exchange {
  const tenantUuid = world.otherTenant.uuid;
  return {
    description,
    negative: true,
    basis: assumed('an unknown tenant is a 404 whose message names it'),
    given: [states.otherTenantMissing],
    steps: [
      source<HttpMessage>({ method: 'GET', path, query }),
      destination<HttpMessage>({
        status: 404,
        headers: answerJson,
        body: errorNaming(404, tenantUuid, `tenant ${tenantUuid} not found`),
      }),
    ],
  };
}

/** A request while the store behind the service is lost. */
export function storeLost(description: string, request: Template<HttpMessage>): Exchange {
  return {
    description,
    negative: true,
    basis: inferred('Redis is the only store of the service (connection 17), so without it nothing can be answered'),
    given: [states.redisLost],
    steps: [
      source<HttpMessage>(request),
      destination<HttpMessage>({
        status: 503,
        headers: { ...answerJson, 'retry-after': String(dialect.http.configService.retryAfterSeconds) },
        body: errorBody(503, 'redis is not connected'),
      }),
    ],
  };
}

/** A look-up whose keys the service cannot accept. A source that keeps the contract never sends one. */
export function refusedLookUp(description: string, type: string, query: Readonly<Record<string, string>>): Exchange {
  return {
    ...refused(description, {
      basis: assumed('an object is looked up by exactly one key, of those that its type has'),
      given: states.tenantExists,
      request: { method: 'GET', path: objectPath(world.tenant.uuid, type), query },
      code: 400,
      message: 'exactly one key is needed',
    }),
    only: { side: 'destination', reason: 'a source that keeps the contract asks by exactly one fitting key' },
  };
}
