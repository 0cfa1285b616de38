import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { Interaction, Side } from '../../../contracts/contract.ts';
import { mirroredInteraction, otherSide } from '../../../contracts/mirrored.ts';
import type { Address } from '../../adapter.ts';
import { freePort } from '../../ports.ts';
import { runDirectory } from '../../process.ts';
import type { RecordedMessage } from './dedupe.ts';
import { destinationScenario } from './destination-scenario.ts';
import { MessageLog } from './log.ts';
import { ReconnectingLine } from './reconnecting.ts';
import { authentication, type CallOutcome, commonArguments, EXIT_PORT_IN_USE, runCall, sippFiles } from './sipp.ts';
import { sourceScenario } from './source-scenario.ts';
import { assertIpv4, type SipTransport } from './transport.ts';

/** How long to listen after the last step, for what must not come. */
const LINGER_MS = 50;
/** A port that was free may be taken before SIPp binds it. */
const MOST_ATTEMPTS = 3;

export interface Call {
  interaction: Interaction;
  transport: SipTransport;
  /** What the provider states gave. */
  values: Readonly<Record<string, string>>;
  /** Limit of one awaited message, in milliseconds. */
  stepTimeoutMs: number;
  signal: AbortSignal;
}

/**
 * Lets SIPp play the side that opens the dialog of an interaction, once.
 * @param to an IP address and a port
 */
export async function placeCall(call: Call, to: Address): Promise<CallOutcome> {
  const { interaction, transport, values } = call;
  const uniqueName = () => randomBytes(8).toString('hex');
  const scenario = sourceScenario(interaction, { transport, values, lingerMs: LINGER_MS, uniqueName });
  const host = await localHostTowards(to);
  const line = transport === 'TCP' ? reconnectingLine(interaction, to) : undefined;
  try {
    // Where the destination takes no connection SIPp says so itself.
    const at = (await line?.listen().catch(() => undefined)) ?? to;
    return await attempts(scenario, async (directory) => {
      const local = { host, port: await freePort(host) };
      const args = [...(await commonArguments(local, transport)), ...authentication(interaction, values)];
      return await runCall({ directory, args, to: at, ...limits(call) });
    });
  } finally {
    line?.close();
  }
}

/** What loses the connection where the interaction says so; undefined where it never does. */
function reconnectingLine({ steps }: Interaction, to: Address): ReconnectingLine | undefined {
  const ofSource = steps.filter(({ from }) => from === 'source');
  const before = new Set([...ofSource.keys()].filter((at) => ofSource[at]?.reconnected));
  return before.size === 0 ? undefined : new ReconnectingLine(to, before);
}

/** Lets SIPp play the source of a dialog that the destination opens, once. */
export async function takeCall(call: Call, listen: Address): Promise<CallOutcome> {
  const { interaction, transport } = call;
  const options = { transport, switches: [], control: randomBytes(8).toString('hex'), lingerMs: LINGER_MS };
  const scenario = destinationScenario([mirroredInteraction(interaction)], options);
  return await attempts(scenario, async (directory) =>
    runCall({ directory, args: await commonArguments(listen, transport), ...limits(call) }),
  );
}

function limits({ interaction, stepTimeoutMs, signal, transport }: Call) {
  const callTimeoutMs = (interaction.steps.length + 1) * stepTimeoutMs;
  // A datagram out of its place may be late, and what is awaited may still come.
  return { stepTimeoutMs, callTimeoutMs, signal, abortsOnUnexpected: transport === 'TCP' };
}

/** Tries again where a port was taken, which SIPp also opens for media and control. */
async function attempts(scenario: string, run: (directory: string) => Promise<CallOutcome>): Promise<CallOutcome> {
  const directory = await runDirectory('sipp-call');
  try {
    await writeFile(`${directory.path}/${sippFiles.scenario}`, scenario);
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await run(directory.path);
      if (outcome.exitCode !== EXIT_PORT_IN_USE || attempt === MOST_ATTEMPTS) return outcome;
    }
  } finally {
    await directory.remove();
  }
}

/** The messages of a call by who sent them. @param own the side that SIPp played */
export function messagesOf({ log }: CallOutcome, own: Side): RecordedMessage[] {
  return new MessageLog()
    .push(log)
    .map(({ direction, bytes, atMs }) => ({ from: direction === 'sent' ? own : otherSide(own), bytes, atMs }));
}

/** The address of this machine from which packets go there; connecting a UDP socket sends nothing. */
export async function localHostTowards({ host, port }: Pick<Address, 'host' | 'port'>): Promise<string> {
  assertIpv4(host);
  const socket = createSocket('udp4');
  try {
    socket.connect(port, host);
    await once(socket, 'connect');
    return socket.address().address;
  } finally {
    socket.close();
  }
}
