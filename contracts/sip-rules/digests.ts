import { createHash } from 'node:crypto';
import type { SipDigest } from '../messages/sip.ts';
import type { RequestEntry, SipRecord } from './record.ts';
import { type Occasion, occasion, rule, type SipRule } from './rule.ts';

const one = (value: SipDigest | SipDigest[] | undefined) => (Array.isArray(value) ? value[0] : value);
const places = [
  { asks: 'www-authenticate', answers: 'authorization', status: 401 },
  { asks: 'proxy-authenticate', answers: 'proxy-authorization', status: 407 },
] as const;

interface Credentials {
  request: RequestEntry;
  params: Record<string, string>;
  path: string;
  place: (typeof places)[number];
}

function credentials({ requests }: SipRecord): Credentials[] {
  return requests.flatMap((request) =>
    places.flatMap((place) => {
      const digest = one(request.message.headers[place.answers]);
      if (digest === undefined) return [];
      return [{ request, params: digest.params, path: `$.headers.${place.answers}.params`, place }];
    }),
  );
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** The response that a password gives (RFC 2617, section 3.2.2.1); undefined where another algorithm is asked for. */
function digestResponse(params: Record<string, string>, method: string, password: string): string | undefined {
  const { username, realm, nonce, uri, nc, cnonce, qop, algorithm = 'MD5' } = params;
  if (algorithm.toUpperCase() !== 'MD5' || qop === 'auth-int') return undefined;
  const [secret, asked] = [md5(`${username}:${realm}:${password}`), md5(`${method}:${uri}`)];
  return qop === undefined
    ? md5(`${secret}:${nonce}:${asked}`)
    : md5([secret, nonce, nc, cnonce, qop, asked].join(':'));
}

function digests(record: SipRecord): Occasion[] {
  const lastCounts = new Map<string, number>();
  return credentials(record).flatMap(({ request, params, path, place }) => {
    const { requestUri, headers, method } = request.message;
    const { uri, nonce = '', nc = '', username = '' } = params;
    const sameCall = (callId: string | undefined) => callId === headers['call-id'];
    const challenge = record.responses.findLast(
      ({ index, message }) =>
        index < request.index && message.status === place.status && sameCall(message.headers['call-id']),
    );
    const asked = one(challenge?.message.headers[place.asks])?.params;
    const count = Number.parseInt(nc, 16);
    const before = lastCounts.get(nonce);
    lastCounts.set(nonce, count);
    const password = record.passwords?.[username];
    const response = password === undefined ? undefined : digestResponse(params, method, password);
    return [
      occasion(
        request,
        `${path}.uri`,
        uri === requestUri,
        `it has to be the Request-URI, "${requestUri}", got "${uri}"`,
      ),
      ...(asked === undefined
        ? []
        : (['realm', 'nonce'] as const).map((name) =>
            occasion(
              request,
              `${path}.${name}`,
              params[name] === asked[name],
              `it has to be "${asked[name]}", as asked`,
            ),
          )),
      ...(before === undefined
        ? []
        : [occasion(request, `${path}.nc`, count > before, `it rises for each use of a nonce, got ${nc}`)]),
      ...(response === undefined
        ? []
        : [occasion(request, `${path}.response`, params.response === response, 'it is not what the password gives')]),
    ];
  });
}

/** A request that was challenged with credentials in it, and not for a stale nonce, is not tried once more. */
function retries(record: SipRecord): Occasion[] {
  return credentials(record).map(({ request, path, place }) => {
    const earlier = credentials(record).filter(
      (each) =>
        each.request.index < request.index &&
        each.request.message.method === request.message.method &&
        each.request.message.headers['call-id'] === request.message.headers['call-id'],
    );
    const refused = earlier.filter(({ request: before }) =>
      record.answersTo(before).some(({ message }) => {
        const again = one(message.headers[place.asks])?.params;
        return message.status === place.status && again?.stale?.toLowerCase() !== 'true';
      }),
    );
    return occasion(request, path, refused.length === 0, 'the same credentials were refused before');
  });
}

/** What RFC 3261 and RFC 2617 ask of challenges and their answers. */
export const digestRules: readonly SipRule[] = [
  rule(
    'X08',
    '3261, section 22.4',
    'the answer to a challenge is for the Request-URI, of the realm and the nonce asked',
    digests,
  ),
  rule('X08-retry', '3261, section 22.1', 'credentials that were refused are not tried again', retries),
];
