import type { TcpHandler, TcpServiceMock, TcpSession } from '../../protocols/tcp/service.ts';
import { ConfigurationSession } from './configuration/session.ts';
import { OutboundSession } from './outbound/session.ts';
import { states } from './states.ts';
import { StatisticsSession } from './statistics/session.ts';
import { TelephonySession } from './telephony/session.ts';
import { createTenantWorld, type TenantWorld } from './world.ts';

type Role = new (world: TenantWorld, session: TcpSession) => TcpHandler;

/** The protocol of each port. Configuration is the one that a source meets on a port that is not told. */
const roles: Readonly<Record<number, Role>> = {
  5050: OutboundSession,
  8000: TelephonySession,
  2060: StatisticsSession,
};

/** The Tenant Service over TCP: one world behind four protocols, each on its port. */
const tenantService: TcpServiceMock<TenantWorld> = {
  system: 'Tenant Service',
  states,
  notModelled: [
    'configuration (8888): XPath reads, brief infos, permissions of single users, what the change of a parent does to its children',
    'configuration (8888): which user may log in; every user name opens a session with the one password',
    'voice (8000): transfers, conferences, routing, agents of other work modes, and what FrontEnd Service says to a request',
    'statistics (2060): what is measured; numbers stand still, and only states of agents follow from the calls and logins of the mock',
    'outbound (5050): dialling itself; a group is loaded, dials, stops and is unloaded, and no call is made',
  ],
  createWorld: createTenantWorld,
  accept: (world, session, port = 0) => new (roles[port] ?? ConfigurationSession)(world, session),
};

export default tenantService;
