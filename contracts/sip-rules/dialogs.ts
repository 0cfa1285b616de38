import type { Side } from '../contract.ts';
import type { SipContact } from '../messages/sip.ts';
import { otherSide } from '../mirrored.ts';
import { type AnyEntry, isRequestEntry, type RequestEntry, type ResponseEntry, type SipRecord } from './record.ts';

/** What is known of a dialog when a request comes (RFC 3261, section 12.1). */
export interface DialogState {
  /** The tag of each side; absent while it has not said it. */
  tags: Partial<Record<Side, string>>;
  /** Where each side is reached: its last Contact. */
  targets: Partial<Record<Side, string>>;
  /** What each side puts into Route, in its order. */
  routes: Partial<Record<Side, readonly string[]>>;
  /** Whether nothing but provisional responses has confirmed it; a refusal of its INVITE ends it (section 12.3). */
  isEarly: boolean;
  /** Whether a BYE has been answered with 2xx. */
  isOver: boolean;
}

/** A request with the state of its dialog before it. */
export interface RequestInDialog {
  request: RequestEntry;
  dialog: DialogState;
}

/** Methods whose requests and 2xx tell where their sender is reached (RFC 3261, section 12.2.1.2; RFC 3311, 3515, 6665). */
const targetRefreshing: readonly string[] = ['INVITE', 'UPDATE', 'SUBSCRIBE', 'NOTIFY', 'REFER'];

const routeUris = (contacts: readonly SipContact[] | undefined) => (contacts ?? []).map(({ uri }) => uri);

/** The requests of a record that come when there is a dialog, with what is known of it by then. */
export function requestsInDialogs(record: SipRecord): RequestInDialog[] {
  const dialogs = new Map<string, DialogState[]>();
  const found: RequestInDialog[] = [];
  for (const entry of record.entries) {
    const callId = entry.message.headers['call-id'] ?? '';
    const ofCall = dialogs.get(callId) ?? [];
    dialogs.set(callId, ofCall);
    if (isRequestEntry(entry)) {
      const dialog = dialogOf(ofCall, otherSide(entry.from), entry.message.headers.to?.tag);
      if (dialog !== undefined) found.push({ request: entry, dialog: structuredClone(dialog) });
      if (dialog !== undefined) refreshTarget(dialog, entry, entry.message.method);
    } else {
      const { request } = entry;
      const { status, headers } = entry.message;
      const tag = headers.to?.tag;
      const opened = isForked(entry, ofCall) ? undefined : dialogOf(ofCall, entry.from, tag);
      const dialog = opened ?? opensDialog(entry);
      if (dialog !== undefined && opened === undefined) ofCall.push(dialog);
      if (dialog === undefined || request === undefined) continue;
      if (tag !== undefined && dialog.tags[entry.from] === undefined) dialog.tags[entry.from] = tag;
      if (status > 100 && status < 300) refreshTarget(dialog, entry, request.message.method);
      if (status >= 200 && status < 300) dialog.isEarly = false;
      if (request.message.method === 'BYE' && status < 300) dialog.isOver = true;
      if (status >= 300 && request.message.headers.to?.tag === undefined) {
        const confirmed = ofCall.filter(({ isEarly }) => !isEarly);
        dialogs.set(callId, confirmed);
      }
    }
  }
  return found;
}

/** The dialog of a call in which a side has the tag; the last one where no dialog has it, which is what a rule may find wrong. */
function dialogOf(ofCall: readonly DialogState[], side: Side, tag: string | undefined): DialogState | undefined {
  return ofCall.findLast(({ tags }) => tag !== undefined && tags[side] === tag) ?? ofCall.at(-1);
}

/** An INVITE that a proxy has forked opens a dialog with each phone that answers, by a tag of its own (RFC 3261, section 12.1). */
function isForked({ from, message, request }: ResponseEntry, ofCall: readonly DialogState[]): boolean {
  const tag = message.headers.to?.tag;
  return (
    tag !== undefined &&
    request?.message.headers.to?.tag === undefined &&
    ofCall.every(({ tags }) => tags[from] !== undefined && tags[from] !== tag)
  );
}

/** The dialog that a response from 101 to 299 to INVITE or SUBSCRIBE sets up (RFC 3261, section 12.1). */
function opensDialog(entry: AnyEntry): DialogState | undefined {
  if (isRequestEntry(entry)) return undefined;
  const { request, message, from } = entry;
  const { status, headers } = message;
  if (request === undefined || !['INVITE', 'SUBSCRIBE'].includes(request.message.method)) return undefined;
  if (status <= 100 || status >= 300) return undefined;
  const caller = request.from;
  const asked = request.message.headers;
  return {
    tags: { [caller]: asked.from?.tag, ...(headers.to?.tag === undefined ? {} : { [from]: headers.to.tag }) },
    targets: { [caller]: asked.contact?.[0]?.uri },
    routes: {
      [caller]: routeUris(headers['record-route']).reverse(),
      [otherSide(caller)]: routeUris(asked['record-route']),
    },
    isEarly: true,
    isOver: false,
  } as DialogState;
}

function refreshTarget(dialog: DialogState, { from, message }: AnyEntry, method: string): void {
  const uri = message.headers.contact?.[0]?.uri;
  if (uri !== undefined && targetRefreshing.includes(method)) dialog.targets[from] = uri;
}

/** Whether an ACK is of a refusal, and so part of the INVITE's transaction (RFC 3261, section 17.1.1.3). */
export function acknowledgesRefusal(request: RequestEntry, record: SipRecord): boolean {
  if (request.message.method !== 'ACK') return false;
  const invite = record.inviteOf(request);
  if (invite === undefined) return false;
  return record.answersTo(invite).some(({ index, message }) => index < request.index && message.status >= 300);
}
