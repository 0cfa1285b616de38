import { dialect } from '../../../contracts/dialect.ts';
import type { HttpPart, HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { findMailbox, isFull, openCall, profileOf, tryPin } from './mailboxes.ts';
import {
  addMessage,
  deleteMessage,
  forwardMessage,
  markMessage,
  messagesOf,
  newMessage,
  readAudio,
} from './messages.ts';
import { depositPage, lastPage, loginPage, menuPage } from './pages.ts';
import { etagOf, recording } from './recordings.ts';
import { page } from './replies.ts';
import type { Message, VoicemailWorld } from './world.ts';

const routes = dialect.http.voicemail;
const notFound: HttpResponse = { status: 404 };

/** Answers the media platform: pages, and the recordings that they play. Undefined for a route that is not there. */
export async function answerCall(request: HttpRequest, world: VoicemailWorld): Promise<HttpResponse | undefined> {
  const { method, path } = request;
  if (method === 'GET' && path === routes.entry) return page(entryPage(request, world));
  if (method === 'POST' && path === routes.login) return page(logIn(request, world));
  if (method === 'POST' && path === routes.deposit) return page(await deposit(request, world));
  if (method === 'GET' && path.startsWith(`${routes.prompts}/`)) return readPrompt(request, world);
  if (!path.startsWith(`${routes.messages}/`)) return undefined;
  const [id = '', part] = path.slice(routes.messages.length + 1).split('/');
  if (method === 'GET' && part === 'audio') return await play(id, request, world);
  return method === 'POST' && part === undefined ? page(await handle(id, request, world)) : undefined;
}

function entryPage({ query = {} }: HttpRequest, world: VoicemailWorld): string {
  if (query.mode === 'access') return loginPage('Welcome.');
  const mailbox = findMailbox(String(query.mailbox), world);
  if (mailbox === undefined) return lastPage('There is no such mailbox.');
  if (isFull(mailbox, world)) return lastPage('The mailbox is full.');
  return depositPage(mailbox.number, String(query.ani), profileOf(mailbox, world).maxMessageDurationSec);
}

function logIn({ body }: HttpRequest, world: VoicemailWorld): string {
  const { mailbox, pin } = body as { mailbox: string; pin: string };
  switch (tryPin(mailbox, pin, world)) {
    case 'right':
      return menuPage(messagesOf(mailbox, world), openCall(mailbox, world));
    case 'wrong':
      return loginPage('That is not right. Please try again.', mailbox);
    case 'locked':
      return lastPage('The mailbox is locked. Please try again later.');
  }
}

async function deposit({ body }: HttpRequest, world: VoicemailWorld): Promise<string> {
  const parts = new Map((body as unknown as HttpPart[]).map((part) => [part.name, part.body]));
  const mailbox = findMailbox(parts.get('mailbox') ?? '', world);
  if (mailbox === undefined) return lastPage('There is no such mailbox.');
  if (isFull(mailbox, world)) return lastPage('The mailbox is full.');
  const message = newMessage(mailbox.number, {
    callerId: parts.get('callerId') ?? '',
    durationMs: Number(parts.get('duration')),
    priority: parts.get('priority') === 'high' ? 'high' : 'normal',
  });
  await addMessage(message, Buffer.from(parts.get('audio') ?? '', 'base64'), world);
  return lastPage('Thank you. Goodbye.');
}

/** Plays a message to a call that is logged in to its mailbox. What was heard is new no more. */
async function play(id: string, request: HttpRequest, world: VoicemailWorld): Promise<HttpResponse> {
  const mailbox = world.calls.get(String(request.query?.token));
  if (mailbox === undefined) return { status: 403 };
  const message = world.messages.get(id);
  if (message?.mailbox !== mailbox) return notFound;
  const audio = await readAudio(message, world);
  if (audio === undefined) return notFound;
  markMessage(message, 'saved', world);
  return recording(request, audio, { 'cache-control': 'no-store' });
}

/** What a caller wants done with a message. */
async function handle(id: string, { body }: HttpRequest, world: VoicemailWorld): Promise<string> {
  const { action, target = '' } = body as { action: string; target?: string };
  const message = world.messages.get(id);
  if (message === undefined) return lastPage('The message is gone.');
  switch (action) {
    case 'save':
      markMessage(message, 'saved', world);
      return lastPage('The message is saved.');
    case 'delete':
      await deleteMessage(message, world);
      return lastPage('The message is deleted.');
    case 'forward':
      return await forward(message, target, world);
    default:
      return lastPage('That is not possible.');
  }
}

async function forward(message: Message, target: string, world: VoicemailWorld): Promise<string> {
  const mailbox = findMailbox(target, world);
  if (mailbox === undefined) return lastPage('There is no such mailbox.');
  if (isFull(mailbox, world)) return lastPage('The mailbox is full.');
  await forwardMessage(message, target, world);
  return lastPage('The message is forwarded.');
}

function readPrompt(request: HttpRequest, world: VoicemailWorld): HttpResponse {
  const prompt = world.prompts.get(request.path.slice(routes.prompts.length + 1));
  if (prompt === undefined) return notFound;
  return recording(request, prompt, { 'cache-control': 'public, max-age=86400', etag: etagOf(prompt) });
}
