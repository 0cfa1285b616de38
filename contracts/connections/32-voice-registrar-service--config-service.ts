import { answered, notRead, requestType } from '../common/config-service.ts';
import {
  agentDn,
  getStatus,
  operate,
  operation,
  sequenceAbove,
  sipContact,
  utcTime,
} from '../common/config-service-devices.ts';
import { refused, storeLost } from '../common/config-service-errors.ts';
import { readTenant } from '../common/config-service-look-ups.ts';
import { states } from '../common/config-service-states.ts';
import { sidecarWithoutUpstream } from '../common/http-common.ts';
import { assumed, documented, inferred, source } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { bind, bound, integer, string } from '../matchers.ts';
import type { HttpMessage } from '../messages/http.ts';
import { world } from '../world.ts';

const { registration, dns } = world;

const table = documented(
  'Voice Microservices Private Edition Guide, connections table: exchanges tenant information and stores agent registration',
);

/** What a SIP REGISTER says, without its software. */
const registerBody = {
  contact: sipContact,
  expires: integer(registration.expires),
  callId: string(registration.callId),
  cseq: integer(1),
};
/** The same, where the answer has to say the same contact. */
const rememberedBody = { ...registerBody, contact: bind('contact', sipContact) };
const registered = { registered: true, contact: bound('contact', registration.contact), expiresAt: utcTime };

/** The Voice Registrar Service stores who is registered where, and reads it back when it starts again. */
export default defineContract<HttpMessage>({
  connection: 32,
  port: 9100,
  interactions: [
    readTenant(
      {
        description: 'read the tenant',
        given: states.tenantExists,
        basis: table,
        free: notRead('Voice Registrar Service', 'tenantId', 'name', 'dbid'),
      },
      ['tenantUuid', 'sipDomain', 'status', 'revision'],
    ),
    {
      description: 'store a registration',
      basis: table,
      given: [states.notRegistered],
      steps: operation('register', rememberedBody, registered),
    },
    {
      description: 'store a registration with the software of the device',
      basis: assumed('the software of a device is stored where its registration names it'),
      given: [states.notRegistered],
      steps: operation('register', { ...rememberedBody, userAgent: string('Workspace/9.0') }, registered),
    },
    {
      description: 'refresh a registration',
      basis: documented('RFC 3261, section 10.2.4: a refresh has the same Call-ID and a higher CSeq'),
      given: [states.registered],
      steps: operation(
        'register',
        { ...rememberedBody, callId: registration.callId, cseq: sequenceAbove(1) },
        registered,
      ),
    },
    {
      description: 'end a registration',
      basis: requestType('unregister'),
      given: [states.registered],
      steps: operation('unregister', {}, { registered: false }),
    },
    {
      description: 'read a registration back after a restart',
      basis: requestType('status'),
      given: [states.registered],
      steps: [
        source<HttpMessage>(getStatus),
        answered({ dn: agentDn, registered: true, contact: registration.contact, expiresAt: utcTime }),
      ],
    },
    {
      description: 'read back a registration that has expired: the device is not registered',
      negative: true,
      basis: inferred('a SIP registration lapses when its time is over (RFC 3261, section 10.3)'),
      given: [states.registrationExpired],
      steps: [source<HttpMessage>(getStatus), answered({ dn: agentDn, registered: false })],
    },
    refused('store a registration of a DN that does not exist', {
      basis: assumed('a device needs its DN; without one it is a 404 with the error envelope'),
      given: states.dnMissing,
      request: operate('register', registerBody, dns.unknown.number),
      code: 404,
      message: 'DN not found',
    }),
    storeLost('read a registration back while the service has lost Redis', getStatus),
    storeLost('store a registration while the service has lost Redis', operate('register', registerBody)),
    sidecarWithoutUpstream('read a registration back while the service is down', states.down, getStatus),
  ],
});
