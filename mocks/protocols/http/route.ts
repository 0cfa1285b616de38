import type { Socket } from 'node:net';
import type { HttpFault, HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { type Address, type StateSet, UnattainableStateError } from '../../adapter.ts';
import { openTunnel, type SendOptions, send } from './client.ts';
import type { KeyedCertificate } from './tls.ts';

type Answer = HttpResponse | HttpFault;

/**
 * The way that the requests of one interaction take to their destination. A CONNECT goes to the forward proxies that the states
 * name, to the second one where nobody listens at the first; what follows it goes through the tunnel.
 */
export class Route {
  readonly #at: Address;
  readonly #values: StateSet['values'];
  #tunnel: Socket | undefined;

  /** @param values what the provider states gave, see `Transport` */
  constructor(at: Address, values: StateSet['values']) {
    this.#at = at;
    this.#values = values;
  }

  /**
   * @throws {UnattainableStateError} when the states did not give what the request needs
   * @throws what `send` and `openTunnel` throw
   */
  async send(request: HttpRequest, options: Pick<SendOptions, 'timeoutMs' | 'signal'>): Promise<Answer> {
    if (request.method === 'CONNECT') return this.#connect(request, options);
    return send(request, this.#at, {
      ...options,
      ...(request.clientCertificate === undefined ? {} : { certificate: this.#certificate() }),
      ...(this.#tunnel === undefined ? {} : { through: this.#tunnel }),
    });
  }

  get isTunnelled(): boolean {
    return this.#tunnel !== undefined;
  }

  /** Ends the tunnel. */
  end(): void {
    this.#tunnel?.destroy();
  }

  async #connect(request: HttpRequest, options: Pick<SendOptions, 'timeoutMs' | 'signal'>): Promise<Answer> {
    const { fallbackProxy } = this.#values;
    const first = await openTunnel(request, addressOf(this.#given('proxy')), options);
    const nobody = 'fault' in first.answer && first.answer.fault === 'refused';
    const { answer, tunnel } =
      nobody && fallbackProxy !== undefined ? await openTunnel(request, addressOf(fallbackProxy), options) : first;
    this.#tunnel = tunnel;
    return answer;
  }

  #certificate(): KeyedCertificate {
    return { cert: this.#given('clientCertificate'), key: this.#given('clientKey') };
  }

  #given(name: string): string {
    const value = this.#values[name];
    if (value !== undefined) return value;
    throw new UnattainableStateError(`the provider states gave no value "${name}", which the source needs`);
  }
}

function addressOf(url: string): Address {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}
