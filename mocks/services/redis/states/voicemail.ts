import { brokenCounter, mailboxRecord, states } from '../../../../contracts/common/mailbox-cache.ts';
import type { ProviderState } from '../../../../contracts/contract.ts';
import { dialect } from '../../../../contracts/dialect.ts';
import { UnattainableStateError } from '../../../adapter.ts';
import { type Handler, keysInstead, putExpired, putRecord } from './keys.ts';

const keys = dialect.redis.voicemail;

const recordOf = ({ unread = 0, total = 0 }: ProviderState['params']) =>
  mailboxRecord({ unread: Number(unread), total: Number(total) });

/** The provider states of connection 29. */
export const handlers: Readonly<Record<string, Handler>> = {
  [states.cached(0, 0).name]: keysInstead(keys.prefix, (admin, params) =>
    putRecord(admin, recordOf(params), keys.mailboxTtlMs),
  ),
  [states.ranOut.name]: keysInstead(keys.prefix, (admin, params) => putExpired(admin, recordOf(params))),
  [states.rebuilt.name]: keysInstead(keys.prefix, (admin, { number, pod }, tenant) =>
    admin.set(keys.lock(tenant, String(number)), String(pod), 'PX', keys.lockMs),
  ),
  [states.broken.name]: keysInstead(keys.prefix, async (admin, params) => {
    const { key, fields } = recordOf(params);
    await putRecord(admin, { key, fields: { ...fields, unread: brokenCounter } }, keys.mailboxTtlMs);
  }),
  [states.singleNode.name]({ nodes }) {
    if (nodes.isCluster) throw new UnattainableStateError('this server is a node of a cluster, and stays one.');
    return {};
  },
};
