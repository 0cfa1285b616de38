import { randomUUID } from 'node:crypto';
import { audioName, audioOf, type Message, type VoicemailWorld, withEntry, withoutEntry } from './world.ts';

/** The messages of a mailbox, oldest first. */
export function messagesOf(mailbox: string, world: VoicemailWorld, status?: string): Message[] {
  const own = [...world.messages.values()].filter((each) => each.mailbox === mailbox);
  return status === undefined ? own : own.filter((each) => each.status === status);
}

/** Keeps a message with its recording. A message that is there was recorded: the recording comes first. */
export async function addMessage(message: Message, audio: Uint8Array, world: VoicemailWorld): Promise<void> {
  await audioOf(world).put(audioName(message), audio);
  world.messages = withEntry(world.messages, message.id, message);
}

/** A message that was just left; its id is not given twice. */
export function newMessage(
  mailbox: string,
  { callerId, durationMs, priority }: Pick<Message, 'callerId' | 'durationMs' | 'priority'>,
): Message {
  const id = `m-${randomUUID()}`;
  return { id, mailbox, callerId, receivedAtMs: Date.now(), durationMs, priority, status: 'new' };
}

export function markMessage(message: Message, status: Message['status'], world: VoicemailWorld): void {
  world.messages = withEntry(world.messages, message.id, { ...message, status });
}

/** Deletes a message and its recording. */
export async function deleteMessage(message: Message, world: VoicemailWorld): Promise<void> {
  await audioOf(world).delete(audioName(message));
  world.messages = withoutEntry(world.messages, message.id);
}

/** Copies a message to another mailbox, where it is new and its retention begins again. */
export async function forwardMessage(message: Message, target: string, world: VoicemailWorld): Promise<void> {
  const audio = await readAudio(message, world);
  if (audio !== undefined) await addMessage(newMessage(target, message), audio, world);
}

/** The recording of a message; undefined when the store has lost it. */
export async function readAudio(message: Message, world: VoicemailWorld): Promise<Buffer | undefined> {
  return await audioOf(world).get(audioName(message));
}
