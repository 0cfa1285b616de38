import { closingPeer, garbagePeer, nobody, type Peer, silentPeer, withPeer } from './bad-peers.ts';
import { elsewhere } from './destinations.ts';
import { verifyHere } from './run.ts';
import { type Situation, unproven } from './situation.ts';

/** Real software, which the command looks at with a login of its own before it plays anything. */
const software = (
  protocol: string,
  number: number,
  scheme: string,
  what: string,
  start: () => Promise<Peer>,
  sentence: string | RegExp,
): Situation => ({
  name: `${protocol}: a server ${what}`,
  happen: () => withPeer(start(), ({ at }) => verifyHere(String(number), '--at', `${scheme}://${at}`)),
  ...unproven,
  sentence,
});

/** Real servers that are not there, or are something else. */
export const servers: readonly Situation[] = [
  software(
    'Redis',
    49,
    'redis',
    'where nobody listens',
    nobody,
    /Redis at 127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\)/,
  ),
  software(
    'Redis',
    49,
    'redis',
    'on a host that does not exist',
    elsewhere,
    /Redis at x+\.invalid:9 cannot be reached \(/,
  ),
  software(
    'Redis',
    49,
    'redis',
    'that never answers',
    silentPeer,
    /Redis at 127\.0\.0\.1:\d+ took the connection but did not answer in time/,
  ),
  software(
    'Redis',
    49,
    'redis',
    'that hangs up',
    closingPeer,
    /Redis at 127\.0\.0\.1:\d+ closed the connection at once/,
  ),
  software(
    'Redis',
    49,
    'redis',
    'that speaks another protocol',
    garbagePeer,
    /does not speak RESP, the protocol of Redis/,
  ),
  software('Kafka', 50, 'kafka', 'where nobody listens', nobody, /no Kafka broker can be reached at 127\.0\.0\.1:\d+/),
  software(
    'Kafka',
    50,
    'kafka',
    'on a host that does not exist',
    elsewhere,
    /no Kafka broker can be reached at x+\.invalid:9/,
  ),
  software(
    'Kafka',
    50,
    'kafka',
    'that never answers',
    silentPeer,
    /the Kafka broker at 127\.0\.0\.1:\d+ gave no readable answer/,
  ),
  software(
    'Kafka',
    50,
    'kafka',
    'that hangs up',
    closingPeer,
    /the Kafka broker at 127\.0\.0\.1:\d+ closed the connection/,
  ),
  software(
    'Kafka',
    50,
    'kafka',
    'that speaks another protocol',
    garbagePeer,
    /the Kafka broker at 127\.0\.0\.1:\d+ gave no readable answer/,
  ),
  software(
    'PostgreSQL',
    13,
    'postgres',
    'where nobody listens',
    nobody,
    /could not enter database t100 of PostgreSQL at 127\.0\.0\.1:\d+ as postgres: connect ECONNREFUSED/,
  ),
  software(
    'PostgreSQL',
    13,
    'postgres',
    'on a host that does not exist',
    elsewhere,
    /PostgreSQL at x+\.invalid:9 as postgres: getaddrinfo/,
  ),
  software(
    'PostgreSQL',
    13,
    'postgres',
    'that never answers',
    silentPeer,
    /PostgreSQL at 127\.0\.0\.1:\d+ as postgres: timeout expired/,
  ),
  software(
    'PostgreSQL',
    13,
    'postgres',
    'that hangs up',
    closingPeer,
    /PostgreSQL at 127\.0\.0\.1:\d+ as postgres: Connection terminated unexpectedly/,
  ),
  software(
    'PostgreSQL',
    13,
    'postgres',
    'that speaks another protocol',
    garbagePeer,
    /as postgres: what answers does not speak its protocol/,
  ),
];
