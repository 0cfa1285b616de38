import { emptyWav } from '../../../contracts/common/object-storage.ts';
import { defaultProfile, promptName } from '../../../contracts/common/voicemail.ts';
import { dialect } from '../../../contracts/dialect.ts';
import { world as fixture } from '../../../contracts/world.ts';
import { type AudioStore, AudioStoreError } from './audio-store.ts';

/** What an administrator may change of a mailbox; `System` stands for the value of the whole system. */
export interface Settings {
  status: 'Active' | 'Locked';
  maxMessages: number | 'System';
  timeZone: string;
  language: string;
  optoutPhone?: string;
}

export interface Mailbox extends Settings {
  number: string;
  kind: 'personal' | 'group';
  /** The user name of the person that it is assigned to. */
  owner: string;
  pin: string;
  /** Since the last login that went well. */
  failedLogins: number;
  /** When it was locked, in milliseconds since 1970. */
  lockedAtMs?: number;
  /** The name of its profile. */
  profile: string;
}

export interface Message {
  id: string;
  mailbox: string;
  callerId: string;
  receivedAtMs: number;
  durationMs: number;
  priority: 'normal' | 'high';
  status: 'new' | 'saved';
}

export interface Profile {
  name: string;
  maxMessages: number;
  maxMessageDurationSec: number;
  /** Null: messages are kept for ever. */
  retentionDays: number | null;
  emailNotification: boolean;
  forwardingEnabled: boolean;
}

/** Whom GWS knows by a token. */
export interface User {
  userName: string;
  administrator: boolean;
}

/** All that one running mock knows. The maps are never changed, but replaced. */
export interface VoicemailWorld {
  /** By number. */
  mailboxes: ReadonlyMap<string, Mailbox>;
  /** By id, which is unique in the tenant. */
  messages: ReadonlyMap<string, Message>;
  /** By name. */
  profiles: ReadonlyMap<string, Profile>;
  /** By the token of GWS. */
  users: ReadonlyMap<string, User>;
  /** The mailbox of each call that has logged in, by the token in the links of its pages. */
  calls: ReadonlyMap<string, string>;
  /** The recordings that are the same for every caller, by name. */
  prompts: ReadonlyMap<string, Buffer>;
  condition: 'up' | 'storage unreachable' | 'down';
  /** The recordings of messages; use {@link audioOf}. */
  readonly audio: AudioStore;
}

/** The mailboxes of two agents and of a group; nobody has left a message yet. */
export function createWorld(audio: AudioStore): VoicemailWorld {
  const [agent, secondAgent, thirdAgent] = fixture.persons;
  const mailboxes = [
    newMailbox(agent.dn, agent.userName),
    newMailbox(secondAgent.dn, secondAgent.userName),
    { ...newMailbox(fixture.mailbox.othersNumber, thirdAgent.userName), kind: 'group' as const },
  ];
  return {
    mailboxes: new Map(mailboxes.map((each) => [each.number, each])),
    messages: new Map(),
    profiles: new Map([[defaultProfile.name, defaultProfile]]),
    users: new Map([
      [fixture.tokens.agent, { userName: agent.userName, administrator: false }],
      [fixture.tokens.administrator, { userName: fixture.administrator.userName, administrator: true }],
    ]),
    calls: new Map(),
    prompts: new Map([[promptName, Buffer.from(emptyWav, 'base64')]]),
    condition: 'up',
    audio,
  };
}

/** A mailbox as it is when it is assigned: its number is its PIN. */
export function newMailbox(number: string, owner: string): Mailbox {
  return {
    number,
    kind: 'personal',
    owner,
    pin: number,
    failedLogins: 0,
    profile: defaultProfile.name,
    status: 'Active',
    maxMessages: 'System',
    timeZone: 'System',
    language: 'System',
  };
}

/** A copy of the map with one entry more, or another value of it. */
export const withEntry = <T>(map: ReadonlyMap<string, T>, key: string, value: T): ReadonlyMap<string, T> =>
  new Map(map).set(key, value);

/** A copy of the map without one entry. */
export const withoutEntry = <T>(map: ReadonlyMap<string, T>, key: string): ReadonlyMap<string, T> =>
  new Map([...map].filter(([each]) => each !== key));

/** The recordings. @throws {AudioStoreError} while a state says that they cannot be reached */
export function audioOf({ audio, condition }: VoicemailWorld): AudioStore {
  if (condition === 'storage unreachable') throw new AudioStoreError('the recordings cannot be reached');
  return audio;
}

/** The name of a message's recording in the store. */
export function audioName({ mailbox, id }: Pick<Message, 'mailbox' | 'id'>): string {
  return `${dialect.http.objectStorage.messages(fixture.tenant.uuid, mailbox)}${id}.wav`;
}
