import { errorBody, jsonType, sidecarWithoutUpstream, utcTime } from '../common/http-common.ts';
import {
  cookieReplayed,
  cookieSetFor,
  cookieUnread,
  eventPath,
  notStored,
  orsDocuments,
  ownedElsewhere,
  ownersAddress,
  requestPath,
  sessionPath,
  states,
} from '../common/ors.ts';
import {
  assumed,
  type Basis,
  destination,
  documented,
  type FreePart,
  type Interaction,
  inferred,
  type ProviderState,
  source,
} from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { arrayContaining, eachLike, integer, type Json, regex, string, type Template, text } from '../matchers.ts';
import type { HttpMessage, HttpRequest } from '../messages/http.ts';
import { world } from '../world.ts';

type Exchange = Interaction<HttpMessage>;
type Request = Template<HttpMessage>;

const { id: callbackId, sessionId, serviceName } = world.callback;
const { events, requests } = dialect.http.ors;
const cancelPath = eventPath(sessionId, events.cancel);
const queryPath = sessionPath(sessionId, 'query');

const json = { 'content-type': jsonType };
const answered = { 'cache-control': notStored };
const answeredJson = { ...json, ...answered };

const queryAssumed = assumed('a query is a GET that answers JSON; only its route is documented');
const controlAssumed = assumed('names of the events and their fields; only the routes are documented');
const gone = inferred('a session that is not there, or has ended, is a resource that is not found');
const notYet = inferred('an entry in Redis starts the session some time after it was added; until then there is none');

/** What an answer says beside its status, where only the status counts. */
const onlyStatus: readonly FreePart[] = [
  ...cookieUnread,
  { path: '$.headers.content-type', reason: 'the body of this answer is not read' },
  { path: '$.body', reason: 'that the event was delivered is all that is acknowledged' },
];

const query = { method: 'GET', path: queryPath, headers: { accept: 'application/json' } } as const;
const cancel = {
  method: 'POST',
  path: cancelPath,
  headers: json,
  body: { callbackId, reason: string('cancelled_by_user') },
} as const;
const terminate: HttpRequest = { method: 'POST', path: sessionPath(sessionId, 'terminate') };
const askPosition = {
  method: 'POST',
  path: requestPath(sessionId, requests.queuePosition),
  headers: json,
  body: {},
} as const;

const callbackData = {
  callbackId,
  serviceName: string(serviceName),
  customerNumber: text(regex('^\\+[0-9]{5,15}$', world.customer.phone)),
  position: integer(3),
  eta: integer(120),
};
const session = { sessionId, state: 'active', startedAt: utcTime };
const queuedCallback = {
  ...session,
  states: eachLike(string('queued')),
  data: callbackData,
  ixnIds: eachLike(string(world.call.uuid), { min: 0 }),
};

/** An exchange whose answer is read. */
function asked(
  description: string,
  basis: Basis,
  given: ProviderState,
  request: Request,
  body: Template<Json>,
): Exchange {
  return {
    description,
    basis,
    given: [given],
    free: cookieUnread,
    steps: [source<HttpMessage>(request), destination<HttpMessage>({ status: 200, headers: answeredJson, body })],
  };
}

/** An exchange of which only the status counts. */
function acknowledged(description: string, basis: Basis, request: Request): Exchange {
  return {
    description,
    basis,
    given: [states.callbackQueued],
    free: onlyStatus,
    steps: [source<HttpMessage>(request), destination<HttpMessage>({ status: 200, headers: answered })],
  };
}

/** A request about a session that cannot be found. */
function notFound(description: string, basis: Basis, given: ProviderState, request: Request): Exchange {
  return {
    description,
    negative: true,
    basis,
    given: [given],
    steps: [
      source<HttpMessage>(request),
      destination<HttpMessage>({
        status: 404,
        headers: answeredJson,
        body: errorBody(404, `session ${sessionId} not found`),
      }),
    ],
  };
}

/** A request to a node that does not own the session; who follows it repeats method and body (RFC 9110, section 15.4.8). */
function redirected(description: string, path: string, request: Request): Exchange {
  return {
    description,
    negative: true,
    basis: documented(`${orsDocuments.load}: 307 with the external URL of the node that owns the session`),
    given: [ownedElsewhere(sessionId)],
    steps: [
      source<HttpMessage>(request),
      destination<HttpMessage>({ status: 307, headers: { ...answered, location: ownersAddress(path) } }),
    ],
  };
}

/**
 * Diagnostics and control of callback sessions. Their start is no request: an entry in Redis does it. How often the source
 * asks is its own affair.
 */
export default defineContract<HttpMessage>({
  connection: 10,
  port: 9098,
  interactions: [
    asked('query a callback that waits in the queue', queryAssumed, states.callbackQueued, query, queuedCallback),
    asked('query a callback for which an agent is selected', queryAssumed, states.callbackRouted, query, {
      ...session,
      states: arrayContaining<string>('routed'),
      data: { ...callbackData, agentId: string(world.persons[0].employeeId) },
      ixnIds: eachLike(string(world.call.uuid)),
    }),
    {
      description: 'query a callback, then cancel it with the cookie that names its node',
      basis: documented(
        `${orsDocuments.cookie}; ${orsDocuments.load}: ORSSESSIONID names session and node, and the client sends it back`,
      ),
      given: [states.callbackInCookie],
      steps: [
        source<HttpMessage>(query),
        destination<HttpMessage>({
          status: 200,
          headers: { ...answeredJson, 'set-cookie': cookieSetFor(sessionId) },
          body: queuedCallback,
        }),
        source<HttpMessage>({ ...cancel, headers: { ...cancel.headers, cookie: cookieReplayed(sessionId) } }),
        destination<HttpMessage>({ status: 200, headers: answered }),
      ],
      free: onlyStatus,
    },
    acknowledged('cancel a callback', controlAssumed, cancel),
    acknowledged('change the priority of a callback, by a parameter of the event', controlAssumed, {
      method: 'POST',
      path: eventPath(sessionId, events.update),
      query: { priority: regex('^[0-9]+$', '50') },
      headers: json,
      body: { callbackId },
    }),
    acknowledged('change the priority of a callback, encoded as a form', controlAssumed, {
      method: 'POST',
      path: eventPath(sessionId, events.update),
      query: { priority: regex('^[0-9]+$', '50') },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: { callbackId },
    }),
    asked(
      'ask the session for the position of a callback',
      inferred('the predecessor answers a request of this name; the fields of the answer are assumed'),
      states.callbackQueued,
      askPosition,
      { _position: integer(3), _eta: integer(120) },
    ),
    acknowledged(
      'terminate the session of a callback',
      inferred(`the route is documented (${orsDocuments.interfaces}); verb and status follow from the other routes`),
      terminate,
    ),
    notFound('query a session that does not exist', gone, states.noCallback, query),
    notFound('send an event to a session that does not exist', gone, states.noCallback, cancel),
    notFound('ask a session that does not exist', gone, states.noCallback, askPosition),
    notFound('terminate a session that does not exist', gone, states.noCallback, terminate),
    notFound('query a session that Redis has not started yet', notYet, states.callbackNotStarted, query),
    notFound('cancel a callback whose session Redis has not started yet', notYet, states.callbackNotStarted, cancel),
    redirected('send an event to a node that does not own the session', cancelPath, cancel),
    redirected('query a session at a node that does not own it', queryPath, query),
    {
      description: 'send an event whose JSON body is no object',
      negative: true,
      basis: inferred('the fields of an event are the members of its body; what has none cannot become an event'),
      given: [states.callbackQueued],
      only: { side: 'destination', reason: 'a source that keeps the contract sends the fields of the event' },
      steps: [
        source<HttpMessage>({ ...cancel, headers: { 'content-type': 'application/json' }, body: [callbackId] }),
        destination<HttpMessage>({
          status: 400,
          headers: answeredJson,
          body: errorBody(400, 'the body is not a JSON object'),
        }),
      ],
    },
    sidecarWithoutUpstream('query a callback while ORS is down', states.down, query),
  ],
});
