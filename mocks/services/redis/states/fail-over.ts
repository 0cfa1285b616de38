import type { Redis } from 'ioredis';
import { serverStates } from '../../../../contracts/common/redis-fail-over.ts';
import { type StateSet, UnattainableStateError } from '../../../adapter.ts';
import { errorMessage } from '../../../error-code.ts';
import { isLost, persistently } from '../../../protocols/redis/client.ts';
import type { Nodes } from '../../../protocols/redis/nodes.ts';
import { Undos } from '../../../protocols/redis/undos.ts';
import type { Handler } from './keys.ts';

/** A port of this machine at which no Redis is: the replica gets nothing from there, and keeps its own data. */
const nowhere = ['127.0.0.1', '1'] as const;

/** The least that can be said; Redis has used more than that before the first key. */
const oneByte = '1';

/** A change of one node, and what undoes it. Both may be done twice. */
interface Change {
  set(): Promise<unknown>;
  undo(): Promise<unknown>;
}

/** Changes every node. Hosted servers let nobody change them. @throws {UnattainableStateError} when this is one of those */
async function ofServer(
  what: string,
  { all }: Nodes,
  changeOf: (admin: Redis) => Promise<Change>,
): Promise<Partial<StateSet>> {
  const undos = new Undos();
  try {
    for (const { client } of all) {
      const { set, undo } = await changeOf(client);
      await set().catch((error: unknown) => {
        // Whether it was done before the connection was lost, nobody knows.
        if (isLost(error)) undos.add(() => persistently(undo));
        throw error;
      });
      undos.add(() => persistently(undo));
    }
    return { undo: () => undos.all() };
  } catch (cause) {
    await undos.all();
    if (isLost(cause)) throw cause;
    const message = `this server cannot be made ${what}: ${errorMessage(cause)}`;
    throw new UnattainableStateError(message, { cause });
  }
}

async function setting(admin: Redis, name: string): Promise<string> {
  const [, value = ''] = (await admin.config('GET', name)) as string[];
  return value;
}

async function withoutMemory(admin: Redis): Promise<Change> {
  const names = ['maxmemory-policy', 'maxmemory'] as const;
  const before = { policy: await setting(admin, names[0]), limit: await setting(admin, names[1]) };
  const set = (policy: string, limit: string) => admin.config('SET', names[0], policy, names[1], limit);
  return { set: () => set('noeviction', oneByte), undo: () => set(before.policy, before.limit) };
}

const isolated = async (admin: Redis): Promise<Change> => ({
  set: () => admin.replicaof(...nowhere),
  undo: () => admin.replicaof('NO', 'ONE'),
});

/** The provider states of the server itself, whatever keys it has. */
export const handlers: Readonly<Record<string, Handler>> = {
  [serverStates.replica.name]: ({ nodes }) => ofServer('a replica', nodes, isolated),
  [serverStates.full.name]: ({ nodes }) => ofServer('run out of memory', nodes, withoutMemory),
};
