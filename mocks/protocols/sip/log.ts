import { callId } from './record.ts';

/** One message as SIPp logged it. */
export interface LoggedMessage {
  direction: 'sent' | 'received';
  bytes: Buffer;
  /** Milliseconds since the epoch, by the clock of SIPp, which runs in UTC (see `sippEnvironment`). */
  atMs: number;
}

/**
 * A dashed line with the time, then `TCP message received [178] bytes :` or `TCP message sent (343 bytes):`, then an empty
 * line, then as many octets as stated. The octets may hold empty and dashed lines themselves.
 */
const heading =
  /-{20,} (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3})\d*\n\S+ message (sent|received) [[(](\d+)(?:\] bytes :|\s*bytes\):)\n\n/g;

/** Reads SIPp's message log (`-trace_msg`) piece by piece, each message by its stated size. */
export class MessageLog {
  /** One character an octet. */
  #pending = '';

  /** Takes the next piece of the log and returns the messages that are complete now. */
  push(piece: Uint8Array): LoggedMessage[] {
    this.#pending += Buffer.from(piece).toString('latin1');
    const messages: LoggedMessage[] = [];
    let read = 0;
    heading.lastIndex = 0;
    for (let found = heading.exec(this.#pending); found !== null; found = heading.exec(this.#pending)) {
      const [, day, time, direction, size] = found;
      const end = heading.lastIndex + Number(size);
      if (end > this.#pending.length) break;
      messages.push({
        direction: direction as LoggedMessage['direction'],
        bytes: Buffer.from(this.#pending.slice(heading.lastIndex, end), 'latin1'),
        atMs: Date.parse(`${day}T${time}Z`),
      });
      read = end;
      heading.lastIndex = end;
    }
    this.#pending = this.#pending.slice(read);
    return messages;
  }
}

/**
 * Leaves out the dialogs of which the beginning is not among the messages: who opens one knows no tag of the other side yet
 * (RFC 3261, section 12.1.2).
 */
export function begunHere(messages: readonly LoggedMessage[]): LoggedMessage[] {
  const begun = new Set<string>();
  return messages.filter(({ direction, bytes }) => {
    const id = callId(bytes);
    if (direction === 'received' && !hasToTag(bytes)) begun.add(id);
    return begun.has(id);
  });
}

function hasToTag(bytes: Buffer): boolean {
  return /\r?\n(?:to|t)[ \t]*:[^\r\n]*;[ \t]*tag=/i.test(bytes.toString('latin1'));
}
