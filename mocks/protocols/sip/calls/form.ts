import { cancelledCall } from '../../../../contracts/common/sip-calls.ts';
import { heldCall } from '../../../../contracts/common/sip-flows.ts';
import type { Contract, Interaction, Side } from '../../../../contracts/contract.ts';
import { dialect } from '../../../../contracts/dialect.ts';
import { compile } from '../../../../contracts/matching.ts';
import { isSipRequest, type SipHeaders, type SipMessage, type SipRequest } from '../../../../contracts/messages/sip.ts';
import { mirroredInteraction } from '../../../../contracts/mirrored.ts';
import { Captures } from '../captures.ts';
import { movesOf, type OwnRequests } from '../moves.ts';
import { OpeningRequests } from '../own-requests.ts';
import { type SipTransport, transportOf } from '../transport.ts';
import type { Callee } from './callee.ts';

/** How calls are placed by one contract. */
export interface CallForm {
  connection: number;
  transport: SipTransport;
  /** Which side of the contract the caller is. */
  side: Side;
  /** Begins with the INVITE, whose sender is the source. */
  opening: Interaction;
}

/** The requests of the caller, with the identifiers of one call and SIPp's keywords in place. */
export interface CallerRequests {
  invite: SipRequest;
  acknowledge: SipRequest;
  cancel: SipRequest;
  acknowledgeRefusal: SipRequest;
  change: SipRequest;
  acknowledgeChange: SipRequest;
  bye: SipRequest;
}

/**
 * How one end of a contract calls the other: by the first call that the contract has of it; where it has none, as the other end calls.
 * @returns undefined where the contract has no calls
 */
function callForm(contract: Contract, side: Side): CallForm | undefined {
  const { connection, interactions } = contract;
  const calls = interactions.filter(({ negative, steps: [first] }) => {
    const message: unknown = first === undefined ? undefined : compile(first.content).example;
    return negative !== true && isSipRequest(message) && message.method === 'INVITE' && message.sdp !== undefined;
  });
  const call = calls.find(({ steps }) => steps[0]?.from === side) ?? calls[0];
  if (call === undefined) return undefined;
  const opening = call.steps[0]?.from === 'source' ? call : mirroredInteraction(call);
  return { connection, transport: transportOf(contract), side, opening };
}

/** How the system calls that is the source of some contracts and the destination of others; by its own first. */
export function callForms(of: { dials: readonly Contract[]; contracts?: readonly Contract[] }): CallForm[] {
  const own = of.dials.map((contract) => callForm(contract, 'source'));
  const others = (of.contracts ?? []).map((contract) => callForm(contract, 'destination'));
  return [...own, ...others].filter((form) => form !== undefined);
}

/** What the caller of one call sends. @param callName a name that no other call has */
export function callerRequests({ opening, transport }: CallForm, callee: Callee, callName: string): CallerRequests {
  const requests = (steps: Interaction<SipMessage>['steps']) => {
    const own = new Collected(callee, transport, callName);
    const [, ...rest] = steps as Interaction['steps'];
    const interaction = { ...opening, steps: [...opening.steps.slice(0, 1), ...rest] };
    movesOf(interaction, { side: 'source', transport, own, captures: new Captures(), values: {} });
    return own.requests;
  };
  const [invite, acknowledge, change, acknowledgeChange, , , bye] = requests(heldCall(transport, 'callee', 'caller'));
  const [, cancel, acknowledgeRefusal] = requests(cancelledCall(transport, 'callee')).map((request) => ({
    ...request,
    // Of the transaction of the INVITE (RFC 3261, sections 9.1 and 17.1.1.3), whoever its contract calls.
    requestUri: callee.uri,
  }));
  return { invite, acknowledge, change, acknowledgeChange, bye, cancel, acknowledgeRefusal } as CallerRequests;
}

/** Collects the requests of a side, as they are made its own. */
class Collected implements OwnRequests {
  readonly requests: SipRequest[] = [];
  readonly #own: OpeningRequests;
  readonly #callee: Callee;
  readonly #callName: string;

  constructor(callee: Callee, transport: SipTransport, callName: string) {
    let count = 0;
    const uniqueName = () => {
      count += 1;
      return `${callName}-${count}`;
    };
    this.#own = new OpeningRequests({ side: 'source', transport, uniqueName });
    this.#callee = callee;
    this.#callName = callName;
  }

  request(example: SipRequest): SipRequest {
    const isFirst = this.requests.length === 0;
    const request = this.#own.request(isFirst ? this.#toCallee(example) : example);
    this.requests.push(request);
    return request;
  }

  #toCallee(invite: SipRequest): SipRequest {
    const { uri } = this.#callee;
    const { header } = dialect.sip.callUuid;
    const headers: SipHeaders = { ...invite.headers, to: { uri } };
    // 32 characters that no other call has, of those that the form of traces allows.
    if (headers[header] !== undefined) headers[header] = this.#callName.toUpperCase();
    return { ...invite, requestUri: uri, headers };
  }
}
