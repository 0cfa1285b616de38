import { commonExchanges, states, taken } from '../common/frontend-service.ts';
import { bases, requests } from '../common/tlib-request.ts';
import { defineContract } from '../define-contract.ts';
import type { HttpMessage } from '../messages/http.ts';

const { documentedName, tlibName } = bases;

/** What ORS asks of voice while a routing session has a call: treatments, the route, attached data, the end of the call. */
export default defineContract<HttpMessage>({
  connection: 38,
  port: 9101,
  interactions: [
    taken('play music to a call', documentedName, states.callWaits, requests.music),
    taken('play an announcement to a call', documentedName, states.callWaits, requests.announcement),
    taken('play an application to a call', documentedName, states.callWaits, requests.application),
    taken('collect digits of a call', documentedName, states.callWaits, requests.digits),
    taken('route a call', tlibName, states.callWaits, requests.routeCall),
    taken('attach data to a call', documentedName, states.callExists, requests.updateUserData),
    taken('release a call', tlibName, states.callExists, requests.releaseCall),
    ...commonExchanges('play music to a call', requests.music),
  ],
});
