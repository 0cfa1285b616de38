import { answered, answerJson, notRead, objectPath, requestType } from '../common/config-service.ts';
import { refusedLookUp, storeLost, unknownDnRefused } from '../common/config-service-errors.ts';
import { anySections, dnWith, lookUp, storedObject } from '../common/config-service-look-ups.ts';
import { alternateScriptUrl, scriptReference, scriptUrl, states } from '../common/config-service-states.ts';
import { sidecarWithoutUpstream } from '../common/http-common.ts';
import { destination, documented, inferred, source } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { arrayContaining } from '../matchers.ts';
import type { HttpMessage, HttpRequest } from '../messages/http.ts';
import { world } from '../world.ts';

const { routingScript, list, dns } = world;

const getRoutePoint: HttpRequest = {
  method: 'GET',
  path: objectPath(world.tenant.uuid, 'DN'),
  query: { number: dns.routePoint.number },
};
const keepAlive: HttpRequest = { method: 'GET', path: dialect.http.configService.ready };

/** Levels of health, as the services' own gauges count them. */
const healthy = 2;
const degraded = 1;

const table = 'Voice Microservices Private Edition Guide, connections table';
const enhancedRouting = 'Orchestration Server Deployment Guide, Enhanced Routing Script objects: section Application';

/** ORS reads route points, routing scripts and lists, and asks every ten seconds whether the service is there. */
export default defineContract<HttpMessage>({
  connection: 34,
  port: 9100,
  interactions: [
    lookUp(
      {
        description: 'look up the script of a route point',
        given: states.routePointRunsScript,
        basis: inferred(`ORS reads route points (${table}); the predecessor has the script in an option of the DN`),
        free: notRead('ORS', 'switchDbid'),
      },
      'DN',
      { number: dns.routePoint.number },
      dnWith(dns.routePoint, {
        dnType: 'RoutePoint',
        annex: { Orchestration: { application: scriptReference } },
      }),
    ),
    lookUp(
      {
        description: 'look up a routing script',
        given: states.scriptExists,
        basis: documented(`${enhancedRouting}, option url`),
      },
      'Script',
      { name: routingScript.name },
      storedObject('Script', routingScript.dbid, {
        name: routingScript.name,
        annex: { Application: { url: scriptUrl } },
      }),
    ),
    lookUp(
      {
        description: 'look up a routing script that has an alternate address',
        given: states.scriptHasAlternate,
        basis: documented(`${enhancedRouting}, options url and alternate-url`),
      },
      'Script',
      { name: routingScript.name },
      storedObject('Script', routingScript.dbid, {
        name: routingScript.name,
        annex: { Application: { url: scriptUrl, 'alternate-url': alternateScriptUrl } },
      }),
    ),
    lookUp(
      {
        description: 'look up a list',
        given: states.listExists,
        basis: requestType('Transaction_by_name'),
      },
      'Transaction',
      { name: list.name },
      storedObject('Transaction', list.dbid, {
        name: list.name,
        annex: anySections('Holidays', '2030-01-01', 'closed'),
      }),
    ),
    {
      description: 'keep-alive',
      basis: documented(
        `${table}: ORS detects by keep-alive messages whether the service is there; its route and its period are assumed`,
      ),
      given: [states.up],
      free: notRead('ORS', 'redis'),
      steps: [source<HttpMessage>(keepAlive), answered({ level: healthy })],
    },
    {
      description: 'keep-alive while the service has lost Redis',
      negative: true,
      basis: inferred('a service is not ready without what it needs, and its level of health is below 2 then'),
      given: [states.redisLost],
      steps: [
        source<HttpMessage>(keepAlive),
        destination<HttpMessage>({
          status: 503,
          headers: answerJson,
          body: { level: degraded, reasons: arrayContaining('redis') },
        }),
      ],
    },
    sidecarWithoutUpstream('keep-alive while the service is down', states.down, keepAlive),
    unknownDnRefused('look up the script of a route point that does not exist'),
    refusedLookUp('look up a routing script by a key that its type does not have', 'Script', {
      number: dns.routePoint.number,
    }),
    storeLost('look up the script of a route point while the service has lost Redis', getRoutePoint),
    sidecarWithoutUpstream('look up the script of a route point while the service is down', states.down, getRoutePoint),
  ],
});
