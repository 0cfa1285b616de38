import { type Dials, type Exchange, type Mock, UnknownStateError } from '../../../adapter.ts';
import { SipRecord } from '../record.ts';
import { callForms } from './form.ts';
import { PlacedCalls } from './placed-calls.ts';

/** A SIP system to which nobody opens a connection: it calls when it is asked to. */
class CallingMock implements Mock {
  readonly calls: PlacedCalls;
  readonly #record = new SipRecord();

  constructor({ dials }: Parameters<Dials['dial']>[0]) {
    this.calls = new PlacedCalls(callForms({ dials }), this.#record);
  }

  async setState(): Promise<never> {
    throw new UnknownStateError('a mock that only calls has no states');
  }

  exchanges(): readonly Exchange[] {
    this.calls.read();
    return this.#record.exchanges();
  }

  async settled(): Promise<void> {}

  clear(): void {
    this.calls.read();
    this.#record.clear();
  }

  close(): Promise<void> {
    return this.calls.close();
  }
}

/** Whether SIPp is there is only asked when a call is placed: the other mocks of the system do without it. */
export function dial(options: Parameters<Dials['dial']>[0]): Mock {
  return new CallingMock(options);
}
