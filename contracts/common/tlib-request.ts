import {
  assumed,
  type Basis,
  destination,
  documented,
  type Interaction,
  inferred,
  type ProviderState,
  type Step,
  source,
} from '../contract.ts';
import { dialect } from '../dialect.ts';
import { bind, bound, integer, type Json, regex, string, type Template, text, values } from '../matchers.ts';
import type { HttpMessage } from '../messages/http.ts';
import { world } from '../world.ts';
import { errorBody, jsonType } from './http-common.ts';

/**
 * Pieces that the contracts of TLib requests over HTTP share: 31 and 38 to the FrontEnd Service, 39 from there to a SIP node.
 * An answer says only whether the request was taken; what came of it is an event in Redis under the same reference id.
 */

export type Exchange = Interaction<HttpMessage>;
type Fields = { readonly [name: string]: Template<Json> };
type Texts = { readonly [name: string]: string };

/** A request by its TLib name, with the DN that it is made for. */
export interface TlibRequest {
  name: string;
  thisDn: string;
  /** Absent where the request makes a call, or is about an agent. */
  callUuid?: string;
  /** May be left out, as the node may. */
  connId?: string;
  sipNodeId?: string;
  attributes: Fields;
}

const { errorCodes } = dialect.http.tlibRequests;
const { call, customer, dns } = world;
const helmCharts = 'Sample Helm charts of the voice microservices, metrics of the SIP node';

/** By which the event that follows is told to belong to the request. */
export const referenceIdExample = 1001;

/** Why the name of a request may be relied on. Its route and body are assumed wherever it goes. */
export const bases = {
  documentedName: documented(`${helmCharts}: requests are labelled by this name; route and body are assumed`),
  tlibName: inferred(
    'the name is the one that TLib has, with the prefix that the metrics of the SIP node show; route and body are assumed',
  ),
  assumed: assumed('route and body of the request: no public document has them, so a small REST shape stands in'),
  tolerant: assumed('what a request has besides is ignored, so that both sides can be deployed on their own'),
} satisfies Record<string, Basis>;

const onRoutePoint = { thisDn: dns.routePoint.number, callUuid: call.uuid };
const onAgentDn = { thisDn: dns.agent.number };
/** A number of the tenant, or one outside. */
const phoneNumber = (example: string) => text(regex('^[+]?[0-9]+$', example));
/** A list of names with texts, of any length. */
const texts = (example: Texts) =>
  values<Texts>(Object.fromEntries(Object.entries(example).map(([name, each]) => [name, string(each)])));
const userData = texts({ segment: 'gold' });

/** The requests, by what they are for. */
export const requests = {
  routeCall: {
    ...onRoutePoint,
    name: 'RequestRouteCall',
    attributes: { destination: phoneNumber(dns.agent.number), routeType: 'default' },
  },
  makeCall: {
    ...onAgentDn,
    name: 'RequestMakeCall',
    attributes: { destination: phoneNumber(customer.phone), userData },
  },
  updateUserData: { ...onRoutePoint, name: 'RequestUpdateUserData', attributes: { userData } },
  releaseCall: { ...onRoutePoint, name: 'RequestReleaseCall', attributes: {} },
  agentReady: { ...onAgentDn, name: 'RequestAgentReady', attributes: {} },
  agentNotReady: {
    ...onAgentDn,
    name: 'RequestAgentNotReady',
    attributes: { reasons: texts({ ReasonCode: 'Lunch' }) },
  },
  music: treatment('Music', { MUSIC_DN: 'music/on_hold' }),
  announcement: treatment('PlayAnnouncement', { PROMPT: 'announcement/welcome' }),
  application: treatment('PlayApplication', { APP_ID: '1' }),
  digits: treatment('CollectDigits', { MAX_DIGITS: '4' }),
  /** No TLib has it. */
  noSuch: { ...onRoutePoint, name: 'RequestNoSuch', attributes: {} },
} satisfies Record<string, TlibRequest>;

function treatment(type: string, parameters: Texts): TlibRequest {
  return { ...onRoutePoint, name: 'RequestApplyTreatment', attributes: { type, parameters: texts(parameters) } };
}

/** The request as a source of a later version might send it. */
export const withUnknownAttribute = (request: TlibRequest): TlibRequest => ({
  ...request,
  attributes: { ...request.attributes, addedInALaterVersion: true },
});

/** A request on its way. @param path of all requests; the name comes after it */
export function post({ name, ...request }: TlibRequest, path: string, headers: Texts = {}): Template<HttpMessage> {
  const body = { referenceId: bind('referenceId', integer(referenceIdExample)), ...request };
  return postBody(body, `${path}/${name}`, headers);
}

function postBody(body: Fields | string, path: string, headers: Texts): Template<HttpMessage> {
  return { method: 'POST', path, headers: { ...headers, 'content-type': jsonType }, body } as Template<HttpMessage>;
}

/** Requests that only a destination can be judged by. */
export const neverSent = { side: 'destination', reason: 'a source that keeps the contract never sends this' } as const;
export const laterVersion = {
  side: 'destination',
  reason: 'a source of today has no such attribute; the destination must bear it',
} as const;

/** A request with a text in the place of its object. */
export function unreadable(given: ProviderState, path: string, headers: Texts = {}): Exchange {
  const broken = `{"referenceId":${referenceIdExample},"thisDn":`;
  return {
    description: 'send a request whose body is no object',
    negative: true,
    basis: assumed('a body that cannot be read is a 400'),
    given: [given],
    only: neverSent,
    free: ['$.headers.content-type', '$.body'].map((part) => ({
      path: part,
      reason: 'the HTTP stack may refuse such a body before the service does, in its own words',
    })),
    steps: [
      source<HttpMessage>(postBody(broken, `${path}/${requests.updateUserData.name}`, headers)),
      destination<HttpMessage>({ status: 400 }),
    ],
  };
}

/** The request is taken. The status is 200 and no other: the services' own metrics count everything else as an error. */
export const accepted = (more: Fields = {}): Step<HttpMessage> =>
  destination<HttpMessage>({
    status: 200,
    headers: { 'content-type': jsonType },
    body: { referenceId: bound('referenceId', referenceIdExample), accepted: true, ...more },
  } as Template<HttpMessage>);

/** The switch does not do what is asked, in the words of TLib; which number stands for what is not pinned. */
export const refusedByTlib = (status: 404 | 409): Step<HttpMessage> => {
  const message = status === 404 ? 'no such call' : 'the call is in another state';
  return refused(status, message, {
    body: {
      ...errorBody(status, message),
      errorCode: integer(status === 404 ? errorCodes.unknownCall : errorCodes.wrongState),
      errorMessage: string(message),
    },
  });
};

/** An error that is not about the call. @param more headers, or another body */
export const refused = (
  status: number,
  message: string,
  more: { headers?: Texts; body?: Fields } = {},
): Step<HttpMessage> =>
  destination<HttpMessage>({
    status,
    headers: { 'content-type': jsonType, ...more.headers },
    body: more.body ?? errorBody(status, message),
  } as Template<HttpMessage>);

/** `GET` of the readiness that sources probe, and its answers. */
export const probe = { method: 'GET', path: dialect.http.tlibRequests.ready };
export const ready = destination<HttpMessage>({
  status: 200,
  headers: { 'content-type': jsonType },
  body: { level: 2 },
});
/** A level below 2 is unhealthy. @param reason what is missing */
export const notReady = (reason: string): Step<HttpMessage> =>
  refused(503, reason, { body: { level: 1, reasons: [string(reason)] } });
