import { loginRecord, states } from '../../../../contracts/common/agent-login.ts';
import { dnObject, dnTypes } from '../../../../contracts/common/config-object.ts';
import { dialect } from '../../../../contracts/dialect.ts';
import { world } from '../../../../contracts/world.ts';
import { type Handler, keysInstead, putExpired, putRecord } from './keys.ts';

const keys = dialect.redis.configService;
const { prefix } = dialect.redis.config;
/** What all logins of a tenant begin with; the configuration beside them stays. */
const logins = (tenant: string) => keys.login(tenant, '');
const { state: _state, ...withoutState } = dnObject(world.dns.agent, dnTypes.extension).fields;

/** The provider states of connection 17 that are about its own keys. */
export const handlers: Readonly<Record<string, Handler>> = {
  [states.tenants.name]: keysInstead(
    () => keys.tenants,
    (admin, { first, second }) => admin.sadd(keys.tenants, String(first), String(second)),
  ),
  [states.loggedIn.name]: keysInstead(logins, (admin) => putRecord(admin, loginRecord, keys.loginTtlMs)),
  [states.loggedOut.name]: keysInstead(logins, async () => {}),
  [states.ranOut.name]: keysInstead(logins, (admin) => putExpired(admin, loginRecord)),
  [states.partial.name]: keysInstead(prefix, (admin, { number }, tenant) =>
    putRecord(admin, { key: dialect.redis.config.dn(tenant, String(number)), fields: withoutState }),
  ),
};
