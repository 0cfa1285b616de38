import { noUpstream, refuse } from '../../common/http-replies.ts';
import type { HttpServiceMock } from '../../protocols/http/service.ts';
import { reply } from './routing/replies.ts';
import { routingStates } from './routing/states.ts';
import { createRoutingWorld, type RoutingWorld } from './routing/world.ts';

/** The Tenant Service over HTTP: the web API of its Universal Routing Server. */
const tenantRouting: HttpServiceMock<RoutingWorld> = {
  system: 'Tenant Service',
  states: routingStates,
  notModelled: [
    'routing (5080): strategies; a virtual call waits in no queue, and goes when it is stopped',
    'routing (5080): the three ways of counting a queue, which all say the same here',
    'routing (5080): what URS calls back, and the calls and agents of the TCP ports',
  ],
  createWorld: createRoutingWorld,
  respond(request, world) {
    switch (world.condition) {
      case 'down':
        return noUpstream();
      case 'silent':
        return { fault: 'timeout' };
      case 'failing':
        return refuse(500, 'the server fails');
      case 'up':
        return reply(request, world);
    }
  },
};

export default tenantRouting;
