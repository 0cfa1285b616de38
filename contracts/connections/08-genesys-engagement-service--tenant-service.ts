import { connId } from '../common/call-event.ts';
import { jsonType, sidecarWithoutUpstream } from '../common/http-common.ts';
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
  state,
} from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { integer, type Json, regex, statusCode, string, type Template, text, values } from '../matchers.ts';
import type { HttpMessage } from '../messages/http.ts';
import { world } from '../world.ts';

type Exchange = Interaction<HttpMessage>;
type Request = Template<HttpMessage>;

const routes = dialect.http.universalRouting;
const { call, customer, tenant, virtualQueue } = world;
const json = { 'content-type': jsonType };
/** A list of names with texts, of the source's own choice. */
const texts = (example: Readonly<Record<string, string>>) =>
  values(Object.fromEntries(Object.entries(example).map(([name, each]) => [name, string(each)])));

const webApi = 'Universal Routing 8.1 Reference Manual, estimated wait time: the URS web API';
const publicClients = 'public clients of the URS web API: /urs/call/max/lvq, pos, ewt';
const mobileServices = 'Genesys Mobile Services Deployment Guide, configuring the URS load balancer';
const controlAssumed = assumed(
  'a POST with tenant and strategy as parameters and the user data as a JSON body; that strategies are started over HTTP is documented (Genesys Mobile Services Deployment Guide)',
);

const queueHolds = state('the virtual queue holds calls', { queue: virtualQueue.name, calls: 3 });
const callWaits = state('the call waits in the virtual queue', { queue: virtualQueue.name, connId: call.connId });
const noCall = state('URS knows no such call', { connId: call.connId });
const ready = state('the strategy is loaded', { strategy: routes.strategies.known });

/** The wait in seconds, as a number or as its text. */
const wait: Template<Json> = regex('^[0-9]+([.][0-9]+)?$', '42');
const position = { pos: integer(3), ewt: wait };
const eitherForm: readonly FreePart[] = [
  { path: '$.body.ewt', reason: 'a number or its text: sources read both, and no document says which it is' },
];

const ask = (path: string, query: Readonly<Record<string, Template<string>>>): Request =>
  ({ method: 'GET', path, query }) as Request;
const ofQueue = (queue: string, aqt?: Template<string>): Request =>
  ask(routes.queueOf(routes.wholeQueue, queue), { tenant: tenant.name, ...(aqt === undefined ? {} : { aqt }) });
const ofCall = ask(routes.queueOf(call.connId, virtualQueue.name), { aqt: 'urs2' });

const answered = (request: Request, body: Template<Json>) => [
  source<HttpMessage>(request),
  destination<HttpMessage>({ status: 200, headers: json, body }),
];

/** Where callers stand, and how long they wait. */
const positionOf = (
  description: string,
  basis: Basis,
  given: ProviderState,
  request: Request,
  more: Pick<Exchange, 'only'> = {},
): Exchange => ({ description, basis, given: [given], free: eitherForm, steps: answered(request, position), ...more });

const onlyTheChoice = {
  side: 'destination',
  reason: 'which way of counting a source asks for is its own affair; the destination has all three',
} as const;

/** Errors that are told by a status, or by the body of a 200: no document says which. */
const eitherStatus = statusCode([200, 400, 404, 410, 500], 404);
const onlyRefused: readonly FreePart[] = ['$.headers.content-type', '$.body'].map((path) => ({
  path,
  reason: 'how an error reads is not published; that the answer is none of a success is demanded',
}));

/** A request that comes to nothing. @param success the body that it must not have */
const comesToNothing = (
  description: string,
  given: readonly ProviderState[],
  request: Request,
  success: Template<Json>,
): Exchange => ({
  description,
  negative: true,
  basis: assumed('a status of an error, or an error in the body'),
  given,
  free: onlyRefused,
  steps: [source<HttpMessage>(request), destination<HttpMessage>({ status: eitherStatus })],
  forbidden: [destination<HttpMessage>({ status: 200, body: success })],
});

const start = (strategy: Template<string>): Request =>
  ({
    method: 'POST',
    path: routes.start,
    query: { tenant: tenant.name, strategy },
    headers: json,
    body: texts({ CustomerNumber: customer.phone }),
  }) as Request;
const stop: Request = { method: 'POST', path: routes.stop(call.connId) } as Request;
const heartbeat: Request = { method: 'GET', path: routes.heartbeat };

const onlyStatus: readonly FreePart[] = ['$.headers.content-type', '$.body'].map((path) => ({
  path,
  reason: 'the source looks at the status of this answer only',
}));
const accepted = destination<HttpMessage>({ status: 200 });

const queues: Exchange[] = [
  positionOf(
    'ask for the length and the wait of a virtual queue',
    documented(`${webApi}; ${publicClients}. Other fields of the answer are unknown`),
    queueHolds,
    ofQueue(virtualQueue.name, text(regex('^(urs|stat|urs2)$', 'urs'))),
  ),
  positionOf(
    'ask for a virtual queue as Stat Server counts it',
    documented(webApi),
    queueHolds,
    ofQueue(virtualQueue.name, 'stat'),
    {
      only: onlyTheChoice,
    },
  ),
  positionOf(
    'ask for a virtual queue as URS counts it better',
    documented(webApi),
    queueHolds,
    ofQueue(virtualQueue.name, 'urs2'),
    {
      only: onlyTheChoice,
    },
  ),
  positionOf(
    'ask for a virtual queue without saying how to count',
    documented(webApi),
    queueHolds,
    ofQueue(virtualQueue.name),
    {
      only: onlyTheChoice,
    },
  ),
  positionOf(
    'ask for a group of queues, which the end of its name tells',
    documented(webApi),
    state('the group of queues holds calls', { queue: `${virtualQueue.name}.GQ`, calls: 5 }),
    ofQueue(`${virtualQueue.name}.GQ`, 'urs'),
  ),
  positionOf('ask where one call stands', documented(webApi), callWaits, ofCall),
  {
    description: 'ask for all that is known of the wait of one call',
    basis: inferred(
      `${webApi}: a second method, with a better estimate; its parameters and other fields are not published`,
    ),
    given: [callWaits],
    free: eitherForm,
    steps: answered({ method: 'GET', path: routes.query(call.connId), query: texts({ aqt: 'urs2' }) } as Request, {
      ewt: wait,
    }),
  },
  comesToNothing('ask where a call stands that URS does not know', [noCall], ofCall, { pos: integer(3) }),
];

const control: Exchange[] = [
  {
    description: 'start a strategy for a virtual call, and get the id of the call',
    basis: controlAssumed,
    given: [ready],
    steps: answered(start(routes.strategies.known), { connid: text(connId(call.connId)) }),
  },
  {
    ...comesToNothing('start a strategy that is not loaded', [ready], start(routes.strategies.unknown), {
      connid: string(call.connId),
    }),
    only: { side: 'destination', reason: 'a source that keeps the contract starts what it is configured to start' },
  },
  {
    description: 'stop a virtual call',
    basis: controlAssumed,
    given: [callWaits],
    free: onlyStatus,
    steps: [source<HttpMessage>(stop), accepted],
  },
  {
    description: 'stop a virtual call that is gone already, which is no failure',
    negative: true,
    basis: assumed('success, or the status of a resource that is not there'),
    given: [noCall],
    free: onlyStatus,
    steps: [source<HttpMessage>(stop), destination<HttpMessage>({ status: statusCode([200, 404, 410], 404) })],
  },
];

const health: Exchange[] = [
  {
    description: 'ask for a sign of life',
    basis: documented(
      `${mobileServices}: each URS is asked again and again; the path is a setting there, assumed here`,
    ),
    given: [ready],
    free: onlyStatus,
    steps: [source<HttpMessage>(heartbeat), accepted],
  },
  {
    description: 'ask for a sign of life and get an error, which takes this URS out',
    negative: true,
    basis: documented(`${mobileServices}: the next one is tried, at most three for a request`),
    given: [state('URS fails')],
    free: onlyStatus,
    steps: [source<HttpMessage>(heartbeat), destination<HttpMessage>({ status: statusCode('serverError', 500) })],
  },
  {
    description: 'ask for a sign of life and get no answer, which takes this URS out',
    negative: true,
    basis: documented(`${mobileServices}: an answer that does not come is a failure; how long is waited is not said`),
    given: [state('URS does not answer')],
    stepTimeoutMs: 300,
    steps: [source<HttpMessage>(heartbeat), destination<HttpMessage>({ fault: 'timeout' })],
  },
  sidecarWithoutUpstream(
    'ask for a virtual queue while no URS is up',
    state('no URS is up'),
    ofQueue(virtualQueue.name, 'urs'),
  ),
];

/** Routing for callbacks. What URS calls back is no part of this row; another page gives the port as 5580. */
export default defineContract<HttpMessage>({
  connection: 8,
  port: 5080,
  interactions: [...queues, ...control, ...health],
});
