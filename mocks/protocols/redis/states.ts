import type { ProviderState } from '../../../contracts/contract.ts';
import { type Address, type ServiceMock, type StateSet, UnknownStateError } from '../../adapter.ts';
import { inWords, isLost } from './client.ts';
import type { RedisServiceMock, RedisWorld } from './service.ts';

/**
 * Sets a provider state on a server.
 * @param service the mock of Redis
 * @param world what its handlers work on
 * @throws {UnknownStateError} when no handler has that name
 */
export async function setState(
  service: ServiceMock,
  world: RedisWorld,
  { name, params }: ProviderState,
): Promise<StateSet> {
  const { states, system } = service as unknown as RedisServiceMock;
  const handler = Object.hasOwn(states, name) ? states[name] : undefined;
  if (handler === undefined) {
    const known = Object.keys(states).map((each) => `"${each}"`);
    throw new UnknownStateError(`${system} has no state "${name}"; it knows ${known.join(', ')}.`);
  }
  const [{ at }] = world.nodes.all;
  try {
    const { values = {}, undo } = await handler(world, params);
    return { values, undo: async () => await undo?.().catch(lost(at)) };
  } catch (error) {
    return lost(at)(error);
  }
}

/** @returns throws on what went wrong, a lost connection in words */
function lost(at: Address): (error: unknown) => never {
  return (error) => {
    throw isLost(error) ? inWords(error, at) : error;
  };
}
