import { state } from '../contract.ts';
import { dialect } from '../dialect.ts';
import { integer, regex, string, type Template } from '../matchers.ts';
import type { RedisFields } from '../messages/redis.ts';
import { world } from '../world.ts';
import type { CachedRecord } from './redis-cache.ts';
import { decimalText, pod, streamEntry } from './stream-entry.ts';

const keys = dialect.redis.voicemail;
const tenant = world.tenant.uuid;
const { number } = world.mailbox;

/** The cache of mailboxes (connection 29); the messages themselves lie in the object storage of connection 24. */

/** How many messages a mailbox has. */
export interface Counters {
  unread: number;
  total: number;
}

/** The fixture mailbox as object storage knows it. */
export const counters: Counters = { unread: 2, total: 5 };

/** The record of the fixture mailbox. */
export const mailboxRecord = ({ unread, total }: Counters): CachedRecord => ({
  key: keys.mailbox(tenant, number),
  fields: {
    type: regex(`^(${Object.values(keys.mailboxTypes).join('|')})$`, keys.mailboxTypes.personal),
    owner: string(world.persons[0].employeeId),
    unread: decimalText(unread),
    total: decimalText(total),
    greeting: string('standard'),
    optOut: regex('^[01]$', '0'),
    rev: decimalText(3),
  },
});

/** What stands in the place of a counter where it is broken. */
export const brokenCounter = 'many';

/** Whether messages wait in the mailbox, as the phone's lamp shows it. */
export type WaitingEvent = 'EventMessageWaitingOn' | 'EventMessageWaitingOff';

/** The entry that tells of it in the stream of the tenant's events. */
export const waitingEntry = (name: WaitingEvent): Template<RedisFields> =>
  streamEntry({
    event: name,
    tenant,
    source: pod(world.voicemailNode.id),
    sequence: decimalText(1),
    atMs: 1_760_000_000_125,
    body: {
      id: name,
      Server: integer(world.sipNode.serverDbid),
      ThisDN: number,
      time: { sec: integer(world.now.sec), usec: integer(world.now.usec) },
    },
  });

const mailbox = { tenant, number };
/** The provider states, by what they say. */
export const states = {
  cached: (unread: number, total: number) => state('a mailbox is cached', { ...mailbox, unread, total }),
  ranOut: state('the cache of a mailbox has run out', mailbox),
  rebuilt: state('another pod rebuilds the cache of a mailbox', { ...mailbox, pod: world.otherVoicemailNode.id }),
  broken: state('a cached counter of a mailbox is no number', { ...mailbox, ...counters }),
  singleNode: state('the server is no cluster'),
};
