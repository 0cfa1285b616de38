import { jsonType } from '../common/http-common.ts';
import { assumed, type Basis, destination, documented, type FreePart, inferred, source, state } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { integer, regex, string } from '../matchers.ts';
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

const readCustomer = (phone: string) =>
  source<HttpMessage>({
    method: 'GET',
    path: routes.customers,
    query: { phone },
    headers: { ...authorized, accept: 'application/json' },
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
      given: [state(`customer ${phone} is gold`, { phone, customerId, tier: 'gold', openTickets: 2 })],
      free: noCaching,
      steps: [
        readCustomer(phone),
        destination<HttpMessage>({
          status: 200,
          headers: { 'content-type': jsonType },
          body: { customerId: regex('^C-[0-9]+$', customerId), tier: 'gold', openTickets: integer(2) },
        }),
      ],
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
    {
      description: 'read a customer from a server whose certificate is expired',
      negative: true,
      basis: inferred('HTTPS with certificates of the server: an expired one ends the call before the request'),
      given: [state('api certificate is expired')],
      steps: [
        // A source that keeps the contract never gets so far as to send this.
        { ...readCustomer(phone), optional: true },
        destination<HttpMessage>({ fault: 'tls', detail: 'CERT_HAS_EXPIRED' }),
      ],
    },
  ],
});
