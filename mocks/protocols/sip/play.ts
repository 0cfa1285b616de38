import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { Interaction } from '../../../contracts/contract.ts';
import { Conversation } from '../../../contracts/conversation.ts';
import { compile } from '../../../contracts/matching.ts';
import { sipProfile } from '../../../contracts/messages/sip.ts';
import { type Address, type Observed, type Performance, UnreachableError } from '../../adapter.ts';
import { errorCode } from '../../error-code.ts';
import { freePort } from '../../ports.ts';
import { runDirectory } from '../../process.ts';
import type { RecordedMessage } from './dedupe.ts';
import { MessageLog } from './log.ts';
import { observe } from './observe.ts';
import { refusesDatagrams } from './refusal.ts';
import { type CallOutcome, commonArguments, EXIT_PORT_IN_USE, preflight, runCall, sippFiles } from './sipp.ts';
import { sourceScenario } from './source-scenario.ts';
import { type SipTransport, transportOf } from './transport.ts';

/** Where the contract sets no limit of its own. */
const STEP_TIMEOUT_MS = 5_000;
/** How long to listen after the last step, for what must not come. */
const LINGER_MS = 50;
/** A port that was free may be taken before SIPp binds it. */
const MOST_ATTEMPTS = 3;

/**
 * Lets SIPp play the source of an interaction against a destination.
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
  const uniqueName = () => randomBytes(8).toString('hex');
  const scenario = sourceScenario(interaction, { transport, values, lingerMs: LINGER_MS, uniqueName });
  const found = await resolved(at);
  if (found instanceof UnreachableError) return { messages: [], failure: found };
  const to = { ...at, host: found };
  const host = await localHostTowards(to);
  const run = { to, stepTimeoutMs, callTimeoutMs: (interaction.steps.length + 1) * stepTimeoutMs, signal };
  const directory = await runDirectory('sipp-source');
  try {
    await writeFile(`${directory.path}/${sippFiles.scenario}`, scenario);
    let outcome: CallOutcome;
    let attempts = 0;
    do {
      const args = await commonArguments({ host, port: await freePort(host) }, transport);
      outcome = await runCall({ ...run, directory: directory.path, args });
      attempts += 1;
    } while (outcome.exitCode === EXIT_PORT_IN_USE && attempts < MOST_ATTEMPTS);
    return await observed(interaction, outcome, { transport, values, stepTimeoutMs, to });
  } finally {
    await directory.remove();
  }
}

async function resolved({ host, port }: Address): Promise<string | UnreachableError> {
  if (isIP(host) !== 0) return host;
  try {
    return (await lookup(host, 4)).address;
  } catch (cause) {
    return new UnreachableError(`nobody answers at ${host}:${port} (${errorCode(cause)}); is that its name?`, {
      cause,
    });
  }
}

/** The address of this machine from which packets go there; connecting a UDP socket sends nothing. */
async function localHostTowards({ host, port }: Address): Promise<string> {
  const socket = createSocket('udp4');
  try {
    socket.connect(port, host);
    await once(socket, 'connect');
    return socket.address().address;
  } finally {
    socket.close();
  }
}

interface RunFacts {
  transport: SipTransport;
  values: Readonly<Record<string, string>>;
  stepTimeoutMs: number;
  to: Address;
}

async function observed(interaction: Interaction, outcome: CallOutcome, facts: RunFacts): Promise<Observed> {
  const recorded = new MessageLog().push(outcome.log).map(
    ({ direction, bytes, atMs }): RecordedMessage => ({
      from: direction === 'sent' ? 'source' : 'destination',
      bytes,
      atMs,
    }),
  );
  const dialog = observe(recorded, facts.transport);
  if (dialog.failure !== undefined) return dialog;
  const conversation = new Conversation(interaction, sipProfile, { values: facts.values });
  for (const message of dialog.messages) conversation.feed(message);
  // All that must come has come: whatever SIPp thinks of the rest, the judge sees it too.
  if (conversation.done && dialog.messages.length > 0) return dialog;
  const anythingCame = dialog.messages.some(({ from }) => from === 'destination');
  // Only a destination that said nothing gets the datagram by which this is found out.
  const refused = facts.transport === 'UDP' && !anythingCame && (await refusesDatagrams(facts.to));
  const failure = explain(outcome, conversation, { ...facts, anythingCame, refused });
  return failure === undefined ? dialog : { ...dialog, failure };
}

/** Why the dialog was not finished, in one sentence; undefined where the messages themselves say it. */
function explain(
  outcome: CallOutcome,
  conversation: Conversation,
  { to, stepTimeoutMs, transport, refused, anythingCame }: RunFacts & { anythingCame: boolean; refused: boolean },
): Error | undefined {
  const address = `${to.host}:${to.port}`;
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
  const code = outcome.exitCode === undefined ? 'was killed' : `ended with exit code ${outcome.exitCode}`;
  return new Error(`sipp ${code} before the dialog was finished: ${outcome.errors.trim().slice(0, 500)}`);
}
