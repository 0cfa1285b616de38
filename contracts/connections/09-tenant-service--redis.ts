import { type ConfigObject, dnObject, dnTypes, personObject, tenantObject } from '../common/config-object.ts';
import { absent, answered, holds, refused, stored, transaction } from '../common/redis-steps.ts';
import { decimalText, entryId, streamEntry } from '../common/stream-entry.ts';
import { assumed, documented, type Interaction, inferred, type Step, source, state } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { bind, bound, integer, string, type Template } from '../matchers.ts';
import { del, hset, incr, type RedisContent, type RedisFields, xadd } from '../messages/redis.ts';
import { world } from '../world.ts';

const keys = dialect.redis.config;
const tenant = world.tenant.uuid;
const [edited, disabled, deleted] = world.persons;

/** The revision before each interaction, and the one that a change leads to. */
const revision = 42;
const next = revision + 1;
const cached = state('the tenant configuration is cached', { tenant, revision });

/** Rows 12 and 17 read the cache: nothing in it may run out, absence means not provisioned. */
const forever = { ttlMs: -1 };

const write = ({ key, fields }: ConfigObject): Step<RedisContent>[] => answered(hset(key, fields), integer(9));
const holdsObject = ({ key, fields }: ConfigObject): Step<RedisContent> =>
  holds({ key, type: 'hash', value: stored<RedisFields>(fields), ...forever });

const changeEntry = (body: { type: string; dbid: number; op: string }): Template<RedisFields> =>
  streamEntry({
    event: keys.changed,
    tenant,
    source: string('tenant-t100-0'),
    sequence: decimalText(next),
    atMs: 1_760_000_000_125,
    body: { ...body, rev: next },
  });

/** What follows the written objects: the new revision, then the entry that tells of it, and never the other way round. */
const commit = (change: { type: string; dbid: number; op: string }): Step<RedisContent>[] => [
  ...answered(incr(keys.revision(tenant)), next),
  ...answered(xadd(keys.changes(tenant), keys.changesMaxLength, changeEntry(change)), bind('entry', entryId('1-0'))),
];
const holdsCommit = (change: { type: string; dbid: number; op: string }): Step<RedisContent>[] => [
  holds({ key: keys.revision(tenant), type: 'string', value: String(next), ...forever }),
  holds({
    key: keys.changes(tenant),
    type: 'stream',
    value: [{ id: bound('entry', '1-0'), fields: stored<RedisFields>(changeEntry(change)) }],
    ...forever,
  }),
];

const everything = [
  tenantObject(1),
  dnObject(world.dns.agent, dnTypes.extension),
  dnObject(world.dns.secondAgent, dnTypes.extension),
  dnObject(world.dns.routePoint, dnTypes.routingPoint),
  ...world.persons.map(personObject),
];
const bulkLoad: Interaction<RedisContent> = {
  description: 'the whole configuration is loaded into an empty cache',
  basis: assumed(
    'one hash for each object, tenant first, then DNs, then persons; the revision is counted up after the last of them',
  ),
  given: [state('no configuration is cached', { tenant })],
  steps: [
    ...everything.flatMap(write),
    ...answered(incr(keys.revision(tenant)), integer(1)),
    ...everything.map(holdsObject),
    holds({ key: keys.revision(tenant), type: 'string', value: '1', ...forever }),
    ...transaction,
  ],
};

const editedPerson = personObject(edited);
const lastName = { lastName: string('Lovelace') };
const personChange = { type: 'person', dbid: edited.dbid, op: 'changed' };
const change: Interaction<RedisContent> = {
  description: 'a changed person is written, then the revision, then one change entry',
  basis: inferred('a reader that sees revision n must find the data of n, so objects are written before the revision'),
  given: [cached],
  steps: [
    ...answered(hset(editedPerson.key, lastName), integer(0)),
    ...commit(personChange),
    holdsObject({ ...editedPerson, fields: { ...editedPerson.fields, ...lastName } }),
    ...holdsCommit(personChange),
    ...transaction,
  ],
};

const disabledPerson = personObject(disabled);
const stateOff = { state: String(dialect.tcp.configuration.objectStates.disabled) };
const disableChange = { type: 'person', dbid: disabled.dbid, op: 'changed' };
const disable: Interaction<RedisContent> = {
  description: 'a disabled person stays in the cache with state 2',
  basis: documented('Configuration Layer object fields: state is mandatory, 1 is enabled and 2 is disabled'),
  given: [cached],
  steps: [
    ...answered(hset(disabledPerson.key, stateOff), integer(0)),
    ...commit(disableChange),
    holdsObject({ ...disabledPerson, fields: { ...disabledPerson.fields, ...stateOff } }),
    ...holdsCommit(disableChange),
    ...transaction,
  ],
};

const deletedPerson = personObject(deleted);
const deleteChange = { type: 'person', dbid: deleted.dbid, op: 'deleted' };
const remove: Interaction<RedisContent> = {
  description: 'a deleted person is gone, and the change entry tells so',
  basis: assumed('a deleted object loses its key; the entry has op deleted and the dbid, which is never given again'),
  given: [cached],
  steps: [
    ...answered(del(deletedPerson.key), 1),
    ...commit(deleteChange),
    absent(deletedPerson.key),
    ...holdsCommit(deleteChange),
    ...transaction,
  ],
};

const immutable: Interaction<RedisContent> = {
  description: 'a change of isAgent or of the tenant of a person never reaches the cache, the next allowed change does',
  basis: documented('Configuration Layer, CfgPerson: isAgent and tenant are fixed when a person is created'),
  given: [cached],
  steps: [...answered(hset(editedPerson.key, lastName), integer(0)), ...commit(personChange), ...transaction],
  forbidden: [
    source<RedisContent>(hset(editedPerson.key, { isAgent: String(dialect.tcp.configuration.flags.no) })),
    source<RedisContent>(hset(keys.person(world.otherTenant.uuid, edited.employeeId), {})),
  ],
  negative: true,
  only: { side: 'source', reason: 'Redis does not know which fields may change: only the writer can refuse' },
};

const foreignKey = keys.person(world.otherTenant.uuid, edited.employeeId);
const crossTenant: Interaction<RedisContent> = {
  description: 'a write into the configuration of another tenant is refused',
  basis: inferred(
    'each tenant has a Tenant Service of its own; an ACL user that is pinned to the hash tag holds it there',
  ),
  given: [state('no configuration is cached', { tenant: world.otherTenant.uuid })],
  steps: [...refused(hset(foreignKey, editedPerson.fields), 'NOPERM'), absent(foreignKey)],
  negative: true,
  only: { side: 'destination', reason: 'a Tenant Service never tries it; the harness does, to prove the refusal' },
};

export default defineContract<RedisContent>({
  connection: 9,
  interactions: [bulkLoad, change, disable, remove, immutable, crossTenant],
});
