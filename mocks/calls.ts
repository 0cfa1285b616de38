/** Where a call stands that a mock was asked to place. */
export type CallState = 'calling' | 'ringing' | 'up' | 'held' | 'ended' | 'failed';

/** A call that a mock was asked to place, as it is now. */
export interface CallReport {
  id: string;
  /** Whom it was placed to. */
  to: string;
  state: CallState;
  /** Of a call that is refused or given up: the status that ended it. */
  status?: number;
  /** Why it is over. */
  reason?: string;
}

/** Of the mocks that can be asked to place calls. What cannot be done is a {@link CallRefusal}. */
export interface CallControl {
  /**
   * Places a call; resolves when it is on its way, or has failed at once.
   * @param asked what came from outside, of any form
   */
  place(asked: unknown): Promise<CallReport>;
  /** All calls that are still known, oldest first. */
  list(): CallReport[];
  find(id: string): CallReport;
  /** Resolves when the other end has taken the hold. */
  hold(id: string): Promise<CallReport>;
  /** Resolves when the other end has taken the call back. */
  resume(id: string): Promise<CallReport>;
  /** Releases a call that is up, gives up one that is not yet; resolves when it is over. */
  hangUp(id: string): Promise<CallReport>;
}

/** What is wrong with what was asked: its form, its call, the state of its call, or that there are too many calls. */
export type RefusalKind = 'malformed' | 'unknown' | 'conflict' | 'too many';

/** Something was asked of a mock's calls that cannot be done; the message says why, in one sentence. */
export class CallRefusal extends Error {
  override name = 'CallRefusal';
  readonly kind: RefusalKind;

  constructor(kind: RefusalKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
