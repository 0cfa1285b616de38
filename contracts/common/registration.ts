import { state } from '../contract.ts';
import { dialect } from '../dialect.ts';
import { bind, fromState, like, regex, string, type Template } from '../matchers.ts';
import { world } from '../world.ts';
import { type CachedRecord, timeText } from './redis-cache.ts';
import { decimalText } from './stream-entry.ts';

const { registration, movedRegistration, sipProxyNode } = world;
const keys = dialect.redis.registrar;
const tenant = world.tenant.uuid;
const { number } = world.dns.agent;

/** The cache of SIP registrations: connection 36 writes it, connection 12 reads it. */

/** How long a registration is granted. */
export const grantedMs = registration.expires * 1000;
/** When a registration runs out that was granted at the fixture world's instant. */
export const expiryExampleMs = world.now.sec * 1000 + grantedMs;

/**
 * When a registration runs out. Its key has to go by the clock of the server, so the state gives the time; what the source
 * says in the record is remembered as `expiry`.
 */
export const expiry = bind('expiry', fromState('expiresAt', String(expiryExampleMs), timeText(expiryExampleMs)));

/** A binding of an address of record to a contact (RFC 3261, section 10). */
export interface Binding {
  contact: string;
  callId: string;
  /** The CSeq of the REGISTER that made it. */
  sequence: number;
  revision: number;
}

/** As the phone of the first agent is registered, with its next REGISTER, and from another place. */
export const bindings = {
  first: { ...registration, sequence: 1, revision: 1 },
  stored: { ...registration, sequence: 12, revision: 7 },
  refreshed: { ...registration, sequence: 13, revision: 8 },
  moved: { ...movedRegistration, sequence: 1, revision: 8 },
} as const satisfies Record<string, Binding>;

/** The record of a binding. */
export const bindingRecord = (
  binding: Binding,
  expiresAt: Template<string> = String(expiryExampleMs),
): CachedRecord => ({
  key: keys.dn(tenant, number),
  fields: {
    aor: `sip:${number}@${world.tenant.sipDomain}`,
    contact: binding.contact,
    transport: regex('^(udp|tcp|tls|ws|wss)$', 'tcp'),
    callId: binding.callId,
    cseq: String(binding.sequence),
    expiresAt,
    userAgent: string('UA/1.0'),
    path: like<string[]>([`<sip:${sipProxyNode.id}.voice.example;lr>`]),
    proxy: string(sipProxyNode.id),
    region: string('r1'),
    rev: String(binding.revision),
  },
});

/** A score in the index of what runs out. */
export const expiryScore = decimalText(expiryExampleMs);

/** The provider states, by what they say. Each gives `expiresAt`, at which a registration granted now runs out. */
export const states = {
  unregistered: state('a DN is not registered', { tenant, number }),
  registered: state('a DN is registered', { tenant, number }),
  /** Its record is gone, its entry in the index is still there. */
  ranOut: state('the registration of a DN has run out', { tenant, number }),
};
