import { resumeAnswer } from '../../../contracts/common/sip-session.ts';
import { compile } from '../../../contracts/matching.ts';
import type { Sdp } from '../../../contracts/messages/sip.ts';
import { statusLine } from './asked.ts';
import { type Captures, isSo } from './captures.ts';
import { ask, label, otherMethods, takeRequest } from './elements.ts';
import { localContact } from './render.ts';
import { renderSdp } from './sdp.ts';
import type { SipTransport } from './transport.ts';
import { element, send } from './xml.ts';

/**
 * The number under which the rows of such a request are kept: that of a request within the dialog of any interaction, all of which is
 * over. On UDP a late copy of an earlier one comes here too, and has to leave the rows of others as they are.
 */
const rowsAt = { TCP: 1, UDP: 100 } as const;

export interface OpenDialogOptions {
  transport: SipTransport;
  /** How long it waits for the next request, in milliseconds. */
  callLimitMs: number;
}

/** What is answered to an offer, by what that says (RFC 3264, section 6.1). */
const directions = { sendonly: 'recvonly', recvonly: 'sendonly', inactive: 'inactive' } as const;

/**
 * What a destination does in a dialog that goes on as no interaction says: it takes what a source may do to any call, hold it again
 * or hang up while it is held. Stands above the elements of the interactions, and is only reached by such a request; goes on at the
 * label `end` when the call is over.
 */
export function openDialog({ transport, callLimitMs }: OpenDialogOptions, captures: Captures): string[] {
  const at = rowsAt[transport];
  const rows = captures.take(at);
  // Neither is a copy of an earlier request, nor one that has overtaken an ACK for which an answer is repeated: SIPp sends nothing
  // else before it has come. On a stream there is none of it.
  const [number, isNew] =
    transport === 'UDP'
      ? [captures.isNewer(isSo, 'offerNumber', at), { test: isSo }]
      : [[captures.sequenceNumber('offerNumber', at)], {}];
  const acknowledged =
    transport === 'UDP'
      ? [captures.sequence('Ack'), ...captures.newest('INVITE', 'Ack'), ...captures.newest('ACK', 'Ack')]
      : [];
  const wanted = [
    element('assignstr', { assign_to: 'wanted', value: 'sendrecv' }),
    captures.text('wanted', `a=(${Object.keys(directions).join('|')})`),
  ];
  const answer = (status: number, reason: string, next: string) =>
    send([statusLine(status, reason, at, false)], '', { next });
  const anyTime = { optional: 'global' } as const;
  const waiting = { timeout: callLimitMs, ontimeout: 'end' };
  return [
    takeRequest('BYE', { ...anyTime, actions: [...rows, ...number], next: 'released', ...isNew }),
    takeRequest('INVITE', { ...anyTime, actions: [...rows, ...wanted, ...number], next: 'offered', ...isNew }),
    label('open'),
    takeRequest('ACK', { optional: true, actions: acknowledged, ...waiting }),
    takeRequest('OPTIONS', { optional: true, actions: rows, next: 'there' }),
    takeRequest(otherMethods, { actions: rows, next: 'unknown', ...waiting }),
    label('offered'),
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

/** The version is the number of the offer: a source that counts its offers so finds each answer one above the last (RFC 3264, section 8). */
function sendAnswer(transport: SipTransport, direction: string): string {
  const example = compile(resumeAnswer).example as unknown as Sdp;
  const body = renderSdp(example)
    .replace(/^(o=\S+ \S+) \d+/m, '$1 [$offerNumber]')
    .replace(/^a=sendrecv/m, `a=${direction}`);
  const contact = `Contact: <${localContact('destination', transport)}>`;
  return send([statusLine(200, 'OK', rowsAt[transport], false), contact, 'Content-Type: application/sdp'], body, {
    next: 'open',
  });
}
