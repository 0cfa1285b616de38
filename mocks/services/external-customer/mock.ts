import { setTimeout as delay } from 'node:timers/promises';
import { dialect } from '../../../contracts/dialect.ts';
import type { Json } from '../../../contracts/matchers.ts';
import type { HttpFault, HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { world as fixture } from '../../../contracts/world.ts';
import { changed, without } from '../../common/changed.ts';
import type { HttpServiceMock, RespondContext, Transport } from '../../protocols/http/service.ts';

const routes = dialect.http.externalCustomer;
const json = { 'content-type': 'application/json', 'cache-control': 'no-store' };

interface Customer {
  customerId: string;
  tier: string;
  openTickets: number;
}

/** All that one running mock knows. */
interface CustomerWorld {
  /** By phone number. */
  customers: ReadonlyMap<string, Customer>;
  /** By ticket id. */
  tickets: ReadonlyMap<string, { status: string }>;
  /** How many tickets were ever created; a number is not given twice. */
  ticketsCreated: number;
  delayMs: number;
  answersHtml: boolean;
  transport: Transport;
  demandsClientCertificate: boolean;
  /** Whether the forward proxies open tunnels. */
  opensTunnels: boolean;
}

const directly: Transport = { certificate: 'valid', proxies: [] };

const reached = (world: CustomerWorld, change: Partial<Transport>) =>
  changed(world, { transport: { ...world.transport, ...change } });

/** A customer's own API, after the sample of connection 44: customers by phone number, tickets, uploads. */
const externalCustomer: HttpServiceMock<CustomerWorld> = {
  system: 'External/customer',
  notModelled: [
    'whether the authorization is valid: any is let in',
    'which forward proxy a request came through: the second one is known by the first being down',
    'forward proxies that ask for a login (407), or that are reached over TLS',
    'refusal of a client certificate in the handshake: the request is refused',
  ],
  createWorld: () => ({
    customers: new Map(),
    tickets: new Map(),
    ticketsCreated: 0,
    delayMs: 0,
    answersHtml: false,
    transport: directly,
    demandsClientCertificate: false,
    opensTunnels: true,
  }),
  transport: (world) => world.transport,
  respond,
  states: {
    [`customer ${fixture.customer.phone} is gold`]: (world, { phone, customerId, tier, openTickets }) => {
      const customer = { customerId: String(customerId), tier: String(tier), openTickets: Number(openTickets) };
      return changed(world, { customers: new Map(world.customers).set(String(phone), customer) });
    },
    [`customer ${fixture.customer.unknownPhone} is unknown`]: (world, { phone }) =>
      changed(world, { customers: without(world.customers, String(phone)) }),
    'ticket T-1 exists': (world, { ticketId }) =>
      changed(world, { tickets: new Map(world.tickets).set(String(ticketId), { status: 'open' }) }),
    'ticketing is up': (world) => changed(world, { tickets: new Map(), ticketsCreated: 0 }),
    'upload is allowed': (world) => changed(world, {}),
    'api is slow': (world, { delayMs }) => changed(world, { delayMs: Number(delayMs) }),
    'api returns html': (world) => changed(world, { answersHtml: true }),
    'api certificate is expired': (world) => reached(world, { certificate: 'expired' }),
    'api certificate is of another host': (world) => reached(world, { certificate: 'wrong-host' }),
    'api certificate is self-signed': (world) => reached(world, { certificate: 'self-signed' }),
    'api certificate is of an unknown authority': (world) => reached(world, { certificate: 'untrusted' }),
    'api demands a client certificate': (world) => changed(world, { demandsClientCertificate: true }),
    'client certificate is issued': (world, { commonName }) => reached(world, { clientName: String(commonName) }),
    'requests go through the forward proxy': (world) => reached(world, { proxies: ['up'] }),
    'the first proxy is down': (world) => reached(world, { proxies: ['down', 'up'] }),
    'the proxy cannot reach the api': (world) => changed(world, { opensTunnels: false }),
  },
};

async function respond(
  request: HttpRequest,
  world: CustomerWorld,
  context: RespondContext,
): Promise<HttpResponse | HttpFault> {
  if (request.method === 'CONNECT')
    return world.opensTunnels ? { status: 200 } : refuse(502, 'the api cannot be reached');
  if (world.demandsClientCertificate && request.clientCertificate === undefined) {
    return refuse(400, 'no required client certificate was sent');
  }
  if (world.delayMs > 0) await delay(world.delayMs, undefined, { signal: context.signal });
  if (world.answersHtml) {
    const headers = { 'content-type': 'text/html; charset=utf-8' };
    return { status: 200, headers, body: '<html><body>maintenance</body></html>' };
  }
  const { method, path } = request;
  if (method === 'GET' && path === routes.customers) return readCustomer(request, world);
  if (method === 'POST' && path === routes.tickets) return createTicket(world);
  if (path.startsWith(`${routes.tickets}/`)) return changeTicket(request, world);
  if (method === 'POST' && path === routes.recordings) return { status: 200 };
  return refuse(404, `${method} ${path} is not a route`);
}

function readCustomer({ query = {} }: HttpRequest, world: CustomerWorld): HttpResponse {
  const customer = world.customers.get(String(query.phone));
  return customer === undefined
    ? refuse(404, 'customer not found')
    : { status: 200, headers: json, body: { ...customer } };
}

function createTicket(world: CustomerWorld): HttpResponse {
  world.ticketsCreated += 1;
  const ticketId = `T-${world.ticketsCreated}`;
  world.tickets = new Map(world.tickets).set(ticketId, { status: 'open' });
  return { status: 201, headers: { ...json, location: `${routes.tickets}/${ticketId}` }, body: { ticketId } };
}

function changeTicket({ method, path, body }: HttpRequest, world: CustomerWorld): HttpResponse {
  const ticketId = path.slice(routes.tickets.length + 1);
  if (!world.tickets.has(ticketId)) return refuse(404, 'ticket not found');
  if (method === 'DELETE') {
    world.tickets = without(world.tickets, ticketId);
    return { status: 204 };
  }
  const { status } = body as { status: string };
  world.tickets = new Map(world.tickets).set(ticketId, { status });
  return { status: 200, headers: json, body: { ticketId, status } };
}

function refuse(status: number, message: Json): HttpResponse {
  return { status, headers: json, body: { error: message } };
}

export default externalCustomer;
