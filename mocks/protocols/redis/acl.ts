import type { Contract, Interaction, Side } from '../../../contracts/contract.ts';
import { compile } from '../../../contracts/matching.ts';
import type { RedisAnswer, RedisCommand } from '../../../contracts/messages/redis.ts';
import { sourceAddress } from '../../common/source-address.ts';
import { errorMessage } from '../../error-code.ts';
import { persistently, place } from './client.ts';
import { keysOf, spellingsOf } from './commands.ts';
import type { Nodes, RedisNode } from './nodes.ts';
import { literal } from './pattern.ts';
import { Undos } from './undos.ts';

/** What every client may do, whatever its row: keep its connection, and put its commands in a transaction. */
const common = ['ping', 'hello', 'info', 'client|setname', 'client|getname', 'client|id', 'multi', 'exec', 'discard'];
/** What clients of a cluster also do by themselves, to find the node of a key and to go where they are sent. */
const ofClusterClients = [
  'cluster|slots',
  'cluster|shards',
  'cluster|nodes',
  'cluster|info',
  'command',
  'readonly',
  'asking',
];

/**
 * The rights of a connection's source, as arguments of `ACL SETUSER`: just the commands and the keys of its contract. What
 * the contract wants refused gives no right. The rules are those of Redis 6, which has no selectors.
 */
export function rights(contract: Contract): string[] {
  const granted = contract.interactions.flatMap(grantedCommands);
  const patterns = new Set(granted.flatMap(keysOf).map(pattern));
  const commands = new Set(granted.flatMap(spellingsOf).map((name) => name.toLowerCase()));
  return [
    'resetkeys',
    ...[...patterns].sort().map((each) => `~${each}`),
    '-@all',
    ...new Set([...common, ...[...commands].sort()].map((each) => `+${each}`)),
  ];
}

/** The commands that the interaction wants done: those that are not answered with NOPERM. */
function grantedCommands({ steps }: Interaction): RedisCommand[] {
  const examples = (from: Side) =>
    steps.filter((step) => step.from === from).map(({ content }) => compile(content).example as unknown);
  const replies = (examples('destination') as RedisAnswer[]).filter((answer) => 'reply' in answer);
  return (examples('source') as RedisCommand[]).filter((_, at) => replies[at]?.error !== 'NOPERM');
}

/**
 * The pattern of a key. A key is `family:{tenant}:kind` or `family:{tenant}:kind:id`: the tenant is pinned, and every id of
 * a kind is allowed. The marks that a pattern would read as wildcards are escaped.
 */
function pattern(key: string): string {
  const parts = /^([^:]+:\{[^}]*\}:[^:]+)(:.*)?$/.exec(key);
  return parts === null ? literal(key) : `${literal(parts[1] ?? '')}${parts[2] === undefined ? '' : ':*'}`;
}

/**
 * Makes sure that the source's user is there, on every node. One that exists already is left as it is: its rights are the
 * server's own and under test with it.
 * @returns removes the user again, where it was made here
 */
export async function ensureUser(nodes: Nodes, contract: Contract): Promise<() => Promise<void>> {
  const undos = new Undos();
  const granted = [...rights(contract), ...(nodes.isCluster ? ofClusterClients.map((each) => `+${each}`) : [])];
  try {
    for (const node of nodes.all) undos.add(await ensureOn(node, contract, granted));
  } catch (error) {
    await undos.all();
    throw error;
  }
  return () => undos.all();
}

async function ensureOn({ client, at }: RedisNode, contract: Contract, granted: readonly string[]) {
  const { user, password } = sourceAddress(contract, at);
  try {
    if ((await client.call('ACL', 'GETUSER', user)) !== null) return async () => {};
    await client.call('ACL', 'SETUSER', user, 'reset', 'on', `>${password}`, ...granted);
  } catch (error) {
    if (!/^NOPERM/.test(errorMessage(error))) throw error;
    const who = at.user ?? 'default';
    throw new Error(`${place(at)} does not let user ${who} manage users (NOPERM); give an administrator's login.`, {
      cause: error,
    });
  }
  return () => persistently(() => client.call('ACL', 'DELUSER', user));
}
