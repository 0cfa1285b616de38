import type { Address, StateSet } from '../../adapter.ts';
import { freePort } from '../../ports.ts';
import { ForwardProxy } from './forward-proxy.ts';
import type { HttpLimits } from './limits.ts';
import type { Resolver } from './resolver.ts';
import type { Transport } from './service.ts';
import { type Certificates, ClientAuthority, type KeyedCertificate, makeCertificates } from './tls.ts';

/** What stands around a TLS mock, as its states want it: certificates of both ends, and forward proxies. */
export class TransportSetup {
  readonly certificates: Certificates;
  readonly #clients: ClientAuthority;
  readonly #resolver: Resolver;
  readonly #limits: HttpLimits;
  #running: ForwardProxy[] = [];
  /** What the proxies are now, and how sources are told. */
  #proxies: { wanted: string; values: StateSet['values'] } = { wanted: '', values: {} };

  private constructor(certificates: Certificates, clients: ClientAuthority, resolver: Resolver, limits: HttpLimits) {
    this.certificates = certificates;
    this.#clients = clients;
    this.#resolver = resolver;
    this.#limits = limits;
  }

  /** @param host that the certificates of the mock name */
  static async make(host: string, resolver: Resolver, limits: HttpLimits): Promise<TransportSetup> {
    const [certificates, clients] = await Promise.all([makeCertificates(host), ClientAuthority.make()]);
    return new TransportSetup(certificates, clients, resolver, limits);
  }

  /** What node:https is to show and to ask for. It asks every source for a certificate; who shows none is let in all the same. */
  serverOptions(): KeyedCertificate & { ca: string; requestCert: true; rejectUnauthorized: false } {
    const shown = this.certificates[this.#resolver.transport.certificate];
    return { ...shown, ca: this.#clients.cert, requestCert: true, rejectUnauthorized: false };
  }

  /**
   * Makes what stands around the mock as it wants it now.
   * @param at where the mock listens
   * @returns what its sources need
   */
  async adapt(at: Address): Promise<StateSet['values']> {
    const { clientName, proxies } = this.#resolver.transport;
    await this.#adaptProxies(proxies, at);
    if (clientName === undefined) return this.#proxies.values;
    const { cert, key } = await this.#clients.issue(clientName);
    return { ...this.#proxies.values, clientCertificate: cert, clientKey: key };
  }

  /** Ends the proxies. */
  async close(): Promise<void> {
    await Promise.all(this.#running.splice(0).map((proxy) => proxy.close()));
  }

  async #adaptProxies(proxies: Transport['proxies'], at: Address): Promise<void> {
    const wanted = proxies.join(' ');
    if (wanted === this.#proxies.wanted) return;
    await this.close();
    const [proxy, fallbackProxy] = await Promise.all(proxies.map((kind) => this.#proxy(kind, at)));
    const values = {
      ...(proxy === undefined ? {} : { proxy, authority: `${at.host}:${at.port}` }),
      ...(fallbackProxy === undefined ? {} : { fallbackProxy }),
    };
    this.#proxies = { wanted, values };
  }

  async #proxy(kind: Transport['proxies'][number], at: Address): Promise<string> {
    if (kind === 'down') return `http://${at.host}:${await freePort(at.host)}`;
    const proxy = await ForwardProxy.start(at, this.#resolver, this.#limits);
    this.#running.push(proxy);
    return proxy.url;
  }
}
