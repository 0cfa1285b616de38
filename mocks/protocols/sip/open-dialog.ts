import { resumeAnswer } from '../../../contracts/common/sip-session.ts';
import { compile } from '../../../contracts/matching.ts';
import type { Sdp } from '../../../contracts/messages/sip.ts';
import { statusLine } from './asked.ts';
import { type Captures, isSo } from './captures.ts';
import { ask, label, otherMethods, type TakeOptions, takeRequest } from './elements.ts';
import { localContact } from './render.ts';
import { renderSdp } from './sdp.ts';
import type { SipTransport } from './transport.ts';
import { element, send } from './xml.ts';

/** The number under which the rows of such a request are kept: that of the first request of any interaction, all of which is over. */
const rowsAt = 0;

/** What a source may do to a call at any time. */
const anyTimeMethods = ['BYE', 'INVITE'];

export interface OpenDialogOptions {
  transport: SipTransport;
  /** How long it waits for the next request, in milliseconds. */
  callLimitMs: number;
}

/** What is answered to an offer, by what that says (RFC 3264, section 6.1). */
const directions = { sendonly: 'recvonly', recvonly: 'sendonly', inactive: 'inactive' } as const;

/**
 * What a destination does in a dialog that goes on as no interaction says: it takes what a source may do to any call, hold it again
 * or hang up while it is held, or go on over another connection. Stands above the elements of the interactions, and is only reached by
 * such a request; goes on at the label `end` when the call is over.
 */
export function openDialog({ transport, callLimitMs }: OpenDialogOptions, captures: Captures): string[] {
  const rows = captures.takeAgain(rowsAt);
  const isMethod = (method: string) => [
    captures.within('wanted', 'request', '^[A-Z]+'),
    ...captures.compare(isSo, 'wanted', method),
  ];
  const offer = [
    element('assignstr', { assign_to: 'wanted', value: 'sendrecv' }),
    captures.text('wanted', `a=(${Object.keys(directions).join('|')})`, 'request'),
    ...(transport === 'UDP' ? [captures.newestInviteIs('offerNumber')] : []),
  ];
  const answer = (status: number, reason: string, next: string) =>
    send([statusLine(status, reason, rowsAt, false)], '', { next });
  const waiting = { timeout: callLimitMs, ontimeout: 'end' };
  return [
    ...(transport === 'TCP' ? [takeWhenever(captures)] : []),
    label('open'),
    takeRequest('ACK', { optional: true, ...waiting }),
    takeRequest('OPTIONS', { optional: true, actions: rows, next: 'there' }),
    ...(transport === 'UDP' ? takeWaiting([], waiting, captures) : []),
    takeRequest(otherMethods, { actions: rows, next: 'unknown', ...waiting }),
    ...(transport === 'TCP' ? goOn(isMethod, captures) : []),
    label('anyTime'),
    ask('released', isSo, [...captures.takeAgain(rowsAt, 'request'), ...isMethod('BYE')]),
    label('offered'),
    element('nop', {}, [element('action', {}, offer)]),
    ...Object.keys(directions).map((each) => ask(each, isSo, captures.compare(isSo, 'wanted', each))),
    sendAnswer(transport, 'sendrecv'),
    ...Object.entries(directions).flatMap(([each, direction]) => [label(each), sendAnswer(transport, direction)]),
    label('there'),
    answer(200, 'OK', 'open'),
    label('unknown'),
    answer(501, 'Not Implemented', 'open'),
    label('released'),
    answer(200, 'OK', 'end'),
  ];
}

/** Where a request leads whose dialog was up on a connection that is lost. */
export const lost = 'lost';

/**
 * What is done with a request of a dialog whose connection is lost: SIPp has ended the call with that, and takes the request for the
 * first of another. A dialog knows no connection, so it goes on (RFC 3261, section 12).
 */
function goOn(isMethod: (method: string) => string[], captures: Captures): string[] {
  const request = [captures.lastMessage('request'), captures.sequenceNumber('offerNumber', 'request')];
  return [
    label(lost),
    ask('released', isSo, [...request, ...isMethod('BYE')]),
    ask('offered', isSo, isMethod('INVITE')),
    ask('there', isSo, isMethod('OPTIONS')),
    element('nop', { next: 'unknown' }),
  ];
}

/** Actions that ask whether a request is of a dialog of this SIPp, in a scenario that has {@link openDialog}. */
export function isLost(captures: Captures): string[] {
  return captures.isOwnDialog(isSo, rowsAt, ['wanted', 'request']);
}

/** Takes what may come at any time also while other elements are done, as on a stream none of it is a copy or comes again. */
function takeWhenever(captures: Captures): string {
  return takeRequest(anyTimeMethods.join('|'), { optional: 'global', actions: kept(captures), next: 'anyTime' });
}

/**
 * Takes what may come at any time over UDP, where a call that is up waits for other requests. It has to be newer than the last INVITE:
 * a copy of an earlier request is nothing new. Nothing is taken while other elements are done, since SIPp does no more of them when it
 * has taken what it does not go on with; a source says it again.
 * @param awaited the methods of the others
 */
export function takeWaiting(
  awaited: readonly string[],
  waiting: Pick<TakeOptions, 'timeout' | 'ontimeout'>,
  captures: Captures,
): string[] {
  const methods = anyTimeMethods.filter((method) => !awaited.includes(method)).join('|');
  if (methods === '') return [];
  const actions = [...kept(captures), ...captures.isNewer(isSo, 'offerNumber')];
  return [takeRequest(methods, { optional: true, actions, next: 'anyTime', test: isSo, ...waiting })];
}

const kept = (captures: Captures) => [captures.message('request'), captures.sequenceNumber('offerNumber')];

/** The version is the number of the offer: a source that counts its offers so finds each answer one above the last (RFC 3264, section 8). */
function sendAnswer(transport: SipTransport, direction: string): string {
  const example = compile(resumeAnswer).example as unknown as Sdp;
  const body = renderSdp(example)
    .replace(/^(o=\S+ \S+) \d+/m, '$1 [$offerNumber]')
    .replace(/^a=sendrecv/m, `a=${direction}`);
  const contact = `Contact: <${localContact('destination', transport)}>`;
  return send([statusLine(200, 'OK', rowsAt, false), contact, 'Content-Type: application/sdp'], body, {
    next: 'open',
  });
}
