import type { ProviderState } from '../../../contracts/contract.ts';
import { type StateSet, UnknownStateError } from '../../adapter.ts';
import type { SipServiceMock, SipWorld } from './service.ts';

/** Sets a provider state of a SIP mock on its world. @throws UnknownStateError when it has no state of that name */
export async function setState(
  { states, system }: SipServiceMock,
  world: SipWorld,
  { name, params }: ProviderState,
): Promise<StateSet> {
  const handler = Object.hasOwn(states, name) ? states[name] : undefined;
  if (handler === undefined) {
    throw new UnknownStateError(`${system} has no state "${name}"; it has: ${Object.keys(states).join(', ')}.`);
  }
  const { values = {}, undo = async () => {} } = await handler(world, params);
  return { values, undo };
}
