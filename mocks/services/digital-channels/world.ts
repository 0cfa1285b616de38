import type { Json } from '../../../contracts/matchers.ts';
import { world as fixture } from '../../../contracts/world.ts';

export interface Message {
  messageId: string;
  /** The id that the client gave it, by which it knows what it sent before. */
  clientMessageId?: string;
  content: Readonly<Record<string, Json>>;
}

/** A chat that is not closed. */
export interface ChatSession {
  channel: string;
  participants: readonly Readonly<Record<'role' | 'nickname', string>>[];
  userData: Readonly<Record<string, string>>;
  /** Oldest first. */
  messages: readonly Message[];
}

export interface Media {
  filename: string;
  mimetype: string;
  length: number;
}

/** All that one running mock knows. */
export interface ChannelsWorld {
  /** By session id. */
  sessions: ReadonlyMap<string, ChatSession>;
  channels: ReadonlySet<string>;
  /** By media id. */
  media: ReadonlyMap<string, Media>;
  /** Any other key is let in: callers are configured elsewhere. */
  unknownKeys: ReadonlySet<string>;
  /** Whether signatures made with the secret that callers have are still good. */
  knowsSecret: boolean;
  condition: 'up' | 'down';
}

/** The ids of a chat of two messages, the first of which the client sent under an id of its own. */
type MessageIds = Readonly<Record<'messageId' | 'laterMessageId' | 'clientMessageId', string>>;

/** A chat of two messages, with the ids that a state or the fixture world gives. */
export function chatWith({ messageId, laterMessageId, clientMessageId }: MessageIds): ChatSession {
  return {
    channel: 'webchat',
    participants: [{ role: 'customer', nickname: 'Cal' }],
    userData: { topic: 'billing' },
    messages: [
      { messageId, clientMessageId, content: { type: 'Text', text: 'Hello', from: { role: 'system' } } },
      { messageId: laterMessageId, content: { type: 'Text', text: 'Hi', from: { role: 'customer' } } },
    ],
  };
}

/** The fixture chat on the fixture channel. */
export function createWorld(): ChannelsWorld {
  return {
    sessions: new Map([[fixture.chat.sessionId, chatWith(fixture.chat)]]),
    channels: new Set([fixture.chat.channelId]),
    media: new Map(),
    unknownKeys: new Set(),
    knowsSecret: true,
    condition: 'up',
  };
}
