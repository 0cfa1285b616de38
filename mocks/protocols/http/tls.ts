import { isIP } from 'node:net';
import { generate } from 'selfsigned';
import type { CertificateKind } from './service.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** A key with its certificate, both PEM. */
export interface KeyedCertificate {
  key: string;
  cert: string;
}

/** The certificates of one TLS mock, and the authority that signed them. */
export interface Certificates extends Record<CertificateKind, KeyedCertificate> {
  /** PEM of the authority, for `Address.ca`. Its key is forgotten. */
  ca: string;
}

/**
 * Makes an authority and, signed by it, a server certificate that is valid for a day and one that expired yesterday
 * (RFC 5280). Both name the host, `localhost` and `127.0.0.1`. Nothing is written to disk.
 */
export async function makeCertificates(host: string): Promise<Certificates> {
  const now = Date.now();
  const year = { notBeforeDate: new Date(now - 3 * dayMs), notAfterDate: new Date(now + 365 * dayMs) };
  const authority = await generate([{ name: 'commonName', value: 'Voxpact test authority' }], {
    ...ecdsa,
    ...year,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const signed = async (notBeforeDate: Date, notAfterDate: Date): Promise<KeyedCertificate> => {
    const made = await generate([{ name: 'commonName', value: host }], {
      ...ecdsa,
      notBeforeDate,
      notAfterDate,
      ca: { key: authority.private, cert: authority.cert },
      extensions: [
        { name: 'basicConstraints', cA: false },
        { name: 'keyUsage', digitalSignature: true },
        { name: 'extKeyUsage', serverAuth: true },
        { name: 'subjectAltName', altNames: alternativeNames(host) },
      ],
    });
    return { key: made.private, cert: made.cert };
  };
  const [valid, expired] = await Promise.all([
    signed(new Date(now - dayMs / 24), new Date(now + dayMs)),
    signed(new Date(now - 2 * dayMs), new Date(now - dayMs)),
  ]);
  return { ca: authority.cert, valid, expired };
}

const ecdsa = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

/** Subject alternative names by their RFC 5280 tags: 2 is a DNS name, 7 an IP address. */
function alternativeNames(host: string): ({ type: 2; value: string } | { type: 7; ip: string })[] {
  return [...new Set([host, 'localhost', '127.0.0.1'])].map((name) =>
    isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name },
  );
}
