import { generate } from 'selfsigned';
import { makeCertificates } from '../../mocks/protocols/http/tls.ts';
import { nobody, silentPeer, tlsPeer, withPeer } from './bad-peers.ts';
import { against, anyState, http200, patienceMs, stepTimeoutMs } from './destinations.ts';
import { only, verifyContracts, verifyHere } from './run.ts';
import { broken, type Situation, unproven, type Wire } from './situation.ts';

const dayMs = 24 * 60 * 60 * 1000;
const https: Wire = { protocol: 'HTTPS', number: 44, interaction: 'read a customer' };

/** A key, its certificate, and the authority that a source trusts; all PEM. */
interface Credentials {
  key: string;
  cert: string;
  ca: string;
}

/** A certificate that is its own authority. */
async function selfSigned(name: string, notBeforeDate: Date): Promise<Credentials> {
  const made = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    notBeforeDate,
    notAfterDate: new Date(Date.now() + 30 * dayMs),
    extensions: [
      { name: 'subjectAltName', altNames: [/^[\d.]+$/.test(name) ? { type: 7, ip: name } : { type: 2, value: name }] },
    ],
  });
  return { key: made.private, cert: made.cert, ca: made.cert };
}

/** A destination that speaks TLS with such credentials. */
const overTls = (what: string, credentials: () => Promise<Credentials>, reason: string): Situation => ({
  name: `HTTPS: a destination ${what}`,
  happen: async () => {
    const { ca, ...shown } = await credentials();
    return withPeer(tlsPeer(shown), async ({ host, port }) =>
      verifyContracts([await only(https.number, https.interaction, { stepTimeoutMs })], 'destination', {
        foreign: { at: { host, port, ca }, setState: anyState },
      }),
    );
  },
  ...broken,
  sentence: new RegExp(`TLS with 127\\.0\\.0\\.1:\\d+ failed \\(${reason}\\)`),
});

const trusted = { ca: async () => (await makeCertificates('127.0.0.1')).ca };

/** Destinations over HTTPS that are not there, or that nobody should trust. */
export const tls: readonly Situation[] = [
  against(
    https,
    'where nobody listens',
    nobody,
    unproven,
    /nobody listens at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)/,
    trusted,
  ),
  overTls(
    'whose authority nobody trusts',
    async () => ({ ...(await makeCertificates('127.0.0.1')).valid, ca: await trusted.ca() }),
    'UNABLE_TO_\\w+|CERT_SIGNATURE_FAILURE',
  ),
  overTls(
    'whose certificate is expired',
    async () => {
      const { ca, expired } = await makeCertificates('127.0.0.1');
      return { ...expired, ca };
    },
    'CERT_HAS_EXPIRED',
  ),
  overTls(
    'whose clock is a day ahead, and so its new certificate is not valid yet',
    () => selfSigned('127.0.0.1', new Date(Date.now() + dayMs)),
    'CERT_NOT_YET_VALID',
  ),
  overTls(
    'whose certificate is of another host',
    () => selfSigned('other.example', new Date(Date.now() - dayMs)),
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ),
  against(https, 'that speaks no TLS', http200('{}'), broken, /TLS with 127\.0\.0\.1:\d+ failed \(/, trusted),
  against(
    https,
    'that never says hello',
    silentPeer,
    broken,
    /no answer: the request could not be sent within 5000 ms/,
    {
      ...trusted,
      stepTimeoutMs: patienceMs,
    },
  ),
  {
    name: 'HTTPS: a destination given by its URL that speaks no TLS',
    happen: () =>
      withPeer(http200('{}')(), ({ at }) => verifyHere('44', '--at', `https://${at}`, '--states', `http://${at}/`)),
    ...broken,
    sentence: /TLS with 127\.0\.0\.1:\d+ failed \(/,
  },
];
