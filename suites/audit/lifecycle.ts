import { connect } from 'node:net';
import type { Contract } from '../../contracts/contract.ts';
import { rowOf } from '../../contracts/parts.ts';
import type { SetState } from '../../harness/verify/interaction.ts';
import type { MockServer } from '../../mocks/adapter.ts';
import { startKafka } from '../../mocks/protocols/kafka/server.ts';
import { adapterFor, serviceMock } from '../../mocks/registry.ts';
import { type Peer, tcpPeer, withPeer } from './bad-peers.ts';
import { only, verifyContracts, verifyHere } from './run.ts';
import { type Aftermath, broken, type Situation, unproven } from './situation.ts';

const free = { host: '127.0.0.1', port: 0 };
const stepTimeoutMs = 5_000;

/** Uses the harness's own destination of a contract, as if it were somebody else's. */
async function withMock(contract: Contract, use: (mock: MockServer) => Promise<Aftermath>): Promise<Aftermath> {
  const { listens, protocol } = rowOf(contract);
  const [adapter, service] = await Promise.all([adapterFor(protocol), serviceMock(contract)]);
  if (service === undefined) throw new Error(`${listens} has no mock`);
  const mock = await adapter.serve({ contracts: [contract], service, listen: free });
  try {
    return await use(mock);
  } finally {
    await mock.close();
  }
}

/** The first interaction is answered; then the destination goes away for good. */
const gone = (protocol: string, number: number, interaction: string, sentence: string | RegExp): Situation => ({
  name: `${protocol}: a destination that dies between two interactions`,
  happen: async () => {
    const contract = await only(number, interaction, { stepTimeoutMs });
    const [first] = contract.interactions;
    if (first === undefined) throw new Error('no interaction');
    const twice: Contract = { ...contract, interactions: [first, { ...first, description: 'the same again' }] };
    let begun = false;
    return withMock(contract, (mock) =>
      verifyContracts([twice], 'destination', {
        foreign: {
          at: mock.address,
          async setState(state) {
            if (!begun) return mock.setState(state).finally(() => (begun = true));
            await mock.close();
            return { values: {}, undo: async () => {} };
          },
        },
      }),
    );
  },
  ...unproven,
  sentence,
});

/** Forwards to the mock and hangs up on both once so many bytes have come from it. */
function cutting({ host, port }: MockServer['address'], bytes: number): Promise<Peer> {
  return tcpPeer((client) => {
    const upstream = connect(port, host);
    let left = bytes;
    client.on('data', (chunk) => upstream.write(chunk)).on('close', () => upstream.destroy());
    upstream.on('error', () => client.destroy()).on('close', () => client.destroy());
    upstream.on('data', (chunk) => {
      client.write(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0) client.destroySoon();
    });
  });
}

const cut = (
  protocol: string,
  number: number,
  interaction: string,
  bytes: number,
  sentence: string | RegExp,
): Situation => ({
  name: `${protocol}: a destination that dies in the middle of an exchange`,
  happen: async () => {
    const contract = await only(number, interaction, { stepTimeoutMs });
    return withMock(contract, (mock) =>
      withPeer(cutting(mock.address, bytes), ({ host, port }) =>
        verifyContracts([contract], 'destination', {
          foreign: { at: { ...mock.address, host, port }, setState: (state) => mock.setState(state) },
        }),
      ),
    );
  },
  ...broken,
  sentence,
});

/** A real server that is all right, given to the command with a login. */
const login = (
  protocol: string,
  number: number,
  interaction: string,
  what: string,
  url: (mock: MockServer) => string,
  sentence: string | RegExp,
): Situation => ({
  name: `${protocol}: ${what}`,
  happen: async () =>
    withMock(await only(number, interaction), (mock) => verifyHere(String(number), '--at', url(mock))),
  ...unproven,
  sentence,
});

const newCall = 'a new inbound call at a routing point is streamed with ANI and DNIS';
const held = 'a call is held and retrieved';
const findDn = 'a DN is found by its switch and number';
const options51 = 'OPTIONS is answered while the proxy is in service';
const options57 = 'OPTIONS is answered while the service is up';

/** Destinations that are there at first, and real servers that let nobody in. */
export const lifecycle: readonly Situation[] = [
  gone('HTTP', 26, 'read the own tenant back', /nobody listens at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)/),
  gone('HTTPS', 44, 'read a customer', /nobody listens at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)/),
  gone('TCP', 3, 'open a configuration session', /nobody answers at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)/),
  gone('Redis', 49, newCall, /Redis at 127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\)/),
  gone('PostgreSQL', 13, findDn, /PostgreSQL at 127\.0\.0\.1:\d+ takes no connections: ECONNREFUSED/),
  gone('SIP/TCP', 51, options51, /refused the TCP connection; is anything listening there\?/),
  gone('SIP/UDP', 57, options57, /takes no datagrams; is anything listening there\?/),
  cut('HTTP', 26, 'read the own tenant back', 40, /ended the connection before its answer was whole/),
  cut('TCP', 3, 'open a configuration session', 6, /the stream ended after 6 bytes of a frame/),
  // The harness's own look at the server is cut first, and then nothing can be judged.
  { ...cut('Redis', 49, newCall, 30, /the connection to Redis at 127\.0\.0\.1:\d+ was lost;/), ...unproven },
  cut(
    'PostgreSQL',
    13,
    findDn,
    400,
    /PostgreSQL at 127\.0\.0\.1:\d+ closed the connection in the middle of the interaction/,
  ),
  cut('SIP/TCP', 51, 'a call with an offer is answered and released', 40, /closed the connection; .* had not come/),
  {
    name: 'Kafka: a topic that is not there',
    happen: async () => {
      const broker = await startKafka({ listen: free });
      try {
        const setState: SetState = async () => ({ values: {}, undo: async () => {} });
        return await verifyContracts([await only(50, held)], 'destination', {
          foreign: { at: broker.address, setState },
        });
      } finally {
        await broker.close();
      }
    },
    ...broken,
    sentence: /UNKNOWN_TOPIC_OR_PARTITION/,
  },
  login(
    'Redis',
    49,
    newCall,
    'a wrong password',
    ({ address }) => `redis://admin:wrong@127.0.0.1:${address.port}`,
    /refused the login of user admin \(WRONGPASS\)/,
  ),
  login(
    'Redis',
    49,
    newCall,
    'no login where one is needed',
    ({ address }) => `redis://127.0.0.1:${address.port}`,
    /refused the login of user default \(NOAUTH\)/,
  ),
  login(
    'PostgreSQL',
    13,
    findDn,
    'a wrong password',
    ({ address }) => `postgres://postgres:wrong@127.0.0.1:${address.port}`,
    /as postgres: password authentication failed/,
  ),
  login(
    'PostgreSQL',
    13,
    findDn,
    'a login that may not look at the log',
    ({ address }) => `postgres://${address.user}:${address.password}@127.0.0.1:${address.port}`,
    /permission denied for function pg_current_logfile/,
  ),
];
