import type { SipRequest } from '../../../../contracts/messages/sip.ts';
import { statusLine } from '../asked.ts';
import { Captures } from '../captures.ts';
import { label, otherMethods, say, takeCommand, takeFinal, takeRequest } from '../elements.ts';
import { assertPlain } from '../plain.ts';
import { bodyText, localContact, requestLines } from '../render.ts';
import { repetition } from '../repetition.ts';
import type { SipTransport } from '../transport.ts';
import { type Attributes, element, scenarioXml, send } from '../xml.ts';
import type { CallerRequests } from './form.ts';

/** How long an INVITE may be without any answer: 64*T1 (RFC 3261, section 17.1.1.2, timer B). */
export const SILENCE_MS = 32_000;
/** How long any later request may be without a final answer. */
export const ANSWER_TIMEOUT_MS = 5_000;
/** How long to listen after the answer to a BYE, which may come again over UDP. */
const LINGER_MS = 50;

/** What a scenario says on its twin socket. Where the call stands is told by what is seen on the wire. */
export const events = {
  begun: 'begun',
  /** The other end changes the session; the command `answer` is awaited. */
  offered: 'offered',
} as const;

/** What a scenario is told on its twin socket. `release` is a CANCEL while the call rings, and a BYE when it is up. */
export const commands = { change: 'change', answer: 'answer', release: 'release' } as const;

/** What every command holds. */
export interface CommandFields {
  Command: (typeof commands)[keyof typeof commands];
  /** Of the next request of this end, and of the one after that. */
  CSeq: number;
  Following: number;
  /** Of the next description of this end (RFC 3264, section 8). */
  Version: number;
  /** What this end does with the media then. */
  Direction: string;
}

/** The variables that hold them. */
const fields: Readonly<Record<keyof CommandFields, string>> = {
  Command: 'command',
  CSeq: 'number',
  Following: 'following',
  Version: 'version',
  Direction: 'direction',
};

/** The scenario of a call that is placed and then told what to do. */
export function placedCallScenario(requests: CallerRequests, transport: SipTransport): string {
  const captures = new Captures();
  const { invite, acknowledge, acknowledgeRefusal, cancel, change, acknowledgeChange, bye } = requests;
  const repeated = repetition(transport === 'UDP');
  const told = Object.entries(fields).map(([name, variable]) => captures.text(variable, `${name}: ([a-z0-9]+)`));
  const isCommand = (command: string) => captures.compare(`is${command}`, 'command', command);
  const ofInvite = [
    captures.text('method', '\\n[Cc][Ss][Ee][Qq] *: *[0-9]+ +([A-Z]+)'),
    ...captures.compare('isOfInvite', 'method', 'INVITE'),
  ];
  const optional = { optional: true } as const;
  const asked = { actions: captures.takeAgain(0) };
  const anyTime = { optional: 'global', ...asked } as const;
  const soon = (ontimeout: string) => ({ timeout: ANSWER_TIMEOUT_MS, ontimeout });
  /** The ACK of a refusal belongs to the transaction of the request (RFC 3261, section 17.1.1.3). */
  const acknowledgeUnchanged = {
    ...acknowledgeChange,
    headers: { ...acknowledgeChange.headers, via: change.headers.via },
  } as SipRequest;

  const elements = [
    say(events.begun),
    sendOwn(invite, repeated),
    ...takeFinal({
      taken: { next: 'answered' },
      refused: 'refused',
      heard: 'ringing',
      limit: { timeout: SILENCE_MS, ontimeout: 'end' },
    }),
    label('ringing'),
    ...takeFinal({ taken: { next: 'answered' }, refused: 'refused' }),
    takeRequest(`BYE|INVITE|OPTIONS|${otherMethods}`, { ...optional, ...asked, next: 'too early' }),
    takeCommand({ actions: told }),

    sendOwn(cancel, repeated),
    label('given up'),
    // A 200 is the answer to the CANCEL, or to the INVITE, if they have crossed (section 9.1).
    ...takeFinal({
      taken: { next: 'answered late', test: 'isOfInvite', actions: ofInvite },
      refused: 'refused',
      limit: soon('end'),
    }),
    label('answered late'),
    sendOwn(acknowledge, { next: 'release' }),
    label('refused'),
    sendOwn(acknowledgeRefusal, { next: 'end' }),
    label('too early'),
    answer(501, 'Not Implemented', { next: 'ringing' }),

    label('answered'),
    sendOwn(acknowledge),
    label('up'),
    takeRequest('ACK', { optional: 'global', advance_state: false }),
    takeRequest('BYE', { ...anyTime, next: 'hung up' }),
    takeRequest('INVITE', { ...anyTime, next: 'offered' }),
    takeRequest('OPTIONS', { ...anyTime, next: 'there' }),
    takeRequest(otherMethods, { ...anyTime, next: 'unknown' }),
    takeCommand({ actions: [...told, ...isCommand(commands.change)], next: 'change', test: `is${commands.change}` }),

    label('release'),
    sendTold(bye, repeated),
    label('releasing'),
    takeRequest('ACK', { ...optional, ...soon('end') }),
    takeRequest(`BYE|INVITE|OPTIONS|${otherMethods}`, { ...optional, ...asked, next: 'crossed' }),
    ...takeFinal({ taken: { next: 'end' }, refused: 'end', limit: soon('end') }),
    label('crossed'),
    answer(200, 'OK', { next: 'releasing' }),

    label('change'),
    // Sent once: SIPp sends nothing else while it repeats, and a change of the other end may cross this one.
    sendTold(change),
    label('changing'),
    takeRequest('ACK', { ...optional, ...soon('unanswered') }),
    takeRequest('INVITE', { ...optional, ...asked, next: 'glare' }),
    takeRequest(`OPTIONS|${otherMethods}`, { ...optional, ...asked, next: 'unknown now' }),
    ...takeFinal({ taken: { next: 'changed' }, refused: 'unchanged', limit: soon('unanswered') }),
    label('changed'),
    sendTold(acknowledgeChange, { next: 'up' }),
    label('unchanged'),
    sendTold(acknowledgeUnchanged, { next: 'up' }),
    label('unanswered'),
    sendTold(bye, { ...repeated, next: 'releasing' }, fields.Following),
    label('glare'),
    answer(491, 'Request Pending', { next: 'changing' }),
    label('unknown now'),
    answer(501, 'Not Implemented', { next: 'changing' }),

    label('there'),
    answer(200, 'OK', { next: 'up' }),
    label('unknown'),
    answer(501, 'Not Implemented', { next: 'up' }),
    label('offered'),
    say(events.offered),
    takeCommand({ actions: [...told, ...isCommand(commands.answer)], next: 'answer', test: `is${commands.answer}` }),
    // The twin has told something else at the same time.
    answer(491, 'Request Pending'),
    element('nop', {}, [element('action', {}, isCommand(commands.change))]),
    element('nop', { next: 'change', test: `is${commands.change}` }),
    element('nop', { next: 'release' }),
    label('answer'),
    sendAnswer(change, transport),
    label('hung up'),
    answer(200, 'OK'),

    label('end'),
    element('pause', { milliseconds: LINGER_MS }),
  ];
  return scenarioXml('a call that is told what to do', captures.declared(elements));
}

/** Sends a request that a call has once. */
function sendOwn(own: SipRequest, attributes: Attributes = {}): string {
  assertPlain(own);
  return send(requestLines(own), bodyText(own), attributes);
}

/** Sends a request that a call may have many times, with what the twin has told. */
function sendTold(own: SipRequest, attributes: Attributes = {}, number: string = fields.CSeq): string {
  assertPlain(own);
  const lines = requestLines(own).map((line) =>
    line.replace(/^(Via: .*;branch=[^;]*)/, `$1-[$${number}]`).replace(/^CSeq: \d+/, `CSeq: [$${number}]`),
  );
  return send(lines, toldBody(own), attributes);
}

function toldBody(own: SipRequest): string {
  return bodyText(own)
    .replace(/^(o=\S+ \S+) \d+/m, `$1 [$${fields.Version}]`)
    .replace(/^a=(sendrecv|sendonly|inactive)/m, `a=[$${fields.Direction}]`);
}

/** Answers a request of the other end. */
function answer(status: number, reason: string, attributes: Attributes = {}): string {
  return send([statusLine(status, reason, 0, false)], '', attributes);
}

/** Answers an offer of the other end. @param change has the description of this end */
function sendAnswer(change: SipRequest, transport: SipTransport): string {
  const contact = `Contact: <${localContact('source', transport)}>`;
  const lines = [statusLine(200, 'OK', 0, false), contact, 'Content-Type: application/sdp'];
  return send(lines, toldBody(change), { next: 'up' });
}
