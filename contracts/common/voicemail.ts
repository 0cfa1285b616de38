import { state } from '../contract.ts';
import { dialect } from '../dialect.ts';
import { fromState, type Matcher, regex } from '../matchers.ts';
import { world } from '../world.ts';
import { emptyWavBytes } from './object-storage.ts';

/** Pieces that the contracts of all who ask Voicemail share: its routes, states and rules of caching. */

const { number: mailbox, messageId, othersNumber } = world.mailbox;
const [{ userName }] = world.persons;
const routes = dialect.http.voicemail;

export const missingMessageId = 'm-404';
/** Another mailbox of the tenant, that messages can be forwarded to. */
export const forwardTarget = world.dns.secondAgent.number;
/** A recording that is the same for every caller. */
export const promptName = 'welcome.wav';

/** How many messages a mailbox has, where a page has to say so. */
export const announced = { newMessages: 3, savedMessages: 5 };
/** How many messages a mailbox has, where an answer on the web has to say so. */
export const counted = { newMessages: 1, oldMessages: 2 };
/** As above, of a mailbox whose last new message was deleted. */
export const countedAfterwards = { ...counted, newMessages: 0 };

/** Of a mailbox that leaves everything to the settings of the whole system. */
export const systemSettings = { maxMessages: 'System', timeZone: 'System', language: 'System' };
/** Of a mailbox that has settings of its own. */
export const ownSettings = { maxMessages: 25, timeZone: 'Europe/Berlin', language: 'de-DE', optoutPhone: '5000' };

/** What a profile allows, and for how many days it keeps messages. */
export const defaultProfile = {
  name: 'Default',
  maxMessages: 10,
  maxMessageDurationSec: 120,
  retentionDays: 30,
  emailNotification: true,
  forwardingEnabled: true,
};
/** How long the recording of a message is. */
export const audioBytes = emptyWavBytes;
const message = { mailbox, messageId, length: audioBytes };

/** The provider states, by what they say. */
export const states = {
  hasRoom: state(`mailbox ${mailbox} exists with room`, { mailbox }),
  targetHasRoom: state(`mailbox ${forwardTarget} exists with room`, { mailbox: forwardTarget }),
  /** New and saved messages are there in the numbers given. */
  hasPassword: state(`mailbox ${mailbox} exists with password ${mailbox}`, { mailbox, pin: mailbox, ...announced }),
  /** The message is new. Gives `token`, of a call that has logged in, and `etag`, of the recording. */
  hasMessage: state(`mailbox ${mailbox} has message ${messageId}`, message),
  /** Gives `token` as above. */
  hasNoMessage: state(`mailbox ${mailbox} has no message ${missingMessageId}`, {
    mailbox,
    messageId: missingMessageId,
  }),
  noFailedLogins: state(`mailbox ${mailbox} has 0 failed logins`, { mailbox }),
  locked: state(`mailbox ${mailbox} is locked`, { mailbox }),
  full: state(`mailbox ${mailbox} is full`, { mailbox }),
  /** Gives `etag`. */
  promptExists: state(`prompt ${promptName} exists`, { prompt: promptName }),
  storageUnreachable: state('object storage is unreachable'),
  /** Gives `authorization`, as the three below. */
  agentSignedIn: state(`token T belongs to ${userName} of tenant ${world.tenant.name}`, {
    userName,
    token: world.tokens.agent,
  }),
  administratorSignedIn: state(`token A belongs to ${world.administrator.userName} of tenant ${world.tenant.name}`, {
    userName: world.administrator.userName,
    token: world.tokens.administrator,
  }),
  tokenInvalid: state('token is invalid', { token: world.tokens.expired }),
  ownsMailbox: state(`${userName} owns mailbox ${mailbox}`, { userName, mailbox, ...counted }),
  lastNewMessageDeleted: state(`the last new message of mailbox ${mailbox} was deleted`, {
    userName,
    mailbox,
    ...countedAfterwards,
  }),
  doesNotOwnMailbox: state(`${userName} does not own mailbox ${othersNumber}`, { userName, mailbox: othersNumber }),
  exists: state(`mailbox ${mailbox} exists`, { mailbox, userName, ...systemSettings }),
  hasOwnSettings: state(`mailbox ${mailbox} has settings of its own`, { mailbox, userName, ...ownSettings }),
  defaultProfile: state(`voicemail profile ${defaultProfile.name} exists`, defaultProfile),
  /** Its messages are kept for ever. */
  unlimitedProfile: state('voicemail profile Unlimited exists', {
    ...defaultProfile,
    name: 'Unlimited',
    retentionDays: 0,
  }),
  down: state('voicemail is down'),
};

export const promptPath = `${routes.prompts}/${promptName}`;
/** What a call does with a message, and where it hears it. */
export const callMessagePath = (id: string) => `${routes.messages}/${id}`;
export const callAudioPath = (id: string) => `${callMessagePath(id)}/audio`;
/** The messages of a mailbox on the web, and one of them. */
export const webMessagesPath = (number: string) => `${routes.userMailboxes}/${number}/messages`;
export const webMessagePath = (number: string, id: string) => `${webMessagesPath(number)}/${id}`;
export const webMediaPath = (number: string, id: string) => `${webMessagePath(number, id)}/media`;
export const adminMailboxPath = (number: string) => `${routes.adminMailboxes}/${number}`;
export const passwordResetPath = (number: string) => `${adminMailboxPath(number)}/password/reset`;

/** A Cache-Control of exactly these directives, in any order (RFC 9111, section 5.2). */
export function directives(...names: readonly string[]): Matcher<string> {
  const each = names.map((name) => `(?=(.*[ ,])?${name}(,|$))`).join('');
  return regex(`^${each}[^,]+(, ?[^,]+){${names.length - 1}}$`, names.join(', '));
}

/** An entity tag (RFC 9110, section 8.8.3). */
const anyEtag = '^(W/)?"[^",]*"$';
const etagExample = '"5f2b8c1e"';
export const etag = regex(anyEtag, etagExample);
/** The entity tag that a state gave. */
export const knownEtag = fromState('etag', etagExample, etag);
