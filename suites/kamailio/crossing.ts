import { loadContracts } from '../../contracts/catalogue.ts';
import type { Contract, Interaction, ProviderState, Side } from '../../contracts/contract.ts';
import { judge, type ObservedMessage } from '../../contracts/conversation.ts';
import { mirroredInteraction, otherSide } from '../../contracts/mirrored.ts';
import type { RelayTraffic } from '../../contracts/sip-relay-rules.ts';
import { Destinations } from '../../harness/peers/destinations.ts';
import type { End, MockServer, StateSet } from '../../mocks/adapter.ts';
import { adapter } from '../../mocks/protocols/sip/adapter.ts';
import { untilListening } from '../../mocks/protocols/sip/refusal.ts';
import { transportOf } from '../../mocks/protocols/sip/transport.ts';

const PLAY_TIMEOUT_MS = 20_000;

/** One hop of a call: what passed there, and by which interaction that is judged, where there is one. */
export interface HopOfCall {
  number: number;
  messages: readonly ObservedMessage[];
  interaction?: Interaction;
}

/** A call that crosses the proxy; upstream is where it was opened. */
export type Crossing = Readonly<Record<'upstream' | 'downstream', HopOfCall>>;

/** An interaction of a connection. */
export type Asked = readonly [number: number, interaction: Interaction];

/** The proxy and the ends behind it, with sources and nodes that call and are called through it. */
export class Relayed {
  readonly #contracts: readonly Contract[];
  readonly #destinations: Destinations;

  private constructor(contracts: readonly Contract[], destinations: Destinations) {
    this.#contracts = contracts;
    this.#destinations = destinations;
  }

  static async start(...numbers: number[]): Promise<Relayed> {
    const contracts = await loadContracts(numbers);
    const signal = new AbortController().signal;
    return new Relayed(contracts, await Destinations.start({ contracts, relays: true, signal }));
  }

  close(): Promise<void> {
    return this.#destinations.close();
  }

  contract(number: number): Contract {
    const found = this.#contracts.find(({ connection }) => connection === number);
    if (found === undefined) throw new Error(`the contract of connection ${number} is not there`);
    return found;
  }

  /** The destination of a connection. */
  serverOf(number: number): MockServer {
    const found = this.#destinations.up.find(({ contracts }) => contracts.includes(this.contract(number)));
    if (found === undefined) throw new Error(`the destination of connection ${number} is not up`);
    return found.server;
  }

  /** The destination of a connection as an end behind a proxy. */
  end(number: number): End {
    return { contract: this.contract(number), at: this.serverOf(number).address };
  }

  /** An interaction of a contract; with other steps where some are given. */
  asked(number: number, description: string, steps?: Interaction['steps']): Asked {
    const found = this.contract(number).interactions.find((each) => each.description === description);
    if (found === undefined) throw new Error(`connection ${number} has no "${description}"`);
    return [number, steps === undefined ? found : { ...found, steps }];
  }

  /** The messages of a source that finishes its dialog. */
  async play([number, interaction]: Asked, values: StateSet['values'] = {}, proxy = this.serverOf(51)) {
    const signal = AbortSignal.timeout(PLAY_TIMEOUT_MS);
    const played = await adapter.play({ contract: this.contract(number), interaction, values }, proxy.address, signal);
    if (played.failure !== undefined) throw played.failure;
    return played.messages;
  }

  /** The source of a connection calls through a proxy; the other hop is in the record of who was called. */
  async called(upstream: Asked, downstream: Asked, proxy = this.serverOf(51)): Promise<Crossing> {
    const end = this.serverOf(downstream[0]);
    await end.settled();
    end.clear();
    const messages = await this.play(upstream, {}, proxy);
    return { upstream: hop(upstream, messages), downstream: hop(downstream, await recordedBy(end)) };
  }

  /** The source of a connection is called through the proxy by a far end; that hop is in the record of the proxy's mock. */
  async calledBack(asked: Asked): Promise<Crossing> {
    const proxy = this.serverOf(51);
    proxy.clear();
    const { values, undo } = await proxy.setState(asked[1].given[0] as ProviderState);
    const messages = await this.play(asked, values);
    const recorded = await recordedBy(proxy);
    await undo();
    return {
      upstream: { number: asked[0], messages: recorded.map(changedOver) },
      downstream: hopBack(asked, messages),
    };
  }

  /** The source of a connection calls a node through the proxy, which looks for the node where a state says. */
  async calledNode(upstream: Asked, node: Asked): Promise<Crossing> {
    const { values, undo } = await this.serverOf(51).setState(node[1].given[0] as ProviderState);
    await undo();
    const taken = this.play(node, values);
    const { hostname: host, port } = new URL(`sip://${values.sourceAddress}`);
    await untilListening({ host, port: Number(port) }, 'TCP', AbortSignal.timeout(PLAY_TIMEOUT_MS));
    const [placed, messages] = await Promise.all([this.play(upstream), taken]);
    return { upstream: hop(upstream, placed), downstream: hopBack(node, messages) };
  }

  trafficOf({ upstream, downstream }: Crossing): RelayTraffic {
    const traffic = ({ number, messages }: HopOfCall) => ({ transport: transportOf(this.contract(number)), messages });
    return { upstream: traffic(upstream), downstream: traffic(downstream) };
  }
}

/** What a mock has recorded, all of it. */
async function recordedBy(server: MockServer): Promise<readonly ObservedMessage[]> {
  await server.settled();
  return server.exchanges().flatMap(({ messages, failure }) => {
    if (failure !== undefined) throw failure;
    return messages;
  });
}

const hop = ([number, interaction]: Asked, messages: readonly ObservedMessage[]): HopOfCall => ({
  number,
  interaction,
  messages,
});

const changedOver = (message: ObservedMessage): ObservedMessage => ({ ...message, from: otherSide(message.from) });

/** A hop on which the destination of the connection calls. */
const hopBack = ([number, interaction]: Asked, messages: readonly ObservedMessage[]): HopOfCall => ({
  number,
  interaction: mirroredInteraction(interaction),
  messages: messages.map(changedOver),
});

/** What the contract of a hop says against it, on both sides. */
export function againstContract({ interaction, messages }: HopOfCall): string[] {
  if (interaction === undefined) return [];
  const sides: readonly Side[] = ['source', 'destination'];
  return sides.flatMap((side) => judge(interaction, messages, adapter.profile, side).map(({ message }) => message));
}
