import { credentialValues } from '../../../contracts/messages/sip.ts';
import type { ServiceMock, StateHandler, StateSet } from '../../adapter.ts';

/** What the states of a SIP mock act on: the switches of its running scenario. */
export interface SipWorld {
  /**
   * Turns a switch of {@link SipServiceMock.switches}; resolves when the next request already meets it.
   * @throws Error when the mock has no such switch, or SIPp does not confirm within 10000 ms
   */
  turn(name: string, on: boolean): Promise<void>;
  /**
   * Opens the dialog that the state of this name is about, as soon as the source listens at the address that is among the values.
   * @throws Error when no interaction, or more than one, begins so
   */
  begin(name: string, values?: StateSet['values']): Promise<StateSet>;
}

/**
 * The mock of a SIP system. Its answers are those of the contract's interactions, told apart by method and dialled number.
 */
export interface SipServiceMock extends ServiceMock<SipWorld> {
  /** States that change the answer to every new call, whatever number it dials. */
  switches: readonly string[];
}

/** The handler of a state that is a switch. */
export function switchState(name: string): StateHandler<SipWorld> {
  return async (world) => {
    await world.turn(name, true);
    return { undo: () => world.turn(name, false) };
  };
}

/**
 * The handler of a state that the fixture world makes true for certain numbers, without anything to set.
 * @param numbers the numbers that it holds for
 */
export function dialledState(...numbers: string[]): StateHandler<SipWorld> {
  return (_world, { dn }) => {
    if (typeof dn === 'string' && numbers.includes(dn)) return {};
    throw new Error(`in the fixture world this state holds for the DN ${numbers.join(', ')}, not for ${String(dn)}`);
  };
}

/** The handler of a state that always holds while the mock runs. */
export const always: StateHandler<SipWorld> = () => ({});

/** Who the source is where it is asked, as values of a state. */
export function credentials({ user, password }: { user: string; password: string }): StateSet['values'] {
  return { [credentialValues.user]: user, [credentialValues.password]: password };
}

/** The handler of a state in which the destination opens a dialog. @param values what the dialog needs besides */
export function beginning(name: string, values: StateSet['values'] = {}): StateHandler<SipWorld> {
  return (world) => world.begin(name, values);
}

/** What the mocks over TCP leave out of what becomes of a dialog whose connection is lost, since SIPp ends its calls with a connection. */
export const streamLimits = [
  'a dialog that goes on over another connection is a plain call: it is held, taken back, asked whether it is there, and released',
  'an answer goes over the connection that its dialog began on, as long as that is open',
  'a dialog that is over is taken for one whose connection is lost: another BYE is answered 200',
] as const;
