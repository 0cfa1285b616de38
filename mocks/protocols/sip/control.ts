import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Address } from '../../adapter.ts';
import type { SipTransport } from './transport.ts';

const ANSWER_TIMEOUT_MS = 30_000;

/**
 * Speaks to a running destination scenario by requests of the harness's own, on the wire that it listens on: an answer says that
 * SIPp has dealt with everything that came before.
 */
export class ScenarioControl {
  /** User part of the control URIs and beginning of the Call-IDs, by which the record leaves them out. */
  readonly name: string;
  readonly #transport: SipTransport;
  #sent = 0;

  constructor(name: string, transport: SipTransport) {
    this.name = name;
    this.#transport = transport;
  }

  /**
   * Sends one control request and resolves when SIPp has answered it.
   * @throws Error when it does not within 30000 ms
   */
  async request(command: string, at: Pick<Address, 'host' | 'port'>, signal?: AbortSignal): Promise<void> {
    this.#sent += 1;
    const limit = AbortSignal.any([AbortSignal.timeout(ANSWER_TIMEOUT_MS), ...(signal === undefined ? [] : [signal])]);
    const exchange = this.#transport === 'TCP' ? exchangeOverTcp : exchangeOverUdp;
    try {
      const answer = await exchange(this.#text(command, at), at, limit);
      if (!answer.startsWith('SIP/2.0 200 ')) throw new Error(`it answered ${answer.split('\r\n')[0]}`);
    } catch (cause) {
      signal?.throwIfAborted();
      const what = `sipp at ${at.host}:${at.port} did not confirm "${command}" within ${ANSWER_TIMEOUT_MS} ms`;
      throw new Error(what, { cause });
    }
  }

  #text(command: string, { host, port }: Pick<Address, 'host' | 'port'>): string {
    const number = this.#sent;
    return [
      `MESSAGE sip:${this.name}-${command}@${host}:${port} SIP/2.0`,
      `Via: SIP/2.0/${this.#transport} 127.0.0.1;branch=z9hG4bK${this.name}${number}`,
      `From: <sip:harness@127.0.0.1>;tag=${number}`,
      `To: <sip:${this.name}@${host}:${port}>`,
      `Call-ID: ${this.name}-${number}`,
      'CSeq: 1 MESSAGE',
      'Max-Forwards: 70',
      'Content-Length: 0',
      '\r\n',
    ].join('\r\n');
  }
}

async function exchangeOverTcp(text: string, at: Pick<Address, 'host' | 'port'>, signal: AbortSignal): Promise<string> {
  const socket = connect(at.port, at.host);
  try {
    await once(socket, 'connect', { signal });
    socket.write(text);
    const [answer] = (await once(socket, 'data', { signal })) as [Buffer];
    return answer.toString('latin1');
  } finally {
    socket.destroy();
  }
}

async function exchangeOverUdp(text: string, at: Pick<Address, 'host' | 'port'>, signal: AbortSignal): Promise<string> {
  const socket = createSocket('udp4');
  try {
    // A connected socket hears of a port where nobody listens.
    socket.connect(at.port, at.host);
    await once(socket, 'connect', { signal });
    const answered = once(socket, 'message', { signal });
    socket.send(text);
    const [answer] = (await answered) as [Buffer];
    return answer.toString('latin1');
  } finally {
    socket.close();
  }
}
