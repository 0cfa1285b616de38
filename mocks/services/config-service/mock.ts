import { dialect } from '../../../contracts/dialect.ts';
import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { noUpstream, refuse } from '../../common/http-replies.ts';
import type { HttpServiceMock } from '../../protocols/http/service.ts';
import { getStatus, operate } from './devices.ts';
import { getObject } from './objects.ts';
import { ok, storeLost, unready } from './replies.ts';
import { states } from './states.ts';
import { addTenant, deleteTenant, getTenant, listTenants } from './tenants.ts';
import { type ConfigWorld, createWorld } from './world.ts';

const routes = dialect.http.configService;

/** Config Service: tenants with revisions, their objects, and who is registered and logged in on their DNs. */
const configService: HttpServiceMock<ConfigWorld> = {
  system: 'Config Service',
  notModelled: [
    'a loss of the store in the middle of a request',
    'a registration that is refused for a CSeq that is not above the last one',
    'the queue and the place of a login, which no answer has',
    'whether a login code belongs to the person and to the switch of the DN',
  ],
  createWorld,
  respond,
  states,
};

function respond(request: HttpRequest, world: ConfigWorld): HttpResponse {
  const { method, path } = request;
  if (world.condition === 'down') return noUpstream();
  const lost = world.condition === 'redis lost';
  if (method === 'GET' && path === routes.ready) return lost ? unready('redis') : ok({ level: 2, redis: 2 });
  if (lost) return storeLost();
  if (path === routes.tenants) {
    if (method === 'GET') return listTenants(world);
    if (method === 'POST') return addTenant(request, world);
  }
  const route = path.startsWith(`${routes.tenants}/`) ? path.slice(routes.tenants.length + 1).split('/') : [];
  return ofTenant(request, route, world) ?? refuse(404, `${method} ${path} is not a route`);
}

/** Answers a request about one tenant. @param route the path's segments from the tenant's UUID on */
function ofTenant(request: HttpRequest, route: readonly string[], world: ConfigWorld): HttpResponse | undefined {
  const [tenantUuid = '', kind, name = '', operation = ''] = route;
  switch (`${request.method} ${route.length} ${kind ?? ''}`.trimEnd()) {
    case 'GET 1':
      return getTenant(tenantUuid, world);
    case 'DELETE 1':
      return deleteTenant(tenantUuid, world);
    case `GET 3 ${routes.objects}`:
      return getObject(tenantUuid, name, request.query ?? {}, world);
    case `GET 3 ${routes.devices}`:
      return getStatus(tenantUuid, name, world);
    case `POST 4 ${routes.devices}`:
      return operate(tenantUuid, name, operation, request, world);
    default:
      return undefined;
  }
}

export default configService;
