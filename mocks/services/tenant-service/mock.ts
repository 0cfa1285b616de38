import type { TcpServiceMock } from '../../protocols/tcp/service.ts';
import { ConfigurationSession } from './configuration.ts';
import { states } from './states.ts';
import { createTenantWorld, type TenantWorld } from './world.ts';

/** The Tenant Service, with one file for each of its protocol roles. */
const tenantService: TcpServiceMock<TenantWorld> = {
  system: 'Tenant Service',
  states,
  notModelled: [
    'configuration (8888): creating, updating and deleting objects, notifications, XPath reads, brief infos, permissions of users',
    'configuration (8888): which user may log in; every user name opens a session with the one password',
    'voice events (8000), statistics (2060), outbound control (5050) and routing over HTTP (5080)',
  ],
  createWorld: createTenantWorld,
  accept: (world, session) => new ConfigurationSession(world, session),
};

export default tenantService;
