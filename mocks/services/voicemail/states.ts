import { emptyWav } from '../../../contracts/common/object-storage.ts';
import { states } from '../../../contracts/common/voicemail.ts';
import type { ProviderState } from '../../../contracts/contract.ts';
import { world as fixture } from '../../../contracts/world.ts';
import type { StateHandler, StateSet } from '../../adapter.ts';
import { remember } from './audio-store.ts';
import { capacityOf, locked, openCall, saveMailbox } from './mailboxes.ts';
import { addMessage, deleteMessage, messagesOf, newMessage } from './messages.ts';
import { etagOf } from './recordings.ts';
import {
  type Mailbox,
  type Message,
  newMailbox,
  type Profile,
  type VoicemailWorld,
  withEntry,
  withoutEntry,
} from './world.ts';

type Params = ProviderState['params'];
type Values = StateSet['values'];

const emptyWavFile = Buffer.from(emptyWav, 'base64');
/** A recording of so many bytes. */
const wavOf = (length: number) => Buffer.concat([emptyWavFile], length);
const [{ userName: agent }, , { userName: somebodyElse }] = fixture.persons;

/** A state of the world. Its undo puts everything back, the recordings too, and takes away what has come since. */
function worldState(
  change: (world: VoicemailWorld, params: Params) => Promise<Values | undefined>,
): StateHandler<VoicemailWorld> {
  return async (world, params) => {
    const before = { ...world };
    const putBack = await remember(world.audio);
    const values = (await change(world, params)) ?? {};
    return {
      values,
      undo: async () => {
        Object.assign(world, before);
        await putBack();
      },
    };
  };
}

/** A mailbox without messages, as it is when it is assigned. */
async function emptied(world: VoicemailWorld, params: Params, change: Partial<Mailbox> = {}): Promise<Mailbox> {
  const number = String(params.mailbox);
  const known = world.mailboxes.get(number);
  const mailbox = { ...newMailbox(number, String(params.userName ?? known?.owner ?? agent)), ...change };
  for (const message of messagesOf(number, world)) await deleteMessage(message, world);
  saveMailbox(mailbox, world);
  return mailbox;
}

async function fill(mailbox: string, status: Message['status'], count: number, world: VoicemailWorld): Promise<void> {
  for (let added = 0; added < count; added += 1) {
    const message = newMessage(mailbox, { callerId: fixture.call.ani, durationMs: 4_200, priority: 'normal' });
    await addMessage({ ...message, status }, emptyWavFile, world);
  }
}

/** A mailbox with so many messages; those that are not new are called saved on the telephone and old on the web. */
const withMessages = (savedName: 'savedMessages' | 'oldMessages') =>
  worldState(async (world, params) => {
    const { number } = await emptied(world, params, params.pin === undefined ? {} : { pin: String(params.pin) });
    await fill(number, 'new', Number(params.newMessages), world);
    await fill(number, 'saved', Number(params[savedName]), world);
  });

const room = worldState(async (world, params) => {
  await emptied(world, params);
});

const mailboxWithSettings = worldState(async (world, params) => {
  const { maxMessages, timeZone, language, optoutPhone } = params;
  await emptied(world, params, {
    maxMessages: typeof maxMessages === 'number' ? maxMessages : 'System',
    timeZone: String(timeZone),
    language: String(language),
    ...(optoutPhone === undefined ? {} : { optoutPhone: String(optoutPhone) }),
  });
});

/** @param administrator whether the user administers mailboxes */
const signedIn = (administrator: boolean) =>
  worldState(async (world, { token, userName }) => {
    world.users = withEntry(world.users, String(token), { userName: String(userName), administrator });
    return { authorization: `Bearer ${token}` };
  });

const profile = worldState(async (world, params) => {
  const given: Profile = {
    name: String(params.name),
    maxMessages: Number(params.maxMessages),
    maxMessageDurationSec: Number(params.maxMessageDurationSec),
    retentionDays: Number(params.retentionDays) || null,
    emailNotification: params.emailNotification === true,
    forwardingEnabled: params.forwardingEnabled === true,
  };
  world.profiles = withEntry(world.profiles, given.name, given);
});

/** The provider states of connections 18 and 19. */
export const handlers: Readonly<Record<string, StateHandler<VoicemailWorld>>> = {
  [states.hasRoom.name]: room,
  [states.targetHasRoom.name]: room,
  [states.hasPassword.name]: withMessages('savedMessages'),
  [states.hasMessage.name]: worldState(async (world, params) => {
    const mailbox = String(params.mailbox);
    const audio = wavOf(Number(params.length));
    const message = newMessage(mailbox, { callerId: fixture.call.ani, durationMs: 4_200, priority: 'normal' });
    await addMessage({ ...message, id: String(params.messageId) }, audio, world);
    return { token: openCall(mailbox, world), etag: etagOf(audio) };
  }),
  [states.hasNoMessage.name]: worldState(async (world, { mailbox, messageId }) => {
    world.messages = withoutEntry(world.messages, String(messageId));
    return { token: openCall(String(mailbox), world) };
  }),
  [states.noFailedLogins.name]: room,
  [states.locked.name]: worldState(async (world, params) => {
    saveMailbox(locked(await emptied(world, params)), world);
  }),
  [states.full.name]: worldState(async (world, params) => {
    const mailbox = await emptied(world, params);
    await fill(mailbox.number, 'new', capacityOf(mailbox, world), world);
  }),
  [states.promptExists.name]: worldState(async (world, { prompt }) => {
    world.prompts = withEntry(world.prompts, String(prompt), emptyWavFile);
    return { etag: etagOf(emptyWavFile) };
  }),
  [states.storageUnreachable.name]: worldState(async (world) => {
    world.condition = 'storage unreachable';
  }),
  [states.agentSignedIn.name]: signedIn(false),
  [states.administratorSignedIn.name]: signedIn(true),
  [states.tokenInvalid.name]: worldState(async (world, { token }) => {
    world.users = withoutEntry(world.users, String(token));
    return { authorization: `Bearer ${token}` };
  }),
  [states.ownsMailbox.name]: withMessages('oldMessages'),
  [states.lastNewMessageDeleted.name]: withMessages('oldMessages'),
  [states.doesNotOwnMailbox.name]: worldState(async (world, { mailbox }) => {
    await emptied(world, { userName: somebodyElse, mailbox: String(mailbox) });
  }),
  [states.exists.name]: mailboxWithSettings,
  [states.hasOwnSettings.name]: mailboxWithSettings,
  [states.defaultProfile.name]: profile,
  [states.unlimitedProfile.name]: profile,
  [states.down.name]: worldState(async (world) => {
    world.condition = 'down';
  }),
};
