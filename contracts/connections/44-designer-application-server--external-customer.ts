import { jsonType } from '../common/http-common.ts';
import {
  assumed,
  type Basis,
  destination,
  documented,
  type FreePart,
  type Interaction,
  inferred,
  source,
  state,
} from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { fromState, integer, regex, statusCode, string } from '../matchers.ts';
import type { HttpMessage } from '../messages/http.ts';
import { world } from '../world.ts';

const routes = dialect.http.externalCustomer;
const { id: customerId, phone, unknownPhone } = world.customer;
const ticketId = 'T-1';
const ticketPath = `${routes.tickets}/${ticketId}`;
/** The first bytes of a WAV file, the shape of a captured utterance. */
const wavExample = Buffer.from('RIFF\x24\x00\x00\x00WAVEfmt ', 'latin1').toString('base64');

const authorized = { authorization: regex('^[A-Za-z]+ [A-Za-z0-9._~+/=-]+$', routes.authorization) };
const restBlock = 'Designer, HTTP REST block (PEC-ROU/Current/Designer/HTTPREST)';
const sampleEndpoint: Basis = assumed('each customer has an own API; this one is a sample of what the block can call');

const noCaching: readonly FreePart[] = [
  { path: '$.headers.cache-control', reason: 'the block keeps no answer for a second call' },
];
/** What comes with an answer of which only the status counts. */
const onlyStatus: readonly FreePart[] = [
  ...noCaching,
  { path: '$.headers.content-type', reason: 'the block looks at the status of this call only' },
  { path: '$.body', reason: 'the block looks at the status of this call only' },
];

const customerRequest = (phone: string) => ({
  method: 'GET',
  path: routes.customers,
  query: { phone },
  headers: { ...authorized, accept: 'application/json' },
});
const readCustomer = (phone: string) => source<HttpMessage>(customerRequest(phone));

const customerIsGold = state(`customer ${phone} is gold`, { phone, customerId, tier: 'gold', openTickets: 2 });
const goldCustomer = destination<HttpMessage>({
  status: 200,
  headers: { 'content-type': jsonType },
  body: { customerId: regex('^C-[0-9]+$', customerId), tier: 'gold', openTickets: integer(2) },
});

/**
 * A server that nobody should talk to.
 * @param shows the state in which it shows such a certificate
 * @param detail what Node says of it
 */
const refusedCertificate = (which: string, shows: string, detail: string): Interaction<HttpMessage> => ({
  description: `read a customer from a server whose certificate is ${which}`,
  negative: true,
  basis: inferred('HTTPS with certificates of the server: one that cannot be trusted ends the call before the request'),
  given: [state(shows)],
  steps: [
    // What the source would send if it trusted the server.
    { ...readCustomer(phone), optional: true },
    destination<HttpMessage>({ fault: 'tls', detail }),
  ],
  forbidden: [readCustomer(phone)],
});

const certificateDemanded = state('api demands a client certificate');
const { clientName } = dialect.http.externalCustomer;

const proxied = 'the settings httpProxy and redundantHttpProxy of Designer: a forward proxy, and one to fall back on';
/** The request for a tunnel to the API. The example stands for the authority that the states give. */
const connect = source<HttpMessage>({
  method: 'CONNECT',
  path: fromState('authority', 'customer.example:443', regex('^[^/:]+:[0-9]+$', 'customer.example:443')),
});
const throughProxy = (description: string, proxies: string): Interaction<HttpMessage> => ({
  description,
  basis: inferred(proxied),
  given: [state(proxies), customerIsGold],
  free: noCaching,
  steps: [connect, destination<HttpMessage>({ status: statusCode('success', 200) }), readCustomer(phone), goldCustomer],
});

/**
 * A customer's API as Designer's HTTP REST block calls it. The table names the Designer Application Server as the source;
 * on the wire it is ORS that runs the block. Each customer writes an own contract after this sample.
 */
export default defineContract<HttpMessage>({
  connection: 44,
  port: 443,
  interactions: [
    {
      description: 'read a customer',
      basis: documented(`${restBlock}: GET, JSON answer`),
      given: [customerIsGold],
      free: noCaching,
      steps: [readCustomer(phone), goldCustomer],
    },
    {
      description: 'create a ticket, encoded as JSON',
      basis: sampleEndpoint,
      given: [state('ticketing is up')],
      free: noCaching,
      steps: [
        source<HttpMessage>({
          method: 'POST',
          path: routes.tickets,
          headers: { ...authorized, 'content-type': jsonType },
          body: { customerId: regex('^C-[0-9]+$', customerId), subject: string('callback') },
        }),
        destination<HttpMessage>({
          status: 201,
          headers: { 'content-type': jsonType, location: regex('^[^,]*/tickets/T-[0-9]+$', ticketPath) },
          body: { ticketId: regex('^T-[0-9]+$', ticketId) },
        }),
      ],
    },
    {
      description: 'update a ticket, encoded as a form',
      basis: documented(`${restBlock}: encoding type for POST and PUT`),
      given: [state(`ticket ${ticketId} exists`, { ticketId })],
      free: onlyStatus,
      steps: [
        source<HttpMessage>({
          method: 'PUT',
          path: ticketPath,
          headers: { ...authorized, 'content-type': 'application/x-www-form-urlencoded' },
          body: { status: 'closed' },
        }),
        destination<HttpMessage>({ status: 200 }),
      ],
    },
    {
      description: 'delete a ticket',
      basis: documented(`${restBlock}: DELETE`),
      given: [state(`ticket ${ticketId} exists`, { ticketId })],
      steps: [
        source<HttpMessage>({ method: 'DELETE', path: ticketPath, headers: authorized }),
        destination<HttpMessage>({ status: 204 }),
      ],
    },
    {
      description: 'post a recording',
      basis: documented(`${restBlock}: posting a captured utterance`),
      given: [state('upload is allowed')],
      free: onlyStatus,
      steps: [
        source<HttpMessage>({
          method: 'POST',
          path: routes.recordings,
          headers: {
            ...authorized,
            'content-type': regex(
              '^multipart/form-data;[^,]*boundary=[^,]+$',
              'multipart/form-data; boundary=voxpact-part',
            ),
          },
          body: [
            {
              name: string('recording'),
              filename: string('utterance.wav'),
              contentType: regex('^audio/.+$', 'audio/wav'),
              body: regex('^UklGR.*$', wavExample),
            },
          ],
        }),
        destination<HttpMessage>({ status: 200 }),
      ],
    },
    {
      description: 'read a customer whom nobody knows',
      negative: true,
      basis: inferred('a look-up without a result has to reach the error path of the block'),
      given: [state(`customer ${unknownPhone} is unknown`, { phone: unknownPhone })],
      free: onlyStatus,
      steps: [readCustomer(unknownPhone), destination<HttpMessage>({ status: 404 })],
    },
    {
      description: 'read a customer while the API is slower than the block waits',
      negative: true,
      basis: documented(`${restBlock}: timeout; the outputs stay undefined and the flow goes on`),
      given: [state('api is slow', { delayMs: 600 })],
      stepTimeoutMs: 300,
      steps: [readCustomer(phone), destination<HttpMessage>({ fault: 'timeout' })],
    },
    {
      description: 'read a customer and get HTML',
      negative: true,
      basis: inferred('the block expects JSON and is not promised it; it must leave its outputs unset'),
      given: [state('api returns html')],
      steps: [
        readCustomer(phone),
        destination<HttpMessage>({
          status: 200,
          headers: { 'content-type': regex('^text/html(;[^,]*)?$', 'text/html; charset=utf-8') },
          body: regex('^<.*', '<html><body>maintenance</body></html>'),
        }),
      ],
    },
    refusedCertificate('expired', 'api certificate is expired', 'CERT_HAS_EXPIRED'),
    refusedCertificate('of another host', 'api certificate is of another host', 'ERR_TLS_CERT_ALTNAME_INVALID'),
    refusedCertificate('self-signed', 'api certificate is self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'),
    refusedCertificate(
      'of an authority that nobody knows',
      'api certificate is of an unknown authority',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ),
    {
      description: 'read a customer with the client certificate that the API demands',
      basis: assumed('an API may demand a certificate of its client (RFC 8446, section 4.3.2)'),
      given: [certificateDemanded, state('client certificate is issued', { commonName: clientName }), customerIsGold],
      free: noCaching,
      steps: [source<HttpMessage>({ ...customerRequest(phone), clientCertificate: clientName }), goldCustomer],
    },
    {
      description: 'read a customer without the client certificate that the API demands',
      negative: true,
      basis: assumed('the API refuses the request and not the handshake, as nginx does with 400 and others with 403'),
      given: [certificateDemanded],
      free: onlyStatus,
      steps: [readCustomer(phone), destination<HttpMessage>({ status: statusCode([400, 401, 403], 400) })],
    },
    throughProxy('read a customer through the forward proxy', 'requests go through the forward proxy'),
    throughProxy('read a customer through the second forward proxy', 'the first proxy is down'),
    {
      description: 'read a customer through a forward proxy that opens no tunnel',
      negative: true,
      basis: inferred(
        `${proxied}; one that cannot reach the API answers CONNECT with an error (RFC 9110, section 9.3.6)`,
      ),
      given: [state('requests go through the forward proxy'), state('the proxy cannot reach the api')],
      free: onlyStatus,
      steps: [connect, destination<HttpMessage>({ status: statusCode([502, 503, 504], 502) })],
    },
  ],
});
