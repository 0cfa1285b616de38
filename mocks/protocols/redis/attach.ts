import { type Attachable, type MockServer, UnattainableStateError } from '../../adapter.ts';
import { sourceAddress } from '../../common/source-address.ts';
import { ensureUser } from './acl.ts';
import { toAnswer } from './answers.ts';
import { connect } from './client.ts';
import { Monitor } from './monitor.ts';
import { Refusals } from './refusals.ts';
import { setState } from './states.ts';
import { Undos } from './undos.ts';

/**
 * Watches a server that runs already, through MONITOR and its ACL log. Sources use it as they always do. What cannot be
 * seen this way: replies, commands that fail for another reason than the ACL, and unreadable bytes. Refused commands are
 * known by name and key only, and come after the others.
 * @param options.at with the login of a user who may use MONITOR and ACL
 */
export async function attach({
  at,
  contracts,
  service,
  signal,
}: Parameters<Attachable['attach']>[0]): Promise<MockServer> {
  const undos = new Undos();
  try {
    const admin = await connect({ at, observer: true, ...(signal === undefined ? {} : { signal }) });
    undos.add(() => admin.disconnect());
    const monitor = await Monitor.start(at);
    undos.add(() => monitor.close());
    monitor.ignoreHarness(String(await admin.client('LIST')));
    for (const contract of contracts) undos.add(await ensureUser(admin, contract, at));
    const refusals = await Refusals.start(admin);
    let markers = 0;
    return {
      address: at,
      addressFor: (contract) => sourceAddress(contract, at),
      setState: (state) => setState(service, { admin, showForeignCertificate }, state),
      exchanges: () => monitor.journal.exchanges(),
      async settled() {
        markers += 1;
        const marker = `voxpact-marker-${markers}`;
        await monitor.seen(marker, () => admin.call('PING', marker));
        for (const { command } of await refusals.take()) {
          const atMs = Date.now();
          monitor.journal.add({
            messages: [
              { from: 'source', content: command, atMs },
              { from: 'destination', content: toAnswer(command, { error: { message: 'NOPERM' } }), atMs },
            ],
          });
        }
      },
      clear: () => monitor.journal.clear(),
      close: () => undos.all(),
    };
  } catch (error) {
    await undos.all();
    throw error;
  }
}

async function showForeignCertificate(): Promise<never> {
  throw new UnattainableStateError('this Redis is not of the harness: its certificate cannot be changed');
}
