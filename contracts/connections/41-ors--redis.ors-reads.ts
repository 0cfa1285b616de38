import { holdsRecord, reads, ttlUpTo } from '../common/redis-cache.ts';
import { refused } from '../common/redis-steps.ts';
import { ringingCall, sipCallRecord, states } from '../common/sip-call.ts';
import { type Interaction, inferred } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { del, hset, type RedisContent } from '../messages/redis.ts';
import { world } from '../world.ts';

const record = sipCallRecord(ringingCall);
const holdsCall = holdsRecord(record, ttlUpTo(dialect.redis.sipCluster.callTtlMs));

const reading: Interaction<RedisContent> = {
  description: 'ORS reads a call that a SIP node has cached',
  basis: inferred("the vendor's sample gives ORS the secret of the cache of the SIP Cluster besides its own"),
  given: [states.ringing],
  steps: [...reads(record), holdsCall],
};

const writing: Interaction<RedisContent> = {
  description: 'ORS cannot change a call that a SIP node has cached',
  basis: inferred('ORS only reads there; Redis answers NOPERM to what an ACL user may not do'),
  given: [states.ringing],
  steps: [
    ...refused(hset(record.key, { node: world.orsNode.id }), 'NOPERM'),
    ...refused(del(record.key), 'NOPERM'),
    holdsCall,
  ],
  negative: true,
  only: { side: 'destination', reason: 'ORS never tries it; the harness does, to prove the refusal' },
};

/** The other reader of the cache of the SIP Cluster. No row of the table has it. */
export default defineContract<RedisContent>({
  connection: 41,
  part: { name: 'ors-reads', source: 'ORS' },
  interactions: [reading, writing],
});
