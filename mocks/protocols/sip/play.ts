import type { Interaction } from '../../../contracts/contract.ts';
import { Conversation } from '../../../contracts/conversation.ts';
import { compile } from '../../../contracts/matching.ts';
import { isSipResponse } from '../../../contracts/messages/sip.ts';
import { sipProfile } from '../../../contracts/messages/sip-profile.ts';
import { type Address, type Observed, type Performance, UnreachableError } from '../../adapter.ts';
import { type Call, messagesOf, placeCall, takeCall } from './call.ts';
import { observe } from './observe.ts';
import { refusesDatagrams } from './refusal.ts';
import { resolved } from './resolved.ts';
import { type CallOutcome, EXIT_PORT_IN_USE, endOf, preflight } from './sipp.ts';
import { transportOf } from './transport.ts';

/** Where the contract sets no limit of its own. */
const STEP_TIMEOUT_MS = 5_000;
/** The value of a provider state that says where the destination looks for the source: `127.0.0.1:5060`. */
export const SOURCE_ADDRESS = 'sourceAddress';

/**
 * Lets SIPp play the source of an interaction against a destination. Where the destination opens the dialog, the source listens
 * at the address that the provider states gave as {@link SOURCE_ADDRESS}.
 * @returns the messages of its log without retransmissions, for the judge; a failure where the dialog could not be finished
 * or a message cannot be read
 * @throws Error when SIPp is missing, ScenarioError when it cannot play the interaction, the signal's reason when aborted
 */
export async function play(
  { contract, interaction, values }: Performance,
  at: Address,
  signal: AbortSignal,
): Promise<Observed> {
  signal.throwIfAborted();
  await preflight();
  const transport = transportOf(contract);
  const stepTimeoutMs = interaction.stepTimeoutMs ?? STEP_TIMEOUT_MS;
  const call: Call = { interaction, transport, values, stepTimeoutMs, signal };
  if (interaction.steps[0]?.from === 'destination') return await playCalled(call);
  const found = await resolved(at);
  if (found instanceof UnreachableError) return { messages: [], failure: found };
  const to = { ...at, host: found };
  return await observed(call, await placeCall(call, to), { to, address: `${to.host}:${to.port}` });
}

async function playCalled(call: Call): Promise<Observed> {
  const listen = parseAddress(call.values[SOURCE_ADDRESS] ?? '');
  if (listen === undefined) {
    const missing = `no provider state says in ${SOURCE_ADDRESS} where the destination looks for the source`;
    return { messages: [], failure: new UnreachableError(`${missing}; give host and port, like 127.0.0.1:5060.`) };
  }
  const outcome = await takeCall(call, listen);
  const address = `${listen.host}:${listen.port}`;
  if (outcome.exitCode === EXIT_PORT_IN_USE) {
    const failure = new UnreachableError(
      `the source cannot listen at ${address}, which is in use or not of this machine.`,
    );
    return { messages: [], failure };
  }
  const observation = await observed(call, outcome, { address: `who called ${address}` });
  if (observation.messages.length > 0 || outcome.exitCode === 0) return observation;
  const { interaction, stepTimeoutMs, transport } = call;
  const waited = `waited ${(interaction.steps.length + 1) * stepTimeoutMs} ms for the destination at ${address}`;
  return { ...observation, failure: new Error(`${waited} over ${transport}; it sent nothing there.`) };
}

/** The other end of a call. */
interface Peer {
  /** Where it was called; absent where it called. */
  to?: Address;
  /** For errors. */
  address: string;
}

function parseAddress(text: string): Address | undefined {
  const [, host = '', port = ''] = /^(.+):(\d+)$/.exec(text) ?? [];
  return host === '' ? undefined : { host, port: Number(port) };
}

async function observed(call: Call, outcome: CallOutcome, { to, address }: Peer): Promise<Observed> {
  const { interaction, transport, values } = call;
  const dialog = observe(messagesOf(outcome, 'source'), transport, progressOf(interaction));
  if (dialog.failure !== undefined) return dialog;
  const conversation = new Conversation(interaction, sipProfile, { values });
  for (const message of dialog.messages) conversation.feed(message);
  // All that must come has come: whatever SIPp thinks of the rest, the judge sees it too.
  if (conversation.done && dialog.messages.length > 0) return dialog;
  const anythingCame = dialog.messages.some(({ from }) => from === 'destination');
  // Only a destination that said nothing gets the datagram by which this is found out.
  const refused = to !== undefined && transport === 'UDP' && !anythingCame && (await refusesDatagrams(to));
  const failure = explain(outcome, conversation, { ...call, address, anythingCame, refused });
  return failure === undefined ? dialog : { ...dialog, failure };
}

/** The provisional responses that the interaction knows of. */
function progressOf({ steps }: Interaction): number[] {
  const statuses = steps.map(({ content }): unknown => compile(content).example).filter(isSipResponse);
  return statuses.map(({ status }) => status).filter((status) => status < 200);
}

interface Facts extends Call {
  address: string;
  anythingCame: boolean;
  refused: boolean;
}

/** Why the dialog was not finished, in one sentence; undefined where the messages themselves say it. */
function explain(
  outcome: CallOutcome,
  conversation: Conversation,
  { address, stepTimeoutMs, transport, refused, anythingCame }: Facts,
): Error | undefined {
  const awaited = conversation.due
    .filter((step) => step.from === 'destination' && !step.optional)
    .map((step) => sipProfile.title(compile(step.content).example))
    .join(' or ');
  const failed = (...names: string[]) => outcome.failures.some((name) => names.includes(name));
  const garbage = /non SIP message discarded: "([^"\r\n]{0,60})/.exec(outcome.errors)?.[1];
  const waited = `waited ${stepTimeoutMs} ms for ${awaited} from ${address} over ${transport}`;
  if (garbage !== undefined)
    return new Error(`${address} sent what is no SIP message: "${garbage.trim()}"; ${waited}.`);
  if (refused || failed('FailedTcpConnect') || /Unable to connect|Connection refused/i.test(outcome.errors)) {
    return new UnreachableError(
      `${address} ${transport === 'TCP' ? 'refused the TCP connection' : 'takes no datagrams'}; is anything listening there?`,
    );
  }
  if (failed('FailedTcpClosed') || /Broken pipe on TCP connection/.test(outcome.errors)) {
    const missing = awaited === '' ? 'the dialog was not finished' : `${awaited} had not come`;
    return new Error(`${address} closed the connection; ${missing}.`);
  }
  if (outcome.timedOut || failed('FailedTimeoutOnRecv', 'FailedMaxUDPRetrans')) {
    if (awaited === '') return new Error(`sipp took the last message of ${address} for no part of the dialog.`);
    return new Error(
      `${waited}; it did not come.${transport === 'UDP' && !anythingCame ? ' Is anything listening there?' : ''}`,
    );
  }
  if (failed('FailedUnexpectedMessage') || outcome.succeeded) return undefined;
  return new Error(`${endOf(outcome)} before the dialog was finished: ${outcome.errors.trim().slice(0, 500)}`);
}
