import { states } from '../../../contracts/common/config-service.ts';
import { dialect } from '../../../contracts/dialect.ts';
import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import type { StateSet } from '../../adapter.ts';
import type { HttpServiceMock } from '../../protocols/http/service.ts';
import { getObject } from './objects.ts';
import { noUpstream, refuse, storeLost } from './replies.ts';
import { addTenant, deleteTenant, getTenant } from './tenants.ts';
import { type ConfigWorld, createWorld } from './world.ts';

const { tenants: tenantsPath, objects: objectsSegment } = dialect.http.configService;

/** Changes the world and leaves behind how to put everything back, with what was added since. */
function changed(world: ConfigWorld, change: Partial<ConfigWorld>): Partial<StateSet> {
  const before = { ...world };
  Object.assign(world, change);
  return { undo: async () => void Object.assign(world, before) };
}

function withTenant(world: ConfigWorld, tenantUuid: string, revision: number): Partial<StateSet> {
  const fresh = createWorld();
  const tenant = fresh.tenants.get(tenantUuid);
  if (tenant === undefined) throw new RangeError(`tenant ${tenantUuid} is not in the fixture world`);
  return changed(world, {
    tenants: new Map(world.tenants).set(tenantUuid, { ...tenant, revision }),
    objects: new Map(world.objects).set(tenantUuid, fresh.objects.get(tenantUuid) ?? []),
  });
}

function withoutTenant(world: ConfigWorld, tenantUuid: string): Partial<StateSet> {
  const others = <T>(map: ReadonlyMap<string, T>) => new Map([...map].filter(([uuid]) => uuid !== tenantUuid));
  return changed(world, { tenants: others(world.tenants), objects: others(world.objects) });
}

/** Config Service: tenants with revisions and the look-up of their objects, kept as long as the mock runs. */
const configService: HttpServiceMock<ConfigWorld> = {
  system: 'Config Service',
  notModelled: [
    'the list of tenants, the operations on devices, and object types other than DN, Person and Switch',
    'a loss of the store in the middle of a request',
  ],
  createWorld,
  respond,
  states: {
    [states.tenantExists.name]: (world, { tenantUuid, revision }) =>
      withTenant(world, String(tenantUuid), Number(revision)),
    [states.tenantMissing.name]: (world, { tenantUuid }) => withoutTenant(world, String(tenantUuid)),
    [states.otherTenantMissing.name]: (world, { tenantUuid }) => withoutTenant(world, String(tenantUuid)),
    [states.redisLost.name]: (world) => changed(world, { condition: 'redis lost' }),
    [states.down.name]: (world) => changed(world, { condition: 'down' }),
  },
};

function respond(request: HttpRequest, world: ConfigWorld): HttpResponse {
  if (world.condition === 'down') return noUpstream();
  if (world.condition === 'redis lost') return storeLost();
  const { method, path, query = {} } = request;
  const [tenantUuid = '', kind, type = '', ...rest] = path.slice(tenantsPath.length + 1).split('/');
  if (method === 'POST' && path === tenantsPath) return addTenant(request, world);
  if (method === 'GET' && kind === undefined) return getTenant(tenantUuid, world);
  if (method === 'DELETE' && kind === undefined) return deleteTenant(tenantUuid, world);
  if (method === 'GET' && kind === objectsSegment && rest.length === 0) {
    return getObject(tenantUuid, type, query, world);
  }
  return refuse(404, `${method} ${path} is not a route`);
}

export default configService;
