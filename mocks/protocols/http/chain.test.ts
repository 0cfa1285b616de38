import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { assumed, type Contract, destination, type Interaction, source, state } from '../../../contracts/contract.ts';
import { judge } from '../../../contracts/conversation.ts';
import { bind, bound, integer, regex } from '../../../contracts/matchers.ts';
import type { HttpMessage, HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import type { MockServer } from '../../adapter.ts';
import { adapter } from './adapter.ts';
import type { HttpServiceMock } from './service.ts';

const interaction: Interaction = {
  description: 'create a ticket, then read it where it was put',
  basis: assumed('for this test'),
  given: [state('ticketing is up')],
  steps: [
    source<HttpMessage>({ method: 'POST', path: '/tickets' }),
    destination<HttpMessage>({
      status: 201,
      headers: { location: bind('ticket', regex('^/tickets/[0-9]+$', '/tickets/1')) },
    }),
    source<HttpMessage>({ method: 'GET', path: bound('ticket', '/tickets/1') }),
    destination<HttpMessage>({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: { id: integer(1) },
    }),
  ] as Interaction['steps'],
};
const contract: Contract = { connection: 44, part: { name: 'tickets', protocol: 'HTTP' }, interactions: [interaction] };

/** Puts every ticket at number 7. */
const tickets = (created: HttpResponse): HttpServiceMock<object> => ({
  system: 'External/customer',
  notModelled: [],
  createWorld: () => ({}),
  states: {},
  respond: ({ method, path }: HttpRequest) =>
    method === 'POST'
      ? created
      : { status: path === '/tickets/7' ? 200 : 404, headers: { 'content-type': 'application/json' }, body: { id: 7 } },
});

describe('an interaction of two exchanges', () => {
  let server: MockServer | undefined;
  beforeEach(() => {
    server = undefined;
  });
  afterEach(() => server?.close());

  async function played(created: HttpResponse) {
    const listen = { host: '127.0.0.1', port: 0 };
    server = await adapter.serve({ contracts: [contract], service: tickets(created) as never, listen });
    const { signal } = new AbortController();
    const { messages, failure } = await adapter.play({ contract, interaction, values: {} }, server.address, signal);
    await server.settled();
    const recorded = server.exchanges();
    const judged = (side: 'destination' | 'source', of: typeof messages) =>
      judge(interaction, of, adapter.profile, side).map(({ message }) => message);
    return {
      sent: messages.filter(({ from }) => from === 'source').map(({ content }) => (content as HttpRequest).path),
      failure,
      destination: judged('destination', messages),
      source: judged(
        'source',
        recorded.flatMap((each) => each.messages),
      ),
      strays: recorded.flatMap((each) => each.failure?.message ?? []),
    };
  }

  test('sends the second request with what the first answer said, and the mock knows it', async () => {
    expect(await played({ status: 201, headers: { location: '/tickets/7' } })).toEqual({
      sent: ['/tickets', '/tickets/7'],
      failure: undefined,
      destination: [],
      source: [],
      strays: [],
    });
  });

  test('names the answer that broke the chain', async () => {
    const { destination: broken } = await played({ status: 500 });
    expect(broken[0]).toBe('$.status: expected 201, got 500 (number)');
  });
});
