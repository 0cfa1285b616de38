import type { Socket } from 'node:net';
import type { TcpMessage } from '../../../contracts/messages/tcp.ts';
import type { Backlog } from './backlog.ts';
import type { Codec } from './codec.ts';
import type { ContractIndex } from './contract-index.ts';
import type { Handshake } from './handshake.ts';
import type { TcpLimits } from './limits.ts';
import { Link, type LinkEnd } from './link.ts';
import { ConnectionRecord, type TcpRecord } from './record.ts';
import type { TcpHandler, TcpSession } from './service.ts';

/** Close codes of the session layer. */
const closeCode = { normal: 0, sessionRule: 1, unwritable: 2 } as const;

/** What all sessions of one server share. */
export interface ServedBy {
  codec: Codec;
  limits: TcpLimits;
  index: ContractIndex;
  handshake: Handshake;
  record: TcpRecord;
  backlog: Backlog;
  accept(session: TcpSession): TcpHandler;
}

/** One accepted connection: the session rule (open first), the contracts' judgement, the service mock's answers, the record. */
export class ServedSession {
  readonly #by: ServedBy;
  readonly #link: Link;
  readonly #record: ConnectionRecord;
  readonly #handler: TcpHandler;
  readonly #over = new AbortController();
  readonly #openTimer: NodeJS.Timeout;
  #state: 'new' | 'opening' | 'open' | 'over' = 'new';
  /** Answers that the handler still owes. */
  #owed = new Set<Promise<void>>();

  constructor(socket: Socket, by: ServedBy) {
    this.#by = by;
    this.#record = new ConnectionRecord(by.record);
    this.#link = new Link(socket, {
      codec: by.codec,
      limits: by.limits,
      peer: 'source',
      backlog: by.backlog,
      events: {
        message: (message, size, atMs) => this.#take(message, size, atMs),
        ended: (end) => void this.#ended(end),
      },
    });
    this.#handler = by.accept({
      push: (message) => this.#send([message]),
      hangUp: () => void this.#hangUp(),
      signal: this.#over.signal,
    });
    const { sessionTimeoutMs } = by.limits;
    const { open } = by.handshake;
    this.#openTimer = setTimeout(
      () => this.#breakRule(`the source connected and sent no ${open} for ${sessionTimeoutMs} ms`),
      sessionTimeoutMs,
    );
    this.#openTimer.unref();
  }

  /** Whether an answer is being prepared. */
  get busy(): boolean {
    return this.#owed.size > 0;
  }

  /** Ends the session from the mock's side, which is nothing to record. */
  async close(): Promise<void> {
    this.#finish();
    await this.#link.close(closeCode.normal, 'the mock is closed');
  }

  #take(message: TcpMessage, size: number, atMs: number): void {
    this.#record.add('source', message, size, atMs);
    const { open } = this.#by.handshake;
    const isOpening = message.name === open;
    if (this.#state === 'new' && !isOpening) {
      this.#breakRule(`expected ${open} as the first message, got ${message.name}`);
    } else if (this.#state !== 'new' && isOpening) {
      this.#breakRule(`${open} came twice in one session`);
    } else {
      if (isOpening) this.#opening();
      this.#answer(message, atMs);
    }
  }

  #opening(): void {
    clearTimeout(this.#openTimer);
    this.#state = 'opening';
  }

  #answer(message: TcpMessage, atMs: number): void {
    const stray = this.#by.index.stray(message);
    if (stray === undefined) this.#ask(message, atMs);
    else this.#refuse(message, stray);
  }

  #ask(message: TcpMessage, atMs: number): void {
    try {
      const answers = this.#handler.onMessage(message);
      if (answers instanceof Promise) this.#await(message, answers);
      else if (answers !== undefined) this.#send(answers, atMs);
    } catch (error) {
      this.#mockFailed(message, error);
    }
  }

  #await(message: TcpMessage, answers: Promise<readonly TcpMessage[] | undefined>): void {
    const owed = answers
      .then((settled) => this.#send(settled ?? []))
      .catch((error: unknown) => this.#mockFailed(message, error))
      .finally(() => this.#owed.delete(owed));
    this.#owed.add(owed);
  }

  #mockFailed(message: TcpMessage, cause: unknown): void {
    const reason = cause instanceof Error ? cause.message : String(cause);
    this.#refuse(message, new Error(`the mock failed on ${message.name}: ${reason}`, { cause }));
  }

  #refuse(message: TcpMessage, reason: Error): void {
    this.#record.fail(reason);
    this.#send([this.#handler.refuse(message, reason.message)]);
  }

  /** @param atMs when they are sent, since 1970: what is answered at once is sent when it was asked */
  #send(messages: readonly TcpMessage[], atMs = Date.now()): void {
    for (const message of messages) {
      if (this.#state === 'over') return;
      const size = this.#write(message);
      if (size === undefined) return;
      this.#record.add('destination', message, size, atMs);
      if (this.#state === 'opening') this.#takeSessionAnswer(message);
    }
  }

  #takeSessionAnswer({ name }: TcpMessage): void {
    const { opened, rejected } = this.#by.handshake;
    if (name === opened) this.#state = 'open';
    if (name === rejected) this.#closeOn(closeCode.normal, 'the session is rejected');
  }

  /** @returns what it took on the wire, in bytes; undefined when the codec cannot write it, which ends the session */
  #write(message: TcpMessage): number | undefined {
    try {
      return this.#link.send(message);
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      this.#record.fail(failure);
      this.#closeOn(closeCode.unwritable, failure.message);
      return undefined;
    }
  }

  /** @param rule what was broken, as a sentence */
  #breakRule(rule: string): void {
    if (this.#state === 'over') return;
    this.#record.fail(new Error(rule));
    this.#closeOn(closeCode.sessionRule, rule);
  }

  #closeOn(code: number, text: string): void {
    this.#record.close('destination', { goodbye: { code, text } });
    this.#finish();
    void this.#link.close(code, text);
  }

  async #hangUp(): Promise<void> {
    if (this.#state === 'over') return;
    this.#record.close('destination', {});
    this.#finish();
    await this.#link.hangUp();
  }

  /** The source has ended its half: what it asked before is still answered. */
  async #ended(end: LinkEnd): Promise<void> {
    if (end.failure === undefined) await Promise.all(this.#owed);
    if (this.#state === 'over') return;
    this.#record.close('source', end);
    this.#finish();
    await this.#link.hangUp();
  }

  #finish(): void {
    this.#state = 'over';
    clearTimeout(this.#openTimer);
    this.#over.abort();
  }
}
