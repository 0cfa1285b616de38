import { longName } from './headers.ts';
import { SipSyntaxError } from './message.ts';

const HEAD_LIMIT_BYTES = 64 * 1024;
const BODY_LIMIT_BYTES = 1024 * 1024;
const HEAD_END = '\r\n\r\n';

/**
 * Cuts a TCP stream into messages by Content-Length (RFC 3261, section 18.3). Line ends between messages are keep-alives and
 * left out (sections 7.5; RFC 5626, section 4.4.1).
 */
export class SipFramer {
  #buffer: Buffer = Buffer.alloc(0);

  /**
   * Takes the next bytes and returns the messages that are complete now. A message without Content-Length ends with its headers.
   * @throws SipSyntaxError when the stream cannot be followed any further: headers or a body beyond the limits (64 KiB, 1 MiB),
   * or a Content-Length that is no number.
   */
  push(bytes: Uint8Array): Buffer[] {
    this.#buffer = Buffer.concat([this.#buffer, bytes]);
    const messages: Buffer[] = [];
    for (let message = this.#take(); message !== undefined; message = this.#take()) messages.push(message);
    return messages;
  }

  /** What is left when the stream ends: the beginning of a message that was cut short. Empty in a good stream. */
  rest(): Buffer {
    return this.#buffer;
  }

  #take(): Buffer | undefined {
    this.#skipKeepAlive();
    const headEnd = this.#buffer.indexOf(HEAD_END);
    if (headEnd > HEAD_LIMIT_BYTES || (headEnd < 0 && this.#buffer.length > HEAD_LIMIT_BYTES)) {
      throw new SipSyntaxError(`the stream has no end of headers within ${HEAD_LIMIT_BYTES} octets`);
    }
    if (headEnd < 0) return undefined;
    const end = headEnd + HEAD_END.length + contentLength(this.#buffer.toString('latin1', 0, headEnd));
    if (end > this.#buffer.length) return undefined;
    const message = this.#buffer.subarray(0, end);
    this.#buffer = this.#buffer.subarray(end);
    return message;
  }

  #skipKeepAlive(): void {
    let start = 0;
    while (this.#buffer[start] === 0x0d || this.#buffer[start] === 0x0a) start += 1;
    if (start > 0) this.#buffer = this.#buffer.subarray(start);
  }
}

function contentLength(head: string): number {
  for (const line of head.split('\r\n')) {
    const [, name = '', value = ''] = /^([^:\s]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    if (longName(name) !== 'content-length') continue;
    if (!/^\d+$/.test(value))
      throw new SipSyntaxError(`Content-Length "${value}" is not a number; the stream cannot be followed`);
    if (Number(value) <= BODY_LIMIT_BYTES) return Number(value);
    throw new SipSyntaxError(`Content-Length ${value} is beyond the limit of ${BODY_LIMIT_BYTES} octets`);
  }
  return 0;
}
