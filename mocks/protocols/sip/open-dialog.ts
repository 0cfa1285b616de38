import { resumeAnswer } from '../../../contracts/common/sip-session.ts';
import { compile } from '../../../contracts/matching.ts';
import type { Sdp } from '../../../contracts/messages/sip.ts';
import { statusLine } from './asked.ts';
import type { Captures } from './captures.ts';
import { label, otherMethods, takeRequest } from './elements.ts';
import { localContact } from './render.ts';
import { renderSdp } from './sdp.ts';
import type { SipTransport } from './transport.ts';
import { element, send } from './xml.ts';

/** The number under which the rows of such a request are kept: that of a request within the dialog of any interaction, all of which is over. */
const AT = 1;

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
  const rows = captures.take(AT);
  const number = captures.text('offerNumber', '[[:cntrl:]][Cc][Ss][Ee][Qq][ ]*:[ ]*([0-9]+)');
  const wanted = [
    element('assignstr', { assign_to: 'wanted', value: 'sendrecv' }),
    captures.text('wanted', `a=(${Object.keys(directions).join('|')})`),
    ...Object.keys(directions).flatMap((each) => captures.compare(`wants${each}`, 'wanted', each)),
  ];
  const answer = (status: number, reason: string, next: string) =>
    send([statusLine(status, reason, AT, false)], '', { next });
  const anyTime = { optional: 'global' } as const;
  const waiting = { timeout: callLimitMs, ontimeout: 'end' };
  return [
    takeRequest('BYE', { ...anyTime, actions: rows, next: 'released' }),
    takeRequest('INVITE', { ...anyTime, actions: [...rows, number, ...wanted], next: 'offered' }),
    label('open'),
    takeRequest('ACK', { optional: true, ...waiting }),
    takeRequest('OPTIONS', { optional: true, actions: rows, next: 'there' }),
    takeRequest(otherMethods, { actions: rows, next: 'unknown', ...waiting }),
    label('offered'),
    ...Object.keys(directions).map((each) => element('nop', { next: each, test: `wants${each}` })),
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
  return send([statusLine(200, 'OK', AT, false), contact, 'Content-Type: application/sdp'], body, { next: 'open' });
}
