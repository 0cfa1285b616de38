import { type FreePart, state } from '../contract.ts';
import { dialect } from '../dialect.ts';
import { fromState, type Matcher, regex } from '../matchers.ts';
import { world } from '../world.ts';

const { account, container } = dialect.http.objectStorage;
const { number: mailbox, messageId, otherMessageId } = world.mailbox;
const tenantUuid = world.tenant.uuid;
const place = { tenantUuid, mailbox };

/** A recording of no length: the header of a WAV file (RIFF, 8 kHz, mono, mu-law). */
const emptyWavFile = Buffer.concat([
  Buffer.from('RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00', 'latin1'),
  Buffer.from([7, 0, 1, 0, 0x40, 0x1f, 0, 0, 0x40, 0x1f, 0, 0, 1, 0, 8, 0]),
  Buffer.from('data\x00\x00\x00\x00', 'latin1'),
]);
/** The same in base64. */
export const emptyWav = emptyWavFile.toString('base64');
export const emptyWavBytes = emptyWavFile.length;

/** The states of a store, each about one mailbox of the fixture world. */
export const states = {
  containerExists: state(`container ${container} exists`, place),
  /** The message is a WAV file of `length` bytes. */
  messageExists: state(`message object ${messageId} exists`, { ...place, messageId, length: emptyWavBytes }),
  messageMissing: state('message object m-404 does not exist', { ...place, messageId: 'm-404' }),
  /** Gives `etag`. */
  mailboxHasEtag: state('mailbox.json has etag E1', place),
  /** Gives `staleEtag`, the one before. */
  mailboxHasNewEtag: state('mailbox.json has etag E2', place),
  twoMessagesExist: state('two messages exist', { ...place, messageId, otherMessageId }),
  keyRotated: state('the secret key was rotated'),
  busy: state('storage is busy'),
};

/** The path of an object, in the form of the emulator: the account comes first. */
export const objectPath = (name: string) => `/${account}/${container}/${name}`;
export const containerPath = `/${account}/${container}`;

/** What the names of the mailbox's messages begin with. */
export const messagesPrefix = dialect.http.objectStorage.messages(tenantUuid, mailbox);
export const messageName = (id: string) => `${messagesPrefix}${id}.wav`;
export const mailboxName = dialect.http.objectStorage.mailbox(tenantUuid, mailbox);

/** What begins with `RIFF`, in base64. */
export const wav = regex('^UklGR.*$', emptyWav);

const httpDate = (example: string) =>
  regex('^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT$', example);
const dateExample = 'Thu, 09 Oct 2025 08:53:20 GMT';

const etagPattern = '^"0x[0-9A-F]+"$';
const etagExample = '"0x8DE06F4C2A1B3C0"';

export const etag = regex(etagPattern, etagExample);
/** Of the whole object, in base64. */
export const contentMd5 = regex('^[A-Za-z0-9+/]{22}==$', '1B2M2Y8AsgTpgAmY7PhCfg==');

/** What the store tells besides, and Voicemail does not read. */
export const unread: readonly FreePart[] = [
  'request-server-encrypted',
  'server-encrypted',
  'creation-time',
  'lease-state',
  'lease-status',
  'blob-content-md5',
  'access-tier',
  'access-tier-inferred',
  'access-tier-change-time',
  'delete-type-permanent',
].map((name) => ({
  path: `$.headers.x-ms-${name}`,
  reason: 'it tells of leases, tiers, encryption or deletion in the store, of which Voicemail uses none',
}));

/** What a mailbox holds. */
export const anyMailbox: readonly FreePart[] = [
  { path: '$.body.mailbox', reason: 'the store does not look into a mailbox; any object will do' },
  { path: '$.body.messages', reason: 'the store does not look into a mailbox; any object will do' },
];

/** The ETag that a state gave. */
export const etagOf = (name: string) => fromState(name, etagExample, etag);
export const lastModified = httpDate(dateExample);
export const requestId = regex('^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$', '4b6c7f2e-801e-0053-1a2b-3c4d5e000000');

/**
 * The signed headers of a request: that they are there and what they look like. The signature itself is no matter of a
 * contract; the store judges it.
 */
export const signedHeaders: Readonly<Record<string, Matcher<string>>> = {
  authorization: regex(
    `^SharedKey ${account}:[A-Za-z0-9+/]{43}=$`,
    `SharedKey ${account}:${Buffer.alloc(32).toString('base64')}`,
  ),
  'x-ms-date': httpDate(dateExample),
  'x-ms-version': regex('^20[0-9]{2}-[0-9]{2}-[0-9]{2}$', '2021-12-02'),
};

/** What every answer to a good request carries. */
export const answered = {
  'x-ms-request-id': requestId,
  'x-ms-version': regex('^20[0-9]{2}-[0-9]{2}-[0-9]{2}$', '2021-12-02'),
};
