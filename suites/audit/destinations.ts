import type { SetState } from '../../harness/verify/interaction.ts';
import {
  closingPeer,
  garbage,
  garbagePeer,
  httpPeer,
  nobody,
  type Peer,
  silentPeer,
  tcpPeer,
  udpPeer,
  withPeer,
} from './bad-peers.ts';
import { only, verifyContracts } from './run.ts';
import { broken, type Situation, unproven, type Wire } from './situation.ts';

/** For a peer that answers, however busy the machine is. */
export const stepTimeoutMs = 10_000;
/** For a peer that says nothing, where this is what it takes. */
export const patienceMs = 400;

/** For a peer that has no states, and needs none to do something wrong. */
export const anyState: SetState = async () => ({ values: {}, undo: async () => {} });

const http: Wire = { protocol: 'HTTP', number: 26, interaction: 'read the own tenant back' };
const storage: Wire = { protocol: 'HTTP', number: 24, interaction: 'read a message' };
const tcp: Wire = { protocol: 'TCP', number: 3, interaction: 'read all persons' };
const sipTcp: Wire = {
  protocol: 'SIP/TCP',
  number: 51,
  interaction: 'OPTIONS is answered while the proxy is in service',
};
const sipUdp: Wire = { protocol: 'SIP/UDP', number: 57, interaction: 'OPTIONS is answered while the service is up' };

/** Longer than any label of a host name may be (RFC 1035, 2.3.4), so that no resolver has to be asked. */
const noHost = `${'x'.repeat(64)}.invalid`;
/** A host that does not exist. */
export const elsewhere = async (): Promise<Peer> => ({
  host: noHost,
  port: 9,
  at: `${noHost}:9`,
  close: async () => {},
});

/** A destination of somebody else's, of which one interaction is asked. */
export const against = (
  { protocol, number, interaction }: Wire,
  what: string,
  start: () => Promise<Peer>,
  expected: typeof broken,
  sentence: string | RegExp,
  options: { ca?: () => Promise<string>; stepTimeoutMs?: number } = {},
): Situation => ({
  name: `${protocol}: a destination ${what}`,
  happen: () =>
    withPeer(start(), async ({ host, port }) => {
      const contract = await only(number, interaction, { stepTimeoutMs: options.stepTimeoutMs ?? stepTimeoutMs });
      const at = { host, port, ...(options.ca === undefined ? {} : { ca: await options.ca() }) };
      return verifyContracts([contract], 'destination', { foreign: { at, setState: anyState } });
    }),
  ...expected,
  sentence,
});

/** Answers 200; with a length, it promises so many bytes and goes away. */
export const http200 = (body: string | Buffer, length?: number) => () =>
  httpPeer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': length ?? body.length });
    response.write(body);
    if (length === undefined) response.end();
    else setTimeout(() => response.destroy(), 20);
  });

/** Destinations over HTTP, TCP and SIP that are not there, or do one thing wrong. */
export const destinations: readonly Situation[] = [
  against(http, 'where nobody listens', nobody, unproven, /nobody listens at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)/),
  against(http, 'on a host that does not exist', elsewhere, unproven, /nobody listens at x+\.invalid:9 \(/),
  against(http, 'that never answers', silentPeer, broken, /no answer: no whole response within 400 ms/, {
    stepTimeoutMs: patienceMs,
  }),
  against(
    http,
    'that hangs up',
    closingPeer,
    broken,
    /ended the connection before its answer was whole \(ECONNRESET\)/,
  ),
  against(http, 'that speaks another protocol', garbagePeer, broken, /the answer is not HTTP\/1\.1/),
  against(
    http,
    'that dies in the middle of its answer',
    http200('{"tenantUuid":', 500),
    broken,
    /ended the connection before its answer was whole/,
  ),
  against(http, 'whose answer is no JSON', http200('<html>'), broken, /\$\.body/),
  against(
    http,
    'whose answer is too large',
    http200(Buffer.alloc(9 * 1024 * 1024, 'x')),
    broken,
    /the response body is larger than 8388608 bytes/,
  ),
  against(
    storage,
    'that finds the clock of the source wrong',
    () =>
      httpPeer((_, response) => {
        response.writeHead(403, { 'x-ms-error-code': 'AuthenticationFailed', 'x-ms-request-id': 'r' }).end();
      }),
    broken,
    /\$\.status: expected 20\d.*, got 403/,
  ),

  against(tcp, 'where nobody listens', nobody, unproven, /nobody answers at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)/),
  against(tcp, 'on a host that does not exist', elsewhere, unproven, /nobody answers at x+\.invalid:9 \(/),
  against(tcp, 'that never answers', silentPeer, broken, /no EventObjectsRead came within 400 ms/, {
    stepTimeoutMs: patienceMs,
  }),
  against(tcp, 'that hangs up', closingPeer, broken, /the destination closed the connection before EventObjectsRead/),
  against(tcp, 'that speaks another protocol', garbagePeer, broken, /a frame of the destination cannot be read/),
  against(
    tcp,
    'whose frame is too large',
    () => tcpPeer((socket) => void socket.once('data', () => socket.write(Buffer.alloc(64, 0x7f)))),
    broken,
    /a frame announces 2139062143 bytes; 2 to 16777216 are allowed/,
  ),

  against(
    sipTcp,
    'where nobody listens',
    nobody,
    unproven,
    /refused the TCP connection; is anything listening there\?/,
  ),
  against(sipTcp, 'on a host that does not exist', elsewhere, unproven, /nobody answers at x+\.invalid:9 \(/),
  against(sipTcp, 'that never answers', silentPeer, broken, /waited 400 ms for 200.* over TCP; it did not come/, {
    stepTimeoutMs: patienceMs,
  }),
  against(
    sipTcp,
    'that hangs up',
    closingPeer,
    broken,
    /closed the connection; (200.* had not come|the dialog was not finished)/,
  ),
  against(
    sipTcp,
    'that speaks another protocol',
    garbagePeer,
    broken,
    /waited 400 ms for 200.* over TCP; it did not come/,
    { stepTimeoutMs: patienceMs },
  ),
  against(sipUdp, 'where nobody listens', nobody, unproven, /takes no datagrams; is anything listening there\?/, {
    stepTimeoutMs: patienceMs,
  }),
  against(sipUdp, 'that never answers', () => udpPeer(), broken, /waited 400 ms for 200.* over UDP; it did not come/, {
    stepTimeoutMs: patienceMs,
  }),
  against(sipUdp, 'that speaks another protocol', () => udpPeer(garbage), broken, /sent what is no SIP message/, {
    stepTimeoutMs: patienceMs,
  }),
];
