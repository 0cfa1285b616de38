import { isIP } from 'node:net';
import type { CertificateKind } from './service.ts';

/** Loaded only where there is TLS: nothing else of this wire takes as long to load. */
const generate: typeof import('selfsigned').generate = async (...certificate) =>
  (await import('selfsigned')).generate(...certificate);

const dayMs = 24 * 60 * 60 * 1000;
const ecdsa = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

/** A key with its certificate, both PEM. */
export interface KeyedCertificate {
  key: string;
  cert: string;
}

/** What Node calls the refusal of a certificate. */
export const refusalOf: Readonly<Record<Exclude<CertificateKind, 'valid'>, string>> = {
  expired: 'CERT_HAS_EXPIRED',
  'wrong-host': 'ERR_TLS_CERT_ALTNAME_INVALID',
  'self-signed': 'DEPTH_ZERO_SELF_SIGNED_CERT',
  untrusted: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
};

/** The certificates of one TLS mock, and the authority that signed them. */
export interface Certificates extends Record<CertificateKind, KeyedCertificate> {
  /** PEM of the authority, for `Address.ca`. Its key is forgotten. */
  ca: string;
}

/**
 * Makes an authority and the certificates that a server may show (RFC 5280). All but `self-signed` and `untrusted` are signed
 * by the authority; all but `expired` are valid for a day; all but `wrong-host` name the host, `localhost` and `127.0.0.1`.
 * Nothing is written to disk.
 */
export async function makeCertificates(host: string): Promise<Certificates> {
  const now = Date.now();
  const today: Validity = { notBeforeDate: new Date(now - dayMs / 24), notAfterDate: new Date(now + dayMs) };
  const past: Validity = { notBeforeDate: new Date(now - 2 * dayMs), notAfterDate: new Date(now - dayMs) };
  const names = [host, 'localhost', '127.0.0.1'];
  const [authority, stranger] = await Promise.all([
    makeAuthority('Voxpact test authority'),
    makeAuthority('Voxpact stranger'),
  ]);
  const shown: Record<CertificateKind, Promise<KeyedCertificate>> = {
    valid: serverCertificate(names, today, authority),
    expired: serverCertificate(names, past, authority),
    'wrong-host': serverCertificate(['other.example'], today, authority),
    'self-signed': serverCertificate(names, today),
    untrusted: serverCertificate(names, today, stranger),
  };
  const made = await Promise.all(Object.entries(shown).map(async ([kind, each]) => [kind, await each] as const));
  return { ca: authority.cert, ...(Object.fromEntries(made) as Record<CertificateKind, KeyedCertificate>) };
}

/** An authority for the certificates of sources. */
export class ClientAuthority {
  /** PEM, for the server that asks for certificates. */
  readonly cert: string;
  readonly #authority: KeyedCertificate;
  readonly #issued = new Map<string, Promise<KeyedCertificate>>();

  private constructor(authority: KeyedCertificate) {
    this.cert = authority.cert;
    this.#authority = authority;
  }

  static async make(): Promise<ClientAuthority> {
    return new ClientAuthority(await makeAuthority('Voxpact test authority of clients'));
  }

  /** The certificate of the source with that common name, valid for a day; the same one each time. */
  issue(commonName: string): Promise<KeyedCertificate> {
    const issued = this.#issued.get(commonName) ?? makeClientCertificate(commonName, this.#authority);
    this.#issued.set(commonName, issued);
    return issued;
  }
}

interface Validity {
  notBeforeDate: Date;
  notAfterDate: Date;
}

async function makeAuthority(commonName: string): Promise<KeyedCertificate> {
  const now = Date.now();
  const { private: key, cert } = await generate([{ name: 'commonName', value: commonName }], {
    ...ecdsa,
    notBeforeDate: new Date(now - 3 * dayMs),
    notAfterDate: new Date(now + 365 * dayMs),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { key, cert };
}

/** @param authority who signs it; it signs itself when absent */
async function serverCertificate(
  names: readonly string[],
  validity: Validity,
  authority?: KeyedCertificate,
): Promise<KeyedCertificate> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: names[0] ?? '' }], {
    ...ecdsa,
    ...validity,
    ...(authority === undefined ? {} : { ca: authority }),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: alternativeNames(names) },
    ],
  });
  return { key, cert };
}

async function makeClientCertificate(commonName: string, authority: KeyedCertificate): Promise<KeyedCertificate> {
  const now = Date.now();
  const { private: key, cert } = await generate([{ name: 'commonName', value: commonName }], {
    ...ecdsa,
    notBeforeDate: new Date(now - dayMs / 24),
    notAfterDate: new Date(now + dayMs),
    ca: authority,
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', clientAuth: true },
    ],
  });
  return { key, cert };
}

/** Subject alternative names by their RFC 5280 tags: 2 is a DNS name, 7 an IP address. */
function alternativeNames(names: readonly string[]): ({ type: 2; value: string } | { type: 7; ip: string })[] {
  return [...new Set(names)].map((name) => (isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name }));
}
