import type { ProviderState } from '../../../../contracts/contract.ts';
import { rowOf } from '../../../../contracts/parts.ts';
import type { Address, End, Exchange, MockServer, ServeOptions, StateSet, Tap } from '../../../adapter.ts';
import { errorMessage } from '../../../error-code.ts';
import { freePort } from '../../../ports.ts';
import { BegunDialogs } from '../begun-dialogs.ts';
import { callForms } from '../calls/form.ts';
import { PlacedCalls } from '../calls/placed-calls.ts';
import { SOURCE_ADDRESS } from '../play.ts';
import { SipRecord } from '../record.ts';
import { serve } from '../serve.ts';
import type { SipWorld } from '../service.ts';
import { setState } from '../states.ts';
import { tap } from '../tap.ts';
import { transportOf } from '../transport.ts';
import { type Hop, proxyConfig } from './config.ts';
import { type Kamailio, startKamailio } from './kamailio.ts';
import { numbersOf, type RelayingMock } from './relaying.ts';

/** All but the tap is of this machine alone, wherever that listens. */
const host = '127.0.0.1';
/** Nobody listens at TCPMUX (RFC 1078). */
const NOBODYS_PORT = 1;
/** A free port may be taken before Kamailio binds it. */
const MOST_ATTEMPTS = 3;

export interface RelayOptions extends ServeOptions {
  /** Who is there behind the proxy. */
  ends: readonly End[];
  /** What Kamailio is configured with; a proxy as it should be when absent. */
  config?: typeof proxyConfig;
}

/**
 * Starts a Kamailio as the proxy, before the ends that are there and before one SIPp, which plays all other ends by the contracts of
 * the proxy's own connections. A tap in front of it records what it is asked.
 * @throws as `serve`; Error with one sentence when Kamailio is missing or does not start
 */
export async function serveRelay(options: RelayOptions): Promise<MockServer> {
  for (let attempt = 1; ; attempt += 1) {
    const opened = new Opened();
    try {
      return await open(options, opened);
    } catch (error) {
      await opened.close();
      const portTaken = /Address already in use/.test(errorMessage(error));
      if (!portTaken || attempt === MOST_ATTEMPTS) throw error;
    }
  }
}

/** What has been opened, to be closed the other way round. */
class Opened {
  readonly #all: { close(): Promise<void> }[] = [];
  #closed: Promise<void> | undefined;

  add<T extends { close(): Promise<void> }>(each: T): T {
    this.#all.push(each);
    return each;
  }

  close(): Promise<void> {
    this.#closed ??= (async () => {
      for (const each of this.#all.toReversed()) await each.close();
    })();
    return this.#closed;
  }
}

async function open(options: RelayOptions, opened: Opened): Promise<MockServer> {
  const { contracts, dials = [], listen, ends, signal, config = proxyConfig } = options;
  const service = options.service as RelayingMock;
  const { relaying } = service;
  const anyPort = async (): Promise<Address> => ({ host, port: await freePort(host) });
  const overTcp = ({ port }: Pick<Address, 'port'>): Hop => ({ host, port, transport: 'TCP' });

  const farEnds = opened.add(await serve({ ...options, dials: [], listen: { host, port: 0 } }));
  const [own, node] = [await anyPort(), await anyPort()];
  const record = new SipRecord();
  const recorder = opened.add(await tap(listen, own, record));
  const plan = {
    ...own,
    reachedAt: recorder.address,
    domain: relaying.domain,
    numbers: numbersOf(relaying, {
      ends: new Map(ends.map((end) => [rowOf(end.contract).listens, hopTo(end)])),
      farEnds: overTcp(farEnds.address),
      nowhere: overTcp({ port: NOBODYS_PORT }),
    }),
    sourceDomains: relaying.sourceDomains,
  };
  const kamailio = opened.add(await startKamailio({ plan, nodes: [node], config, signal }));
  const begun = opened.add(
    new BegunDialogs({
      interactions: contracts
        .flatMap(({ interactions }) => interactions)
        .filter(({ steps }) => steps[0]?.from === 'destination')
        .map((interaction) => relaying.asFarEnd(interaction)),
      transport: 'TCP',
      host,
      // A port of its own for each call: Kamailio may not have seen yet that the last source has closed its connection.
      through: { proxy: own, lookFor: ({ port }) => kamailio.lookForSource(port) },
      record,
    }),
  );
  const calls = opened.add(new PlacedCalls(callForms({ dials, contracts }), record));
  return new Relay({ service, kamailio, recorder, record, begun, calls, node, opened });
}

function hopTo({ contract, at }: End): Hop {
  return { host: at.host, port: at.port, transport: transportOf(contract) };
}

interface Running {
  service: RelayingMock;
  kamailio: Kamailio;
  recorder: Tap;
  record: SipRecord;
  begun: BegunDialogs;
  calls: PlacedCalls;
  /** The node that is asked whether it is in service. */
  node: Address;
  opened: Opened;
}

class Relay implements MockServer {
  readonly address: Address;
  readonly calls: PlacedCalls;
  readonly #running: Running;

  constructor(running: Running) {
    this.#running = running;
    this.address = running.recorder.address;
    this.calls = running.calls;
  }

  setState(state: ProviderState): Promise<StateSet> {
    return setState(this.#running.service, this.#world(), state);
  }

  exchanges(): readonly Exchange[] {
    this.calls.read();
    return this.#running.record.exchanges();
  }

  async settled(): Promise<void> {
    await this.#running.begun.settled();
    await this.#running.recorder.settled();
  }

  clear(): void {
    this.calls.read();
    this.#running.record.clear();
  }

  close(): Promise<void> {
    return this.#running.opened.close();
  }

  #world(): SipWorld {
    const { begun, kamailio, node, service } = this.#running;
    return {
      turn: (_name, on) => kamailio.limit(on),
      begin: async (name, values) => {
        if (name !== service.relaying.asking) return await begun.begin(name, values);
        return { values: { [SOURCE_ADDRESS]: `${node.host}:${node.port}` }, undo: async () => {} };
      },
    };
  }
}
