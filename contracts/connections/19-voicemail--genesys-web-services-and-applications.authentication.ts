import { states } from '../common/gws-auth.ts';
import { errorBody, jsonType, sidecarWithoutUpstream } from '../common/http-common.ts';
import { destination, documented, type Interaction, inferred, type ProviderState, source } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { fromState, type Matcher, regex, string, type Template } from '../matchers.ts';
import type { HttpMessage } from '../messages/http.ts';
import { world } from '../world.ts';

const guide = 'Genesys Multicloud CX, Authentication API (PEC-Developer/Current/WebAPIs/Authentication)';

/** The scheme is told in any case (RFC 9110, section 11.1); the token is the one that a user sent, which the state gives. */
const askWhose = (token: string): Template<HttpMessage> => ({
  method: 'GET',
  path: dialect.http.genesysWebServices.userInfo,
  headers: {
    authorization: fromState('authorization', `Bearer ${token}`, regex(`^[Bb]earer +${token}$`, `Bearer ${token}`)),
  },
});
const askForAgent = askWhose(world.tokens.agent);

/** A token of which nothing is learnt: Voicemail lets nobody in by it. */
function refused(
  description: string,
  basis: Interaction['basis'],
  given: ProviderState,
  request: Template<HttpMessage>,
  [status, message]: [status: number, message: string],
  headers: Record<string, Matcher<string>> = {},
): Interaction<HttpMessage> {
  return {
    description,
    negative: true,
    basis,
    given: [given],
    steps: [
      source<HttpMessage>(request),
      destination<HttpMessage>({
        status,
        headers: { 'content-type': jsonType, ...headers },
        body: errorBody(status, message),
      }),
    ],
  };
}

/**
 * The other flow of this row: Voicemail asks GWS whose token it was sent. A positive answer may be kept for a minute, so not
 * every request of a user leads to one of these.
 */
export default defineContract<HttpMessage>({
  connection: 19,
  part: {
    name: 'authentication',
    source: 'Voicemail',
    destination: 'Genesys Web Services and Applications',
    port: { kind: 'unknown', ports: [], printed: 'Not printed (GWS has an address of its own)' },
  },
  interactions: [
    {
      description: 'ask whose a token is',
      basis: inferred(
        `${guide} has the base path and tells users by token; that Voicemail asks at userinfo, and the fields, follow from it`,
      ),
      given: [states.tokenOfAgent],
      steps: [
        source<HttpMessage>(askForAgent),
        destination<HttpMessage>({
          status: 200,
          headers: { 'content-type': jsonType },
          body: {
            status: { code: 0 },
            data: { userName: string(world.persons[0].userName), contactCenterId: world.tenant.uuid },
          },
        }),
      ],
    },
    refused(
      'ask whose a token is that has expired',
      inferred('a bearer token that is not valid is a 401 with a challenge (RFC 6750, section 3)'),
      states.tokenExpired,
      askWhose(world.tokens.expired),
      [401, 'the token is not valid'],
      { 'www-authenticate': regex('^Bearer( [a-z_]+="[^"]*"(, ?[a-z_]+="[^"]*")*)?$', 'Bearer') },
    ),
    refused(
      'ask whose a token is while GWS is not available',
      documented(`${guide}: 503 is among the statuses of the API`),
      states.unavailable,
      askForAgent,
      [503, 'the service is not available'],
    ),
    sidecarWithoutUpstream('ask whose a token is while GWS is down', states.down, askForAgent),
  ],
});
