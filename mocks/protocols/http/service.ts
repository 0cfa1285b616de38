import type { SystemName } from '../../../contracts/architecture.ts';
import type { Contract, Interaction } from '../../../contracts/contract.ts';
import type { HttpFault, HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import type { Address, ServiceMock } from '../../adapter.ts';

/** The interaction that a request was recognised as. */
export interface RequestMatch {
  contract: Contract;
  interaction: Interaction;
}

/** What a mock gets beside the request. */
export interface RespondContext extends RequestMatch {
  /** Aborted when nobody waits for the answer any more: the source gave up, or the mock is closed. */
  signal: AbortSignal;
}

/** What a source-side preparation may use. */
export interface PrepareContext {
  at: Address;
  interaction: Interaction;
  /** What the provider states gave. */
  values: Readonly<Record<string, string>>;
}

/** Which of its certificates a TLS mock shows. `untrusted` is of an authority that its sources do not know. */
export type CertificateKind = 'valid' | 'expired' | 'wrong-host' | 'self-signed' | 'untrusted';

/** How sources reach a TLS mock. What they need for it is added to the values of the states that ask for it. */
export interface Transport {
  certificate: CertificateKind;
  /** The common name in the certificate that the source has: `clientCertificate` and `clientKey`, both PEM. */
  clientName?: string;
  /**
   * The forward proxies that the source is told of, `proxy` and `fallbackProxy` (`http://127.0.0.1:3128`), and what it asks them
   * for, `authority`. At one that is down nobody listens.
   */
  proxies: readonly ('up' | 'down')[];
}

/** What the mock of another system knows that runs beside this one; undefined where none does. */
export type WorldOf = (system: SystemName) => unknown;

/** A service mock that answers HTTP. It keeps what it is told in a world: what was added is read back. */
export interface HttpServiceMock<World = never> extends ServiceMock<World> {
  /**
   * A new world: what the mock knows before any state is set. One for each server, or for all ports of one.
   * @param worldOf tells of the mocks that it may work with; absent where it runs alone
   */
  createWorld(worldOf?: WorldOf): World;
  /**
   * Answers a request that a contract knows, from the world and not from the interaction's own response.
   * A fault is acted out: `timeout` withholds the answer, all others end the connection. `CONNECT` is answered in the place of
   * a forward proxy: after 2xx it opens the tunnel.
   */
  respond(
    request: HttpRequest,
    world: World,
    context: RespondContext,
  ): HttpResponse | HttpFault | Promise<HttpResponse | HttpFault>;
  /** Starts what the world stands on (a real server behind the mock). Called once, before the first request. */
  open?(world: World): Promise<void>;
  /** Stops it again. Called once, also when `open` failed. */
  close?(world: World): Promise<void>;
  /** The same mock with a running server of the user's behind it, where it is a gateway to real software. */
  inFrontOf?(at: Address): HttpServiceMock<World>;
  /** Asked after each change of state, of a mock that listens with TLS; a valid certificate and no more when absent. */
  transport?(world: World): Transport;
  /** Completes a request when the harness plays the source, for what a contract cannot hold (a signature). */
  prepare?(request: HttpRequest, context: PrepareContext): HttpRequest | Promise<HttpRequest>;
}

/** Whether a service mock can answer HTTP. */
export function isHttpServiceMock(service: ServiceMock): service is HttpServiceMock<unknown> {
  return 'respond' in service && 'createWorld' in service;
}
