import { state } from '../contract.ts';
import { dialect } from '../dialect.ts';
import { type Matcher, regex, string } from '../matchers.ts';
import { world } from '../world.ts';

/** Pieces of what Digital Channels (Nexus) promises: its routes, headers and envelope, and its states. */

const { sessionId, channelId, messageId, laterMessageId, clientMessageId } = world.chat;
const routes = dialect.http.digitalChannels;

export const sessionPath = routes.session(sessionId);
export const messagesPath = `${sessionPath}/${routes.messages}`;
export const closePath = `${sessionPath}/${routes.close}`;
export const mediaPath = `/nexus/v3/channels/${channelId}/media`;

/** Any number but 0, which means success. */
const errorCode = (example: number): Matcher<number> => ({
  'pact:matcher:type': [{ 'pact:matcher:type': 'integer' }, { 'pact:matcher:type': 'regex', regex: '^-?[1-9][0-9]*$' }],
  value: example,
});

/** The envelope of a success; what was asked for comes under `data`. */
export const succeeded = { status: { code: 0 } };

/** The envelope of an error. */
export const failed = (code: number, messageExample: string) => ({
  status: { code: errorCode(code), message: string(messageExample) },
});

/** The provider states, by what they say. */
export const states = {
  /** It holds two messages, the first of which the client sent under an id of its own. */
  sessionOpen: state(`chat session ${sessionId} is open`, { sessionId, messageId, laterMessageId, clientMessageId }),
  sessionClosed: state(`chat session ${sessionId} is closed`, { sessionId }),
  channelExists: state(`channel ${channelId} exists`, { channelId }),
  keyUnknown: state(`api key ${routes.apiKey} is unknown`, { apiKey: routes.apiKey }),
  secretRotated: state('the secret of signatures was rotated'),
  down: state('digital channels is down'),
};

/** What a flow that runs on ORS tells of itself and of the contact center. */
const caller = {
  'x-ccid': world.tenant.uuid,
  'x-ors-sessionid': regex('^[0-9A-Z~]{32}$', world.orsSession.id),
};
export const withApiKey = { ...caller, 'x-api-key': regex('^[A-Za-z0-9._~-]+$', routes.apiKey) };
/** The signature covers the body. Whether it is true is for the service to judge; the contract knows its form. */
export const signed = { ...caller, 'x-hub-signature': regex('^sha1=[0-9a-f]{40}$', `sha1=${'0'.repeat(40)}`) };
