import type { Exchange } from '../../adapter.ts';
import type { RecordedMessage } from './dedupe.ts';
import { observe } from './observe.ts';
import type { SipTransport } from './transport.ts';

/** Older dialogs are forgotten. */
const MOST_DIALOGS = 1_000;
/** What one dialog says beyond this is forgotten. */
const MOST_MESSAGES_OF_A_DIALOG = 500;

interface Dialog {
  id: number;
  transport: SipTransport;
  messages: RecordedMessage[];
  failure?: Error;
  /** What it comes to, until more is said. */
  exchange?: Exchange;
}

/** The bounded record of a mock or a tap: messages grouped by Call-ID, one exchange a dialog, oldest first. */
export class SipRecord {
  readonly #dialogs = new Map<string, Dialog>();
  #lastId = 0;

  add(message: RecordedMessage, transport: SipTransport): void {
    const dialog = this.#dialog(`${transport} ${callId(message.bytes)}`, transport);
    if (dialog.messages.length >= MOST_MESSAGES_OF_A_DIALOG) return;
    dialog.messages.push(message);
    delete dialog.exchange;
  }

  /** Records what is no message: bytes that nobody can read, a connection that broke. */
  fail(failure: Error, transport: SipTransport): void {
    this.#dialog(`failure ${this.#lastId + 1}`, transport).failure = failure;
  }

  exchanges(): Exchange[] {
    return [...this.#dialogs.values()].map((dialog) => {
      dialog.exchange ??= exchangeOf(dialog);
      return dialog.exchange;
    });
  }

  clear(): void {
    this.#dialogs.clear();
  }

  #dialog(key: string, transport: SipTransport): Dialog {
    const known = this.#dialogs.get(key);
    if (known !== undefined) return known;
    this.#lastId += 1;
    const dialog: Dialog = { id: this.#lastId, transport, messages: [] };
    this.#dialogs.set(key, dialog);
    const oldest = this.#dialogs.keys().next().value;
    if (this.#dialogs.size > MOST_DIALOGS && oldest !== undefined) this.#dialogs.delete(oldest);
    return dialog;
  }
}

function exchangeOf({ id, messages, transport, failure }: Dialog): Exchange {
  const observed = observe(messages, transport);
  return failure === undefined ? { id, ...observed } : { id, ...observed, failure };
}

/** The Call-ID as it stands in the bytes, long or compact; empty where there is none. */
export function callId(bytes: Buffer): string {
  return /\r?\n(?:call-id|i)[ \t]*:[ \t]*(\S+)/i.exec(bytes.toString('latin1'))?.[1] ?? '';
}
