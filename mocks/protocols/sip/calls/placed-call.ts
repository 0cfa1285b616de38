import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { otherSide } from '../../../../contracts/mirrored.ts';
import { CallRefusal, type CallReport } from '../../../calls.ts';
import { errorMessage } from '../../../error-code.ts';
import type { SipRecord } from '../record.ts';
import { refusesDatagrams } from '../refusal.ts';
import { preflight } from '../sipp.ts';
import { CallProcess } from './call-process.ts';
import type { Callee } from './callee.ts';
import { type CallForm, callerRequests } from './form.ts';
import { ANSWER_TIMEOUT_MS, commands, placedCallScenario, SILENCE_MS } from './scenario.ts';
import { Story } from './story.ts';

/** When to find out whether anybody listens at a UDP port, if nothing was heard from there. */
const DOUBT_AFTER_MS = 1_000;
/** How often to look at SIPp's log while something is awaited. */
const LOOK_EVERY_MS = 10;
/** How long SIPp may take to do what it is told, beyond the wait for the other end. */
const TOLD_TIMEOUT_MS = 2 * ANSWER_TIMEOUT_MS;

type Outcome = Pick<CallReport, 'status' | 'reason'> & { state: 'ended' | 'failed' };

/** One call that was asked for, played by a SIPp of its own. */
export class PlacedCall {
  /** Its Call-ID, too. */
  readonly id = randomBytes(16).toString('hex');
  readonly #form: CallForm;
  readonly #callee: Callee;
  readonly #record: SipRecord;
  readonly #story: Story;
  #process: CallProcess | undefined;
  #outcome: Outcome | undefined;
  #isHeld = false;
  /** Of the last request and the last description of this end. */
  readonly #sent = { cseq: 1, version: 1 };
  /** Whether SIPp was told something of which nothing was seen yet. */
  #isTelling = false;
  #doubt: NodeJS.Timeout | undefined;
  /** What was asked last; one thing is done after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #starting: Promise<void> = Promise.resolve();
  /** Resolves when nothing of the call runs any more. */
  #gone: Promise<void> = Promise.resolve();

  constructor(form: CallForm, callee: Callee, record: SipRecord) {
    this.#form = form;
    this.#callee = callee;
    this.#record = record;
    this.#story = new Story(form.transport);
  }

  get isOver(): boolean {
    return this.#outcome !== undefined;
  }

  report(): CallReport {
    this.read();
    const { isRinging, isUp } = this.#story;
    const early = isRinging ? 'ringing' : 'calling';
    const state = this.#isHeld ? 'held' : isUp ? 'up' : early;
    return { id: this.id, to: this.#callee.uri, state, ...this.#outcome };
  }

  /** Resolves when the call is on its way, or over at once. */
  async place(signal: AbortSignal): Promise<void> {
    this.#starting = this.#start(signal);
    await this.#starting;
  }

  /** The call is over, and was never one. */
  fail(reason: string): void {
    this.#outcome ??= { state: 'failed', reason };
  }

  async hold(): Promise<void> {
    await this.#inTurn(() => this.#change({ from: 'up', isHeld: true, direction: 'sendonly', word: 'held' }));
  }

  async resume(): Promise<void> {
    await this.#inTurn(() => this.#change({ from: 'held', isHeld: false, direction: 'sendrecv', word: 'resumed' }));
  }

  async hangUp(): Promise<void> {
    await this.#inTurn(async () => {
      this.read();
      if (this.isOver) throw this.#conflict('it is over already');
      await this.#until(() => this.#story.wasHeard, SILENCE_MS);
      if (!this.isOver) this.#tell(commands.release);
      await this.#until(() => false, TOLD_TIMEOUT_MS);
      if (!this.isOver) throw this.#conflict(`it could not be hung up within ${TOLD_TIMEOUT_MS} ms`);
    });
  }

  /** Puts into the record what was logged since the last time, and sees where the call stands. */
  read(): void {
    const { side, transport } = this.#form;
    for (const message of this.#process?.messages() ?? []) {
      const from = message.direction === 'sent' ? side : otherSide(side);
      this.#record.add({ from, bytes: message.bytes, atMs: message.atMs }, transport);
      this.#story.add(message);
    }
    const seen = this.#seen();
    if (seen !== undefined) this.#outcome ??= seen;
  }

  /** Ends what is left of the call. */
  async stop(): Promise<void> {
    await this.#starting;
    this.read();
    this.#outcome ??= { state: 'ended', reason: 'the mock was closed' };
    clearTimeout(this.#doubt);
    await this.#process?.stop();
    await this.#gone;
  }

  async #start(signal: AbortSignal): Promise<void> {
    const { transport } = this.#form;
    const scenario = placedCallScenario(callerRequests(this.#form, this.#callee, this.id), transport);
    // The other end may change the session before the start is through.
    const onOffer = () => void this.#starting.then(() => this.#answerOffer());
    try {
      await preflight();
      const options = { callId: this.id, scenario, callee: this.#callee, transport, onOffer, signal };
      this.#process = await CallProcess.start(options);
    } catch (error) {
      this.fail(errorMessage(error));
      return;
    }
    this.#gone = this.#untilGone(this.#process);
    if (transport === 'UDP') this.#doubt = setTimeout(() => void this.#askWhetherRefused(), DOUBT_AFTER_MS);
  }

  /** How the call ended by what was said on the wire; undefined while it goes on. */
  #seen(): Outcome | undefined {
    const { refusal, endedBy, isConfirmed } = this.#story;
    if (refusal !== undefined) return { state: 'ended', ...refusal };
    if (endedBy === 'callee') return { state: 'ended', reason: 'hung up by the other end' };
    return endedBy === 'caller' && isConfirmed ? { state: 'ended', reason: 'hung up here' } : undefined;
  }

  async #untilGone(process: CallProcess): Promise<void> {
    const reason = await process.ended;
    this.read();
    this.#process = undefined;
    clearTimeout(this.#doubt);
    if (this.#story.endedBy === 'caller') this.fail(`the other end did not answer BYE within ${ANSWER_TIMEOUT_MS} ms`);
    if (!this.#story.wasHeard) this.fail(reason ?? `nothing was heard within ${SILENCE_MS} ms`);
    this.fail(reason ?? `the other end did not answer within ${ANSWER_TIMEOUT_MS} ms`);
    await process.stop();
  }

  async #inTurn(act: () => Promise<void>): Promise<void> {
    const mine = this.#turn.then(act);
    this.#turn = mine.catch(() => {});
    await mine;
  }

  async #change(to: { from: 'up' | 'held'; isHeld: boolean; direction: string; word: string }): Promise<void> {
    if (this.report().state !== to.from) throw this.#conflict(`only a call that is ${to.from} can be ${to.word}`);
    this.#tell(commands.change, to.direction);
    const { cseq } = this.#sent;
    const answer = await this.#until(() => this.#story.answerTo(cseq), TOLD_TIMEOUT_MS);
    this.#isTelling = false;
    if (answer === undefined) throw this.#conflict(`the other end did not answer, so it was not ${to.word}`);
    if (answer.status !== 200)
      throw this.#conflict(`the other end refused that with ${answer.status} ${answer.reason}`);
    this.#isHeld = to.isHeld;
  }

  /** Looks at the log until something is seen there. @returns undefined when the call is over before, or time is up */
  async #until<T>(seen: () => T | undefined | false, timeoutMs: number): Promise<T | undefined> {
    const endMs = performance.now() + timeoutMs;
    for (;;) {
      this.read();
      const found = seen();
      if (found !== undefined && found !== false) return found;
      if (this.isOver || performance.now() > endMs) return undefined;
      await sleep(LOOK_EVERY_MS);
    }
  }

  #conflict(why: string): CallRefusal {
    const { state, reason } = this.report();
    const because = reason === undefined ? '' : ` (${reason})`;
    return new CallRefusal('conflict', `call ${this.id} is ${state}${because}: ${why}`);
  }

  #tell(command: (typeof commands)[keyof typeof commands], direction = 'sendrecv'): void {
    if (command !== commands.answer) {
      this.#isTelling = true;
      this.#sent.cseq += 1;
    }
    if (command !== commands.release) this.#sent.version += 1;
    const { cseq, version } = this.#sent;
    this.#process?.command({
      Command: command,
      CSeq: cseq,
      Following: cseq + 1,
      Version: version,
      Direction: direction,
    });
  }

  /** Where this end has told something else at the same time, SIPp takes that for the answer, and refuses the offer. */
  #answerOffer(): void {
    this.read();
    if (this.#isTelling) return;
    const { offered } = this.#story;
    const sends = offered === 'sendrecv' || offered === 'recvonly';
    const receives = !this.#isHeld && (offered === 'sendrecv' || offered === 'sendonly');
    const silent = receives ? 'recvonly' : 'inactive';
    this.#tell(commands.answer, sends ? (receives ? 'sendrecv' : 'sendonly') : silent);
  }

  async #askWhetherRefused(): Promise<void> {
    this.read();
    const { host, port } = this.#callee;
    if (this.#story.wasHeard || this.isOver || !(await refusesDatagrams(this.#callee))) return;
    this.fail(`${host}:${port} takes no datagrams; is anything listening there?`);
    await this.#process?.stop();
  }
}
