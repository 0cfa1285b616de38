import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';
import { loadContracts } from '../../contracts/catalogue.ts';
import type { Contract } from '../../contracts/contract.ts';
import type { HttpFault, HttpResponse } from '../../contracts/messages/http.ts';
import type { TcpMessage } from '../../contracts/messages/tcp.ts';
import { rowOf } from '../../contracts/parts.ts';
import { explain } from '../../harness/report/explain.ts';
import { verify } from '../../harness/verify/run.ts';
import type { Address, MockServer, ServiceMock, StateSet } from '../../mocks/adapter.ts';
import type { HttpServiceMock } from '../../mocks/protocols/http/service.ts';
import type { TcpServiceMock } from '../../mocks/protocols/tcp/service.ts';
import { adapterFor, serviceMock } from '../../mocks/registry.ts';

let contracts: readonly Contract[];
beforeAll(async () => {
  contracts = await loadContracts();
});

/** A connection's contract with only these interactions: the one that is broken, and what it stands on. */
function only(number: number, ...descriptions: string[]): Contract {
  const contract = contracts.find(({ connection }) => connection === number);
  const interactions = contract?.interactions.filter(({ description }) => descriptions.includes(description)) ?? [];
  if (contract === undefined || interactions.length !== descriptions.length) {
    throw new Error(`connection ${number} lacks one of "${descriptions.join('", "')}"`);
  }
  return { ...contract, interactions };
}

async function serveBroken(contract: Contract, change: (service: ServiceMock) => ServiceMock): Promise<MockServer> {
  const service = await serviceMock(contract);
  if (service === undefined) throw new Error('no mock');
  const adapter = await adapterFor(rowOf(contract).protocol);
  return adapter.serve({ contracts: [contract], service: change(service), listen: { host: '127.0.0.1', port: 0 } });
}

/** Verifies a destination that is not the harness's own and returns what a user reads of it. */
async function verified(
  contract: Contract,
  at: Address,
  setState: MockServer['setState'],
): Promise<[string, string][]> {
  const run = await verify({
    contracts: [contract],
    sides: ['destination'],
    foreign: { at, setState },
    signal: new AbortController().signal,
  });
  expect(run.verdict).toBe('failed');
  return run.connections
    .flatMap(explain)
    .flatMap(({ where, sentences }) => sentences.map((sentence): [string, string] => [where, sentence]));
}

async function verifiedServer(contract: Contract, server: MockServer): Promise<[string, string][]> {
  try {
    return await verified(contract, server.address, (state) => server.setState(state));
  } finally {
    await server.close();
  }
}

/** The service with each HTTP answer changed. */
const answering =
  (change: (response: HttpResponse) => HttpResponse) =>
  (service: ServiceMock): ServiceMock => {
    const http = service as HttpServiceMock<unknown>;
    const broken: HttpServiceMock<unknown> = {
      ...http,
      respond: async (request, world, context) => {
        const reply: HttpResponse | HttpFault = await http.respond(request, world, context);
        return 'fault' in reply ? reply : change(reply);
      },
    };
    return broken;
  };

describe('a destination with one thing wrong is caught, and the text says where and what', () => {
  test('26 Config Service: a revision that is text', async () => {
    const contract = only(26, 'read the own tenant back');
    const server = await serveBroken(
      contract,
      answering((response) => ({ ...response, body: { ...(response.body as object), revision: '3' } as never })),
    );
    expect(await verifiedServer(contract, server)).toEqual([
      [
        'connection 26 Tenant Service -> Config Service, destination, "read the own tenant back"',
        expect.stringMatching(/^200: \$\.body\.revision: expected .*, got "3" \(string\)$/),
      ],
    ]);
  });

  test('24 Object storage: an answer without its ETag', async () => {
    const contract = only(24, 'store a message');
    const server = await serveBroken(
      contract,
      answering((response) => {
        const { etag: _, ...headers } = response.headers ?? {};
        return { ...response, headers };
      }),
    );
    expect(await verifiedServer(contract, server)).toEqual([
      [
        'connection 24 Voicemail -> Object storage, destination, "store a message"',
        expect.stringMatching(/^201: \$\.headers\.etag: expected .*, got nothing/),
      ],
    ]);
  });

  test('44 External/customer: 200 where a ticket was created', async () => {
    const contract = only(44, 'create a ticket, encoded as JSON');
    const server = await serveBroken(
      contract,
      answering((response) => ({ ...response, status: 200 })),
    );
    expect(await verifiedServer(contract, server)).toEqual([
      [
        'connection 44 Designer Application Server -> External/customer, destination, "create a ticket, encoded as JSON"',
        '201: $.status: expected 201, got 200 (number)',
      ],
    ]);
  });

  test('3 Tenant Service: an answer under another reference id', async () => {
    const contract = only(3, 'open a configuration session', 'read all persons');
    const server = await serveBroken(contract, (service) => {
      const tcp = service as TcpServiceMock<unknown>;
      const broken: TcpServiceMock<unknown> = {
        ...tcp,
        accept(world, session) {
          const handler = tcp.accept(world, session);
          const changed = (message: TcpMessage): TcpMessage =>
            message.name === 'EventObjectsSent' ? { ...message, referenceId: 999 } : message;
          return {
            refuse: (message, reason) => handler.refuse(message, reason),
            onMessage: async (message) => (await handler.onMessage(message))?.map(changed),
          };
        },
      };
      return broken;
    });
    const texts = await verifiedServer(contract, server);
    expect(texts).toContainEqual([
      'connection 3 Billing Data Service -> Tenant Service, destination, "read all persons"',
      expect.stringMatching(/^EventObjectsSent.*: \$\.referenceId: expected .*, got 999 \(number\)$/),
    ]);
  });

  test('9 Redis: a server that is out of memory', async () => {
    const contract = only(9, 'the whole configuration is loaded into an empty cache');
    const server = await serveBroken(contract, (service) => service);
    const { host, port, user = '', password = '' } = server.address;
    const admin = new Redis({ host, port, username: user, password });
    await admin.config('SET', 'maxmemory', '1');
    admin.disconnect();
    const texts = await verifiedServer(contract, server);
    expect(texts[0]?.[0]).toBe(
      'connection 9 Tenant Service -> Redis, destination, "the whole configuration is loaded into an empty cache"',
    );
    expect(texts.map(([, text]) => text)).toContainEqual(
      expect.stringMatching(/: \$\.error: expected null, got "OOM"/),
    );
  });

  test('49 Redis: a server that only reads', async () => {
    const contract = only(49, 'a new inbound call at a routing point is streamed with ANI and DNIS');
    const server = await serveBroken(contract, (service) => service);
    const { host, port, user = '', password = '' } = server.address;
    const admin = new Redis({ host, port, username: user, password });
    await admin.config('SET', 'min-replicas-to-write', '1');
    admin.disconnect();
    const texts = await verifiedServer(contract, server);
    expect(texts[0]?.[0]).toContain(
      'connection 49 Voice SIP Cluster Service -> Redis, destination, "a new inbound call',
    );
    expect(texts.map(([, text]) => text)).toContainEqual(
      expect.stringMatching(/: \$\.error: expected null, got "NOREPLICAS"/),
    );
  });

  test('50 Kafka: a broker that does not keep its limit', async () => {
    const description = 'a record above the limit is refused and the next event goes on';
    const contract = only(50, description);
    const server = await serveBroken(contract, (service) => ({
      ...service,
      states: { ...service.states, 'topic takes records up to': () => ({}) },
    }));
    const texts = await verifiedServer(contract, server);
    expect(texts[0]?.[0]).toBe(`connection 50 Voice SIP Cluster Service -> Kafka, destination, "${description}"`);
    expect(texts.map(([, text]) => text).join('\n')).toContain('MESSAGE_TOO_LARGE');
  }, 60_000);

  test('13 PostgreSQL: a schema without the rule that an employee ID is unique', async () => {
    const description = 'a second person with an employee ID of the same tenant is refused';
    const contract = only(13, description);
    const server = await serveBroken(contract, (service) => service);
    const { host, port, user, password } = server.address;
    const client = new pg.Client({ host, port, user, password, database: 't100', application_name: 'voxpact-test' });
    const drop = async (state: Parameters<MockServer['setState']>[0]): Promise<StateSet> => {
      const set = await server.setState(state);
      await client.query(
        `DO $$ DECLARE name text; BEGIN
           FOR name IN SELECT conname FROM pg_constraint WHERE conrelid = 'cfg.cfg_person'::regclass AND contype = 'u'
           LOOP EXECUTE format('ALTER TABLE cfg.cfg_person DROP CONSTRAINT %I', name); END LOOP; END $$`,
      );
      return set;
    };
    try {
      await client.connect();
      const texts = await verified(contract, server.address, drop);
      expect(texts[0]?.[0]).toBe(`connection 13 Tenant Service -> PostgreSQL, destination, "${description}"`);
      expect(texts.map(([, text]) => text).join('\n')).toContain('23505');
    } finally {
      await client.end();
      await server.close();
    }
  }, 60_000);

  describe('SIP', () => {
    const dead: (() => void)[] = [];
    afterAll(() => {
      for (const stop of dead) stop();
    });

    /** Answers every request with 200 and forgets the tag of To. */
    function answerWithoutTag(request: string): string {
      const copied = request.split('\r\n').filter((line) => /^(via|v|from|f|to|t|call-id|i|cseq)\s*:/i.test(line));
      return [
        'SIP/2.0 200 OK',
        ...copied,
        'Allow: INVITE, ACK, BYE, CANCEL, OPTIONS',
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n');
    }

    const setState = async (): Promise<StateSet> => ({ values: {}, undo: async () => {} });

    test('51 Voice SIP Proxy Service: a response whose To has no tag', async () => {
      const server = createServer((socket) => {
        socket.on('error', () => {});
        socket.on('data', (data) => socket.write(answerWithoutTag(data.toString('latin1'))));
        dead.push(() => socket.destroy());
      });
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      dead.push(() => server.close());
      const { port } = server.address() as { port: number };
      const contract = only(51, 'OPTIONS is answered while the proxy is in service');
      const texts = await verified(contract, { host: '127.0.0.1', port }, setState);
      expect(texts[0]?.[0]).toBe(
        'connection 51 Voice SIP Cluster Service -> Voice SIP Proxy Service, destination, "OPTIONS is answered while the proxy is in service"',
      );
      expect(texts[0]?.[1]).toMatch(/\$\.headers\.to\.tag: expected .*, got nothing/);
    });

    test('57 WebRTC Media Service: a response whose To has no tag', async () => {
      const socket = createSocket('udp4');
      socket.on('message', (data, from) =>
        socket.send(answerWithoutTag(data.toString('latin1')), from.port, from.address),
      );
      await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
      dead.push(() => socket.close());
      const contract = only(57, 'OPTIONS is answered while the service is up');
      const texts = await verified(contract, { host: '127.0.0.1', port: socket.address().port }, setState);
      expect(texts[0]?.[0]).toBe(
        'connection 57 Voice SIP Proxy Service -> WebRTC Media Service, destination, "OPTIONS is answered while the service is up"',
      );
      expect(texts[0]?.[1]).toMatch(/\$\.headers\.to\.tag: expected .*, got nothing/);
    });
  });
});
