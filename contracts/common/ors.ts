import { type FreePart, type ProviderState, state } from '../contract.ts';
import { fromState, regex } from '../matchers.ts';
import { world } from '../world.ts';

/** Pieces that the contracts of all who call ORS share: its documented routes, its headers and its states. */

const { id: callbackId, sessionId: callbackSession } = world.callback;
const { id: dialogSession } = world.orsSession;
const { uuid: callUuid } = world.call;

/** Where all sessions are. */
export const sessionsPath = '/scxml/session';

/** @param action `query`, `terminate` and the like */
export const sessionPath = (sessionId: string, action: string) => `${sessionsPath}/${sessionId}/${action}`;
export const eventPath = (sessionId: string, event: string) => sessionPath(sessionId, `event/${event}`);
export const requestPath = (sessionId: string, name: string) => sessionPath(sessionId, `request/${name}`);

/** The pages of the Orchestration Server documentation that contracts refer to. */
export const orsDocuments = {
  interfaces: "Orchestration Server Developer's Guide, external interfaces (OS/latest/Developer/ExternalIntf)",
  load: 'Orchestration Server Deployment Guide, load balancing (OS/latest/Deployment/Load)',
  cookie: 'Genesys Mobile Services Deployment Guide, ORS cookie support (GMS/8.5.0/Deployment/ORSCookieSupport)',
} as const;

/** `no-store`, alone or among other directives. */
export const notStored = regex('^(?!.*no-store.*no-store)(.*, ?)?no-store(,.*)?$', 'no-store');

const cookieExample = (sessionId: string) => `ORSSESSIONID=${sessionId}.node001`;

/** What a client sends back of the cookie, name and value; the state gives `cookie`. */
export const cookieReplayed = (sessionId: string) => {
  const example = cookieExample(sessionId);
  return fromState('cookie', example, regex(`^ORSSESSIONID=${sessionId}\\.node[0-9]+$`, example));
};

/** The cookie as it is set, with any attributes. */
export const cookieSetFor = (sessionId: string) =>
  regex(`^ORSSESSIONID=${sessionId}\\.node[0-9]+(;[^=;]+(=[^=;]*)?)*$`, cookieExample(sessionId));

/** The address of a session at its owner, whatever the owner is called. */
export const ownersAddress = (path: string) =>
  regex(`^https?://[^/,]+${path.replaceAll('.', '\\.')}$`, `${world.otherOrsNode.url}${path}`);

/** A cookie that ORS may set and need not. */
export const cookieUnread: readonly FreePart[] = [
  {
    path: '$.headers.set-cookie',
    reason: 'an option of the operator decides whether and how a cookie names the node; without it a 307 leads there',
  },
];

/** A session whose owner is another node than the one that is asked. */
export const ownedElsewhere = (sessionId: string): ProviderState =>
  state(`session ${sessionId} is owned by another node`, { sessionId, url: world.otherOrsNode.url });

/** The provider states, by what they say. */
export const states = {
  callbackQueued: state(`callback session ${callbackSession} exists and waits in queue`, {
    sessionId: callbackSession,
    callbackId,
  }),
  callbackRouted: state(`callback session ${callbackSession} has a selected agent`, {
    sessionId: callbackSession,
    callbackId,
    agentId: world.persons[0].employeeId,
  }),
  /** Gives `cookie`, as a client sends it back. */
  callbackInCookie: state(`callback session ${callbackSession} waits in queue and a cookie names its node`, {
    sessionId: callbackSession,
    callbackId,
  }),
  /** The entry that starts it lies in Redis and is not consumed. */
  callbackNotStarted: state(`callback session ${callbackSession} is not started yet`, { sessionId: callbackSession }),
  noCallback: state(`no session ${callbackSession}`, { sessionId: callbackSession }),
  callInSession: state(`call ${callUuid} is in a self-service session`, { callUuid, sessionId: dialogSession }),
  noCall: state(`no call ${callUuid}`, { callUuid }),
  dialogAwaited: state(`session ${dialogSession} waits for dialog ${world.dialog.requestId}`, {
    sessionId: dialogSession,
    requestId: world.dialog.requestId,
  }),
  laterDialogAwaited: state(`session ${dialogSession} waits for dialog ${world.dialog.laterRequestId}`, {
    sessionId: dialogSession,
    requestId: world.dialog.laterRequestId,
  }),
  dialogEnded: state(`session ${dialogSession} has ended`, { sessionId: dialogSession }),
  silent: state('ORS does not answer'),
  down: state('ORS is down'),
};
