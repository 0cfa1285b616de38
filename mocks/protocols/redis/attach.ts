import { type Attachable, type MockServer, UnattainableStateError } from '../../adapter.ts';
import { sourceAddress } from '../../common/source-address.ts';
import { ensureUser } from './acl.ts';
import { inWords } from './client.ts';
import { Nodes } from './nodes.ts';
import { setState } from './states.ts';
import { Undos } from './undos.ts';
import { Watch } from './watch.ts';

/**
 * Watches a server that runs already, through MONITOR and its ACL log; of a cluster every master. Sources use it as they
 * always do. What cannot be seen this way: replies, commands that fail for another reason than the ACL, and unreadable bytes.
 * Refused commands are known by name and key only, and come after the others; of what a cluster refuses since its keys are of
 * several slots, only the number is known. An interaction in which the server is full or a replica is skipped, since what it
 * refuses then would not be seen.
 * @param options.at of any node, with the login of a user who may use MONITOR and ACL
 */
export async function attach({
  at,
  contracts,
  service,
  signal,
}: Parameters<Attachable['attach']>[0]): Promise<MockServer> {
  const undos = new Undos();
  try {
    const nodes = await Nodes.connect({
      at,
      observer: true,
      lasting: true,
      ...(signal === undefined ? {} : { signal }),
    });
    undos.add(() => nodes.disconnect());
    const watch = await Watch.start(nodes);
    undos.add(() => watch.close());
    for (const contract of contracts) undos.add(await ensureUser(nodes, contract));
    return {
      address: at,
      addressFor: (contract) => sourceAddress(contract, at),
      setState: (state) => setState(service, { nodes, showForeignCertificate }, state),
      exchanges: () => watch.journal.exchanges(),
      settled: () => watch.settled(),
      clear: () => watch.clear(),
      close: () => undos.all(),
    };
  } catch (error) {
    await undos.all();
    throw inWords(error, at);
  }
}

async function showForeignCertificate(): Promise<never> {
  throw new UnattainableStateError('this Redis is not of the harness: its certificate cannot be changed');
}
