import { randomUUID } from 'node:crypto';
import { messagesOf } from './messages.ts';
import { type Mailbox, type Profile, type VoicemailWorld, withEntry } from './world.ts';

/** So many wrong PINs lock a mailbox, for so long (Feature Server, provisioning mailboxes). */
const FAILURES_TO_LOCK = 4;
const LOCK_MS = 10 * 60_000;

/** A mailbox as it is now: a lock that has lasted long enough is gone. */
export function findMailbox(number: string, world: VoicemailWorld): Mailbox | undefined {
  const mailbox = world.mailboxes.get(number);
  const over = mailbox?.lockedAtMs !== undefined && Date.now() - mailbox.lockedAtMs >= LOCK_MS;
  return mailbox !== undefined && over ? unlocked(mailbox) : mailbox;
}

/** A mailbox without a lock, that has forgotten the wrong PINs. */
export function unlocked({ lockedAtMs: _, ...mailbox }: Mailbox): Mailbox {
  return { ...mailbox, status: 'Active', failedLogins: 0 };
}

export function locked(mailbox: Mailbox): Mailbox {
  return { ...mailbox, status: 'Locked', lockedAtMs: Date.now() };
}

export function saveMailbox(mailbox: Mailbox, world: VoicemailWorld): void {
  world.mailboxes = withEntry(world.mailboxes, mailbox.number, mailbox);
}

/** Tries a PIN. Wrong ones are counted, until the mailbox is locked. */
export function tryPin(number: string, pin: string, world: VoicemailWorld): 'right' | 'wrong' | 'locked' {
  const mailbox = findMailbox(number, world);
  if (mailbox === undefined) return 'wrong';
  if (mailbox.status === 'Locked') return 'locked';
  if (mailbox.pin === pin) {
    saveMailbox({ ...mailbox, failedLogins: 0 }, world);
    return 'right';
  }
  const failed = { ...mailbox, failedLogins: mailbox.failedLogins + 1 };
  const last = failed.failedLogins >= FAILURES_TO_LOCK;
  saveMailbox(last ? locked(failed) : failed, world);
  return last ? 'locked' : 'wrong';
}

/** Lets a call in. @returns the token for the links of its pages */
export function openCall(mailbox: string, world: VoicemailWorld): string {
  const token = randomUUID();
  world.calls = withEntry(world.calls, token, mailbox);
  return token;
}

/** @throws {RangeError} when a mailbox names a profile that is not there */
export function profileOf(mailbox: Mailbox, world: VoicemailWorld): Profile {
  const profile = world.profiles.get(mailbox.profile);
  if (profile === undefined)
    throw new RangeError(`mailbox ${mailbox.number} has profile ${mailbox.profile}, which is unknown`);
  return profile;
}

/** How many messages it may hold. */
export function capacityOf(mailbox: Mailbox, world: VoicemailWorld): number {
  return mailbox.maxMessages === 'System' ? profileOf(mailbox, world).maxMessages : mailbox.maxMessages;
}

export function isFull(mailbox: Mailbox, world: VoicemailWorld): boolean {
  return messagesOf(mailbox.number, world).length >= capacityOf(mailbox, world);
}
