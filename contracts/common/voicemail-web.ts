import { dialect } from '../dialect.ts';
import {
  arrayContaining,
  eachLike,
  fromState,
  integer,
  type Json,
  like,
  regex,
  string,
  type Template,
  text,
} from '../matchers.ts';
import type { HttpRequest } from '../messages/http.ts';
import { world } from '../world.ts';
import { jsonType } from './http-common.ts';
import {
  adminMailboxPath,
  defaultProfile,
  directives,
  etag,
  type ownSettings,
  type systemSettings,
  webMediaPath,
  webMessagesPath,
} from './voicemail.ts';

/** What users and administrators ask Voicemail on the web, and what the answers are like. */

const { number: mailbox, messageId } = world.mailbox;

/** A request in which every part may be a matcher. */
export type HttpRequestTemplate = Template<HttpRequest>;

/** The header with a token of GWS. The name of the scheme may be in either case (RFC 9110, section 11.1). */
export const bearer = (token: string) => ({
  authorization: fromState(
    'authorization',
    `Bearer ${token}`,
    regex('^[Bb]earer [A-Za-z0-9._~+/-]+=*$', `Bearer ${token}`),
  ),
});
export const asAgent = bearer(world.tokens.agent);
export const asAdministrator = bearer(world.tokens.administrator);

export const readMailboxes: HttpRequestTemplate = {
  method: 'GET',
  path: dialect.http.voicemail.userMailboxes,
  headers: asAgent,
};
export const listMessages = (number: string): HttpRequestTemplate => ({
  method: 'GET',
  path: webMessagesPath(number),
  query: { status: 'new', limit: regex('^[1-9][0-9]*$', '20'), offset: regex('^[0-9]+$', '0') },
  headers: asAgent,
});
export const readSettings: HttpRequestTemplate = {
  method: 'GET',
  path: adminMailboxPath(mailbox),
  headers: asAdministrator,
};
/** Asks for the recording of the message. */
export const media = (method: string, headers: Record<string, Template<string>> = {}): HttpRequestTemplate => ({
  method,
  path: webMediaPath(mailbox, messageId),
  headers: { ...asAgent, ...headers },
});

/** What is in an answer is about one user at one instant. */
export const answerHeaders = { 'content-type': jsonType, 'cache-control': directives('private', 'no-store') };
/** A recording may be kept, but is asked for each time, since it may have been deleted. */
export const audioHeaders = { etag, 'cache-control': directives('private', 'max-age=0', 'must-revalidate') };
export const wavHeaders = { ...audioHeaders, 'content-type': 'audio/wav', 'accept-ranges': 'bytes' };

/** The user's mailbox among others, with what waits there. */
export const ownMailboxes = (counters: { newMessages: number; oldMessages: number }): Template<Json> => ({
  mailboxes: arrayContaining<Json>({
    number: mailbox,
    kind: text(regex('^(personal|group)$', 'personal')),
    ...counters,
    messagesWaiting: counters.newMessages > 0,
  }),
});

export const listedMessages: Template<Json> = {
  total: integer(1),
  messages: eachLike<Json>({
    id: string(messageId),
    callerId: string(world.call.ani),
    receivedAt: text(regex('^[0-9-]{10}T[0-9:]{8}([.][0-9]+)?Z$', '2025-10-09T08:53:20Z')),
    durationMs: integer(4200),
    priority: text(regex('^(normal|high)$', 'normal')),
    status: 'new',
  }),
};

/** A mailbox as an administrator sees it. Where it has no value of its own, the word `System` stands instead. */
export const settings = (values: typeof ownSettings | typeof systemSettings): Template<Json> => ({
  number: mailbox,
  status: text(regex('^(Active|Locked)$', 'Active')),
  ...values,
  assigned: arrayContaining<Json>({ type: string('Person'), name: world.persons[0].userName }),
});

/** @param retentionDays null where messages are kept for ever */
export const profile = (name: string, retentionDays: number | null): Template<Json> => ({
  name,
  maxMessages: integer(defaultProfile.maxMessages),
  maxMessageDurationSec: integer(defaultProfile.maxMessageDurationSec),
  retentionDays,
  emailNotification: like(defaultProfile.emailNotification),
  forwardingEnabled: like(defaultProfile.forwardingEnabled),
});
