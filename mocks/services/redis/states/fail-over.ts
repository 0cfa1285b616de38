import type { Redis } from 'ioredis';
import { serverStates } from '../../../../contracts/common/redis-fail-over.ts';
import { type StateSet, UnattainableStateError } from '../../../adapter.ts';
import { errorMessage } from '../../../error-code.ts';
import type { Nodes } from '../../../protocols/redis/nodes.ts';
import { Undos } from '../../../protocols/redis/undos.ts';
import type { Handler } from './keys.ts';

/** A port of this machine at which no Redis is: the replica gets nothing from there, and keeps its own data. */
const nowhere = ['127.0.0.1', '1'] as const;

/** The least that can be said; Redis has used more than that before the first key. */
const oneByte = '1';

/** Changes one node. @returns what undoes it */
type Change = (admin: Redis) => Promise<StateSet['undo']>;

/** Changes every node. Hosted servers let nobody change them. @throws {UnattainableStateError} when this is one of those */
async function ofServer(what: string, { all }: Nodes, set: Change): Promise<Partial<StateSet>> {
  const undos = new Undos();
  try {
    for (const { client } of all) undos.add(await set(client));
    return { undo: () => undos.all() };
  } catch (cause) {
    await undos.all();
    const message = `this server cannot be made ${what}: ${errorMessage(cause)}`;
    throw new UnattainableStateError(message, { cause });
  }
}

async function setting(admin: Redis, name: string): Promise<string> {
  const [, value = ''] = (await admin.config('GET', name)) as string[];
  return value;
}

async function withoutMemory(admin: Redis): Promise<StateSet['undo']> {
  const names = ['maxmemory-policy', 'maxmemory'] as const;
  const before = { policy: await setting(admin, names[0]), limit: await setting(admin, names[1]) };
  const set = (policy: string, limit: string) => admin.config('SET', names[0], policy, names[1], limit);
  await set('noeviction', oneByte);
  return async () => {
    await set(before.policy, before.limit);
  };
}

async function isolated(admin: Redis): Promise<StateSet['undo']> {
  await admin.replicaof(...nowhere);
  return async () => {
    await admin.replicaof('NO', 'ONE');
  };
}

/** The provider states of the server itself, whatever keys it has. */
export const handlers: Readonly<Record<string, Handler>> = {
  [serverStates.replica.name]: ({ nodes }) => ofServer('a replica', nodes, isolated),
  [serverStates.full.name]: ({ nodes }) => ofServer('run out of memory', nodes, withoutMemory),
};
