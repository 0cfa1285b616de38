import { setTimeout as sleep } from 'node:timers/promises';
import { UnreachableError } from '../../../adapter.ts';
import { type CallControl, CallRefusal, type CallReport } from '../../../calls.ts';
import type { SipRecord } from '../record.ts';
import { resolved } from '../resolved.ts';
import { type Callee, parseCallee } from './callee.ts';
import type { CallForm } from './form.ts';
import { PlacedCall } from './placed-call.ts';

/** Calls at once; each has a process of its own. */
const MOST_CALLS = 200;
/** Calls that are over and still known; older ones are forgotten. */
const MOST_OVER = 1_000;
/** How long the other ends may take to confirm the end of their calls when the mock is closed. */
const CLOSE_TIMEOUT_MS = 1_000;

const example = '{"to": "sip:1001@127.0.0.1:5080"}';

/** The calls that a mock was asked to place. */
export class PlacedCalls implements CallControl {
  readonly #forms: readonly CallForm[];
  readonly #record: SipRecord;
  readonly #most: number;
  readonly #calls = new Map<string, PlacedCall>();
  readonly #closing = new AbortController();
  #closed: Promise<void> | undefined;

  /**
   * @param forms by which calls may be placed, one a contract
   * @param record takes the messages
   * @param most calls at once
   */
  constructor(forms: readonly CallForm[], record: SipRecord, most = MOST_CALLS) {
    this.#most = most;
    this.#forms = forms;
    this.#record = record;
  }

  async place(asked: unknown): Promise<CallReport> {
    if (this.#closed !== undefined) throw new CallRefusal('conflict', 'the mock is closed');
    const { form, callee } = this.#read(asked);
    const host = await resolved(callee);
    const living = this.#living().length;
    if (living >= this.#most)
      throw new CallRefusal('too many', `${living} calls are the most at once; hang up one first`);
    const reached = host instanceof UnreachableError ? callee : { ...callee, host };
    const call = new PlacedCall(form, reached, this.#record);
    this.#calls.set(call.id, call);
    this.#forgetOldest();
    if (host instanceof UnreachableError) call.fail(host.message);
    else await call.place(this.#closing.signal);
    return call.report();
  }

  list(): CallReport[] {
    return [...this.#calls.values()].map((call) => call.report());
  }

  find(id: string): CallReport {
    return this.#call(id).report();
  }

  async hold(id: string): Promise<CallReport> {
    await this.#call(id).hold();
    return this.find(id);
  }

  async resume(id: string): Promise<CallReport> {
    await this.#call(id).resume();
    return this.find(id);
  }

  async hangUp(id: string): Promise<CallReport> {
    await this.#call(id).hangUp();
    return this.find(id);
  }

  /** Puts into the record what was logged since the last time. */
  read(): void {
    for (const call of this.#calls.values()) call.read();
  }

  /** Hangs up what is up, and ends all that is left. Closing twice is allowed. */
  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    const inTime = new AbortController();
    const late = sleep(CLOSE_TIMEOUT_MS, undefined, { signal: inTime.signal }).catch(() => {});
    await Promise.race([Promise.allSettled(this.#living().map((call) => call.hangUp())), late]);
    inTime.abort();
    this.#closing.abort(new Error('the mock was closed'));
    await Promise.all([...this.#calls.values()].map((call) => call.stop()));
  }

  #call(id: string): PlacedCall {
    const call = this.#calls.get(id);
    if (call === undefined) throw new CallRefusal('unknown', `there is no call ${id.slice(0, 80)}`);
    return call;
  }

  #living(): PlacedCall[] {
    this.read();
    return [...this.#calls.values()].filter((call) => !call.isOver);
  }

  #forgetOldest(): void {
    const over = [...this.#calls.values()].filter((call) => call.isOver);
    for (const { id } of over.slice(0, Math.max(0, over.length - MOST_OVER))) this.#calls.delete(id);
  }

  /** @throws {CallRefusal} when it cannot be read as a call, naming the field */
  #read(asked: unknown): { form: CallForm; callee: Callee } {
    if (typeof asked !== 'object' || asked === null || Array.isArray(asked)) {
      throw new CallRefusal('malformed', `a call expected like ${example}, got ${JSON.stringify(asked)?.slice(0, 80)}`);
    }
    const { to, connection, ...others } = asked as Readonly<Record<string, unknown>>;
    const [other] = Object.keys(others);
    if (other !== undefined)
      throw new CallRefusal('malformed', `a call has to and connection, not ${JSON.stringify(other)}`);
    return { form: this.#form(connection), callee: parseCallee(to) };
  }

  #form(connection: unknown): CallForm {
    const [only, ...others] = this.#forms;
    if (connection === undefined && only !== undefined && others.length === 0) return only;
    const found = this.#forms.find((form) => form.connection === connection);
    if (found !== undefined) return found;
    const numbers = this.#forms.map((form) => form.connection).join(', ');
    const got = JSON.stringify(connection)?.slice(0, 80) ?? 'nothing';
    throw new CallRefusal(
      'malformed',
      `connection expected one of ${numbers}, by which this mock can call, got ${got}`,
    );
  }
}
