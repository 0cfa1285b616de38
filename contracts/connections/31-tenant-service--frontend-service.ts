import { commonExchanges, states, taken } from '../common/frontend-service.ts';
import { bases, requests } from '../common/tlib-request.ts';
import { defineContract } from '../define-contract.ts';
import type { HttpMessage } from '../messages/http.ts';

/** What the Tenant Service asks of voice: to route and make calls, to attach data, to change the states of agents. */
export default defineContract<HttpMessage>({
  connection: 31,
  port: 9101,
  interactions: [
    taken('route a call', bases.assumed, states.callWaits, requests.routeCall),
    taken('make a call', bases.assumed, states.dnRegistered, requests.makeCall),
    taken('attach data to a call', bases.documentedName, states.callExists, requests.updateUserData),
    taken('make an agent ready', bases.tlibName, states.agentLoggedIn, requests.agentReady),
    taken('make an agent not ready, with a reason', bases.tlibName, states.agentLoggedIn, requests.agentNotReady),
    ...commonExchanges('attach data to a call', requests.updateUserData),
  ],
});
