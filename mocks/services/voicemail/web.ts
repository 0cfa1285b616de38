import { dialect } from '../../../contracts/dialect.ts';
import type { Json } from '../../../contracts/matchers.ts';
import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { findMailbox, locked, profileOf, saveMailbox, unlocked } from './mailboxes.ts';
import { deleteMessage, markMessage, messagesOf, readAudio } from './messages.ts';
import { etagOf, recording } from './recordings.ts';
import { ok, refuse } from './replies.ts';
import type { Mailbox, Message, Settings, User, VoicemailWorld } from './world.ts';

const routes = dialect.http.voicemail;
const DAY_MS = 24 * 60 * 60_000;

/** Answers users and administrators. Undefined for a route that is not there. */
export async function answerWeb(request: HttpRequest, world: VoicemailWorld): Promise<HttpResponse | undefined> {
  const user = userOf(request, world);
  if (user === undefined) return refuse(401, 'a valid bearer token is needed', { 'www-authenticate': 'Bearer' });
  const { method, path } = request;
  if (method === 'GET' && path === routes.userMailboxes) return ok({ mailboxes: mailboxesOf(user, world) });
  const ofUser = below(routes.userMailboxes, path);
  if (ofUser !== undefined) return await answerUser(user, ofUser, request, world);
  if (!user.administrator) return refuse(403, 'this is for administrators');
  if (method === 'GET' && path === routes.profiles) return ok({ profiles: [...world.profiles.values()].map(asJson) });
  const ofAdmin = below(routes.adminMailboxes, path);
  return ofAdmin === undefined ? undefined : answerAdministrator(ofAdmin, request, world);
}

const asJson = (value: object): Json => ({ ...value });

/** The segments of a path below another; undefined when it is not below. */
function below(parent: string, path: string): string[] | undefined {
  return path.startsWith(`${parent}/`) ? path.slice(parent.length + 1).split('/') : undefined;
}

function userOf({ headers = {} }: HttpRequest, world: VoicemailWorld): User | undefined {
  const token = /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  return token === undefined ? undefined : world.users.get(token);
}

function mailboxesOf({ userName }: User, world: VoicemailWorld): Json[] {
  return [...world.mailboxes.values()]
    .filter(({ owner }) => owner === userName)
    .map(({ number, kind }) => {
      const newMessages = messagesOf(number, world, 'new').length;
      const oldMessages = messagesOf(number, world, 'saved').length;
      return { number, kind, newMessages, oldMessages, messagesWaiting: newMessages > 0 };
    });
}

async function answerUser(
  { userName }: User,
  [number = '', kind, id, part, ...rest]: string[],
  request: HttpRequest,
  world: VoicemailWorld,
): Promise<HttpResponse | undefined> {
  const mailbox = findMailbox(number, world);
  if (mailbox === undefined) return refuse(404, `mailbox ${number} not found`);
  if (mailbox.owner !== userName) return refuse(403, `mailbox ${number} belongs to somebody else`);
  if (kind !== 'messages' || rest.length > 0) return undefined;
  if (id === undefined) return request.method === 'GET' ? listMessages(mailbox, request, world) : undefined;
  const message = world.messages.get(id);
  if (message?.mailbox !== number) return refuse(404, `message ${id} not found`);
  if (part === 'media') return await hear(message, request, world);
  return part === undefined ? await changeMessage(message, request, world) : undefined;
}

function listMessages(mailbox: Mailbox, { query = {} }: HttpRequest, world: VoicemailWorld): HttpResponse {
  const { status, limit = 20, offset = 0 } = query;
  const found = messagesOf(mailbox.number, world, status === undefined ? undefined : String(status));
  const shown = found.slice(Number(offset), Number(offset) + Number(limit));
  return ok({ total: found.length, messages: shown.map((each) => listed(each, mailbox, world)) });
}

function listed(message: Message, mailbox: Mailbox, world: VoicemailWorld): Json {
  const { id, callerId, receivedAtMs, durationMs, priority, status } = message;
  const { retentionDays } = profileOf(mailbox, world);
  const time = (atMs: number) => new Date(atMs).toISOString();
  const expiry = retentionDays === null ? {} : { expiresAt: time(receivedAtMs + retentionDays * DAY_MS) };
  return { id, callerId, receivedAt: time(receivedAtMs), durationMs, priority, status, ...expiry };
}

async function hear(message: Message, request: HttpRequest, world: VoicemailWorld): Promise<HttpResponse | undefined> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
  const audio = await readAudio(message, world);
  if (audio === undefined) return refuse(404, `message ${message.id} not found`);
  const reply = recording(request, audio, {
    'cache-control': 'private, max-age=0, must-revalidate',
    etag: etagOf(audio),
  });
  return reply.status === 416 ? refuse(416, `the recording has ${audio.length} bytes`, reply.headers) : reply;
}

async function changeMessage(
  message: Message,
  { method, body }: HttpRequest,
  world: VoicemailWorld,
): Promise<HttpResponse | undefined> {
  if (method === 'DELETE') {
    await deleteMessage(message, world);
    return { status: 204 };
  }
  if (method !== 'PUT') return undefined;
  markMessage(message, (body as { status: Message['status'] }).status, world);
  return { status: 200 };
}

function answerAdministrator(
  [number = '', ...rest]: string[],
  { method, body }: HttpRequest,
  world: VoicemailWorld,
): HttpResponse | undefined {
  const mailbox = findMailbox(number, world);
  if (mailbox === undefined) return refuse(404, `mailbox ${number} not found`);
  const route = [method, ...rest].join(' ');
  if (route === 'GET') return ok(settingsOf(mailbox));
  if (route === 'PUT') saveMailbox(withSettings(mailbox, body as Partial<Settings>), world);
  else if (route === 'POST password reset') saveMailbox({ ...mailbox, pin: number }, world);
  else return undefined;
  return { status: 200 };
}

function settingsOf({ number, status, maxMessages, timeZone, language, optoutPhone, owner }: Mailbox): Json {
  const optout = optoutPhone === undefined ? {} : { optoutPhone };
  const assigned = [{ type: 'Person', name: owner }];
  return { number, status, maxMessages, timeZone, language, ...optout, assigned };
}

/** Takes the settings that are given and leaves all others; unknown fields are ignored. */
function withSettings(mailbox: Mailbox, { status, ...given }: Partial<Settings>): Mailbox {
  const fields = ['maxMessages', 'timeZone', 'language', 'optoutPhone'] as const;
  const known = Object.fromEntries(fields.filter((field) => field in given).map((field) => [field, given[field]]));
  const changed = { ...mailbox, ...known };
  if (status === undefined || status === mailbox.status) return changed;
  return status === 'Locked' ? locked(changed) : unlocked(changed);
}
