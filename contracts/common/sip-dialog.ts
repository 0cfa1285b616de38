import { destination, type Step, source } from '../contract.ts';
import { dialect } from '../dialect.ts';
import { bind, bound, integer, type Matcher, regex, string, type Template } from '../matchers.ts';
import type { Sdp, SipHeaders, SipMessage, SipParty, SipVia } from '../messages/sip.ts';
import { world } from '../world.ts';
import { answer, offer } from './sip-session.ts';

/** What a SIP connection of the table runs on. Content-Length is a must only on a stream (RFC 3261, section 20.14). */
export type SipWire = 'TCP' | 'UDP';

type SipStep = Step<SipMessage>;
type Headers = Template<SipHeaders>;

/** What the messages of a dialog agree on, by names that read well in a mismatch: "the value bound to the To tag". */
const viaOf = (method: string) => `the Via of the ${method}`;
const branchOf = (method: string) => `the branch of the ${method}`;
const cseqOf = (method: string) => `the CSeq of the ${method}`;
const inviteUri = 'the Request-URI of the INVITE';
const remoteTargetName = 'the Contact of the 200';
const toTagName = 'the To tag';
const toName = 'the To of the request';
const fromName = 'the From of the dialog';
const callIdName = 'the Call-ID';

const domain = world.tenant.sipDomain;
const notBlank = (example: string) => regex('^\\S+$', example);
const sipUri = (example: string) => regex('^sips?:[^<> ]+$', example);

/**
 * A value that all messages must agree on, wherever it is seen first: a To tag may come with a 180, or only with the final
 * response (RFC 3261, section 8.2.6.2).
 */
const agreed = (name: string, example: string): Matcher<string> => bind(name, bound(name, example));

/**
 * The steps that the dialogs of a SIP connection are made of. Each demands what the tables of RFC 3261 mark as mandatory for its message
 * (sections 8.1.1, 8.2.6.2, 9.1, 12.1.1, 12.2.1.1, 13.2.2.4, 17.1.1.3) and lets everything else vary.
 */
export function sipSteps(wire: SipWire) {
  const length = (octets: Template<number>): Headers => (wire === 'TCP' ? { 'content-length': octets } : {});
  const freshVia = (method: string): Headers => ({
    via: bind<SipVia>(viaOf(method), {
      transport: wire,
      sentBy: notBlank('127.0.0.1'),
      branch: bind(branchOf(method), regex('^z9hG4bK.+$', 'z9hG4bK-1')),
    }),
  });
  /** CANCEL and the ACK of a refusal belong to the INVITE's transaction (sections 9.1 and 17.1.1.3). */
  const inviteVia = (method: string): Headers => ({
    via: bind<SipVia>(viaOf(method), {
      transport: wire,
      sentBy: notBlank('127.0.0.1'),
      branch: bound(branchOf('INVITE'), 'z9hG4bK-1'),
    }),
  });
  const newDialog: Headers = {
    from: bind<SipParty>(fromName, { uri: notBlank(`sip:${world.call.ani}@${domain}`), tag: notBlank('source-1') }),
    'call-id': bind(callIdName, notBlank('call-1@127.0.0.1')),
    'max-forwards': integer(70),
  };
  const from: Headers = {
    from: bound<SipParty>(fromName, { uri: `sip:${world.call.ani}@${domain}`, tag: 'source-1' }),
  };
  const sameDialog: Headers = { ...from, 'call-id': bound(callIdName, 'call-1@127.0.0.1') };
  const toPeer = { uri: bound(toName, `sip:peer@${domain}`), tag: bound(toTagName, 'destination-1') };
  const remoteTarget = bound(remoteTargetName, `sip:peer@${domain}`);

  /** What a response copies from its request (section 8.2.6.2). */
  const echoed = (method: string, number: string): Headers => ({
    via: bound<SipVia>(viaOf(method), { transport: wire, sentBy: '127.0.0.1', branch: 'z9hG4bK-1' }),
    ...sameDialog,
    cseq: { number: bound(number, 1), method },
    ...length(integer(0)),
  });
  const response = (
    status: number,
    reason: string,
    headers: Headers,
    options: Partial<SipStep> & { sdp?: Template<Sdp> } = {},
  ): SipStep => {
    const { sdp, ...rest } = options;
    const content = { status, reason: string(reason), headers, ...(sdp === undefined ? {} : { sdp }) };
    return destination<SipMessage>(content as Template<SipMessage>, rest);
  };
  const toTag: Headers = { to: { uri: bound(toName, `sip:peer@${domain}`), tag: agreed(toTagName, 'destination-1') } };

  return {
    /** A call with an offer to a dialled number. */
    invite: (number: string): SipStep =>
      source<SipMessage>({
        method: 'INVITE',
        requestUri: bind(
          inviteUri,
          regex(`^sips?:${number.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}@.+$`, `sip:${number}@${domain}`),
        ),
        headers: {
          ...freshVia('INVITE'),
          ...newDialog,
          to: { uri: bind(toName, notBlank(`sip:${number}@${domain}`)) },
          cseq: { number: bind(cseqOf('INVITE'), integer(1)), method: 'INVITE' },
          contact: [{ uri: sipUri('sip:source@127.0.0.1') }],
          'content-type': 'application/sdp',
          ...length(integer(0)),
          [dialect.sip.callUuid.header]: regex(dialect.sip.callUuid.pattern, world.call.uuid),
        },
        sdp: offer,
      }),
    /** Sent where nothing else is within 200 ms (section 17.2.1). */
    trying: (): SipStep =>
      response(
        100,
        'Trying',
        { ...echoed('INVITE', cseqOf('INVITE')), to: { uri: bound(toName, `sip:peer@${domain}`) } },
        { optional: true },
      ),
    ringing: (options: { optional?: true } = { optional: true }): SipStep =>
      response(
        180,
        'Ringing',
        { ...echoed('INVITE', cseqOf('INVITE')), ...toTag, contact: [{ uri: sipUri('sip:destination@127.0.0.1') }] },
        options,
      ),
    answered: (): SipStep =>
      response(
        200,
        'OK',
        {
          ...echoed('INVITE', cseqOf('INVITE')),
          ...toTag,
          contact: [{ uri: bind(remoteTargetName, sipUri('sip:destination@127.0.0.1')) }],
          'content-type': 'application/sdp',
        },
        { sdp: answer },
      ),
    /** A transaction of its own, to the remote target (sections 12.2.1.1 and 13.2.2.4). */
    acknowledge: (): SipStep =>
      source<SipMessage>({
        method: 'ACK',
        requestUri: remoteTarget,
        headers: {
          ...freshVia('ACK'),
          ...sameDialog,
          to: toPeer,
          cseq: { number: bound(cseqOf('INVITE'), 1), method: 'ACK' },
          'max-forwards': integer(70),
          ...length(integer(0)),
        },
      }),
    bye: (): SipStep =>
      source<SipMessage>({
        method: 'BYE',
        requestUri: remoteTarget,
        headers: {
          ...freshVia('BYE'),
          ...sameDialog,
          to: toPeer,
          cseq: { number: bind(cseqOf('BYE'), integer(2)), method: 'BYE', increment: 1 },
          'max-forwards': integer(70),
          ...length(integer(0)),
        },
      }),
    released: (): SipStep => response(200, 'OK', { ...echoed('BYE', cseqOf('BYE')), to: toPeer }),
    refused: (status: number, reason: string): SipStep =>
      response(status, reason, { ...echoed('INVITE', cseqOf('INVITE')), ...toTag }),
    /** Part of the refused INVITE's transaction, without a body (section 17.1.1.3). */
    acknowledgeRefusal: (): SipStep =>
      source<SipMessage>({
        method: 'ACK',
        requestUri: bound(inviteUri, `sip:peer@${domain}`),
        headers: {
          ...inviteVia('ACK'),
          ...sameDialog,
          to: toPeer,
          cseq: { number: bound(cseqOf('INVITE'), 1), method: 'ACK' },
          'max-forwards': integer(70),
          ...length(0),
        },
      }),
    cancel: (): SipStep =>
      source<SipMessage>({
        method: 'CANCEL',
        requestUri: bound(inviteUri, `sip:peer@${domain}`),
        headers: {
          ...inviteVia('CANCEL'),
          ...sameDialog,
          to: { uri: bound(toName, `sip:peer@${domain}`) },
          cseq: { number: bound(cseqOf('INVITE'), 1), method: 'CANCEL' },
          'max-forwards': integer(70),
          ...length(0),
        },
      }),
    cancelAccepted: (): SipStep =>
      response(200, 'OK', {
        ...echoed('CANCEL', cseqOf('INVITE')),
        to: { uri: bound(toName, `sip:peer@${domain}`), tag: notBlank('destination-1') },
      }),
    options: (): SipStep =>
      source<SipMessage>({
        method: 'OPTIONS',
        requestUri: sipUri(`sip:${domain}`),
        headers: {
          ...freshVia('OPTIONS'),
          ...newDialog,
          to: { uri: bind(toName, notBlank(`sip:${domain}`)) },
          cseq: { number: bind(cseqOf('OPTIONS'), integer(1)), method: 'OPTIONS' },
          ...length(integer(0)),
        },
      }),
    inService: (): SipStep => response(200, 'OK', { ...echoed('OPTIONS', cseqOf('OPTIONS')), ...toTag }),
  };
}

/** A call that is answered, then released by the caller. */
export function basicCall(wire: SipWire, number: string): SipStep[] {
  const steps = sipSteps(wire);
  return [
    steps.invite(number),
    steps.trying(),
    steps.ringing(),
    steps.answered(),
    steps.acknowledge(),
    steps.bye(),
    steps.released(),
  ];
}

/** A call that ends with a status from 400 on, before anything rings. */
export function refusedCall(wire: SipWire, number: string, status: number, reason: string): SipStep[] {
  const steps = sipSteps(wire);
  return [steps.invite(number), steps.trying(), steps.refused(status, reason), steps.acknowledgeRefusal()];
}

/** A call that whoever it rings at declines. */
export function declinedCall(wire: SipWire, number: string, status: number, reason: string): SipStep[] {
  const steps = sipSteps(wire);
  const [invite, trying, ...refusal] = refusedCall(wire, number, status, reason) as [SipStep, SipStep, ...SipStep[]];
  return [invite, trying, steps.ringing(), ...refusal];
}

/** A call that the caller gives up while it rings (RFC 3261, section 9). */
export function cancelledCall(wire: SipWire, number: string): SipStep[] {
  const steps = sipSteps(wire);
  return [
    steps.invite(number),
    steps.trying(),
    // A CANCEL may be sent only after a provisional response (section 9.1).
    steps.ringing({}),
    steps.cancel(),
    steps.cancelAccepted(),
    steps.refused(487, 'Request Terminated'),
    steps.acknowledgeRefusal(),
  ];
}

/** The question whether a peer is in service, and its answer (RFC 3261, section 11). */
export function liveness(wire: SipWire): SipStep[] {
  const steps = sipSteps(wire);
  return [steps.options(), steps.inService()];
}
