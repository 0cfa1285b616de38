import { expect, test } from '@jest/globals';
import tenantContract from '../../../contracts/connections/09-tenant-service--redis.ts';
import sipContract from '../../../contracts/connections/49-voice-sip-cluster-service--redis.ts';
import type { Contract } from '../../../contracts/contract.ts';
import { world } from '../../../contracts/world.ts';
import { sourceAddress, userName } from '../../common/source-address.ts';
import { ensureUser, rights } from './acl.ts';
import { connect } from './client.ts';
import { Nodes } from './nodes.ts';
import { startRedis } from './server.ts';

const contract9 = tenantContract as Contract;
const contract49 = sipContract as Contract;
const tag = `{${world.tenant.uuid}}`;
const common = '+ping +hello +info +client|setname +client|getname +client|id +multi +exec +discard';

test('connection 09: the source may write the configuration of its own tenant, and nothing else', () => {
  const patterns = ['changes', 'dn:*', 'person:*', 'rev', 'tenant'].map((kind) => `~config:${tag}:${kind}`);
  expect(rights(contract9).join(' ')).toBe(
    `resetkeys ${patterns.join(' ')} -@all ${common} +del +hmset +hset +incr +unlink +xadd`,
  );
});

test('connection 49: the source may add to the stream of new calls, and nothing else', () => {
  expect(rights(contract49).join(' ')).toBe(`resetkeys ~ors:${tag}:new -@all ${common} +xadd`);
});

test('a source has a name and a password of its own', () => {
  expect(userName(contract49)).toBe('r49-voice-sip-cluster-service');
  const at = { host: '127.0.0.1', port: 1, user: 'admin', password: 'a' };
  const first = sourceAddress(contract9, at);
  expect(first).toMatchObject({ host: '127.0.0.1', port: 1, user: 'r9-tenant-service' });
  expect(sourceAddress(contract9, at)).toEqual(first);
  expect(sourceAddress(contract49, at).password).not.toBe(first.password);
  expect(sourceAddress(contract9, { ...at, password: 'b' }).password).not.toBe(first.password);
});

test('the server holds a source to its rights; a user that was there before is left as it is', async () => {
  const server = await startRedis();
  const nodes = await Nodes.connect({ at: server.address });
  const [{ client: admin }] = nodes.all;
  try {
    const remove = await ensureUser(nodes, contract9);
    const source = await connect({ at: sourceAddress(contract9, server.address) });
    await source.hset(`config:${tag}:dn:7001`, 'a', '1');
    await expect(source.hset(`config:{${world.otherTenant.uuid}}:dn:7001`, 'a', '1')).rejects.toThrow('NOPERM');
    await expect(source.hset(`config:${tag}:login:A1001`, 'a', '1')).rejects.toThrow('NOPERM');
    await expect(source.get(`config:${tag}:rev`)).rejects.toThrow('NOPERM');
    source.disconnect();
    const keep = await ensureUser(nodes, contract9);
    await keep();
    expect(await admin.call('ACL', 'GETUSER', userName(contract9))).not.toBeNull();
    await remove();
    expect(await admin.call('ACL', 'GETUSER', userName(contract9))).toBeNull();
    await expect(connect({ at: { ...server.address, user: 'default', password: 'x' } })).rejects.toThrow('WRONGPASS');
  } finally {
    nodes.disconnect();
    await server.stop();
  }
});
