import type { MockServer, ServeOptions } from '../../adapter.ts';
import { sourceAddress } from '../../common/source-address.ts';
import { assertFree } from '../../ports.ts';
import { ensureUser } from './acl.ts';
import { Nodes } from './nodes.ts';
import { Relay } from './relay.ts';
import { startRedis } from './server.ts';
import { setState } from './states.ts';
import { Undos } from './undos.ts';

/**
 * Starts a real redis-server with one ACL user for each contract's source, behind a relay that records commands, replies
 * and refusals; MONITOR would show neither of the last two. The returned address has the administrator's login.
 * @throws Error with one sentence when the port is in use or the server does not come up
 */
export async function serve({ contracts, listen, service, signal }: ServeOptions): Promise<MockServer> {
  await assertFree(listen);
  const undos = new Undos();
  try {
    const server = await startRedis(signal === undefined ? {} : { signal });
    undos.add(() => server.stop());
    const nodes = await Nodes.connect({
      at: server.address,
      observer: true,
      lasting: true,
      ...(signal === undefined ? {} : { signal }),
    });
    undos.add(() => nodes.disconnect());
    for (const contract of contracts) await ensureUser(nodes, contract);
    const relay = await Relay.start(listen, server.address);
    undos.add(() => relay.close());
    const world = { nodes, showForeignCertificate: () => relay.showForeignCertificate() };
    return {
      address: relay.address,
      addressFor: (contract) => sourceAddress(contract, relay.address),
      setState: (state) => setState(service, world, state),
      exchanges: () => relay.exchanges(),
      settled: () => relay.settled(),
      clear: () => relay.clear(),
      close: () => undos.all(),
    };
  } catch (error) {
    await undos.all();
    throw error;
  }
}
