import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Address } from '../../../adapter.ts';
import type { StorageAccount } from '../account.ts';
import type { StoreRequest } from '../store-client.ts';

/** What is signed of a request: all of it, with the Host header that it will be sent with. */
export type SignedRequest = StoreRequest & { headers: Readonly<Record<string, string>> };

/** Where and when a request is signed; in the default region and now, when absent. */
interface Scope {
  region: string;
  date: Date;
}

/** Where S3 is when nobody says where; the regions of a store that is no cloud have no meaning. */
const DEFAULT_REGION = 'us-east-1';

/**
 * The headers of a request with date, payload hash and signature by AWS Signature Version 4. A payload hash that is there
 * is kept.
 */
export async function signV4(request: SignedRequest, account: StorageAccount): Promise<Record<string, string>> {
  return await sign(request, account, { region: DEFAULT_REGION, date: new Date() });
}

/** Whether a request carries the signature that its account gives it. Its body is judged by the hash that it states. */
export async function isSignedBy(request: SignedRequest, account: StorageAccount): Promise<boolean> {
  const given = parts(request.headers);
  const date = dateOf(request.headers['x-amz-date']);
  if (given?.accessKeyId !== account.name || date === undefined) return false;
  const names = new Set(given.signed.split(';'));
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => names.has(name)));
  const anew = parts(await sign({ ...request, headers }, account, { region: given.region, date }, names));
  // The signer signs date and payload hash in any case, also where the request leaves them out.
  return anew?.signature === given.signature && anew.signed === given.signed;
}

/** The access key id that a request names; undefined when it is not signed by Signature Version 4. */
export function accessKeyIdOf(headers: SignedRequest['headers']): string | undefined {
  return parts(headers)?.accessKeyId;
}

/** The Host header of a request to an address (RFC 9110, section 7.2). */
export function hostOf({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function sign(
  { method, target, headers, body }: SignedRequest,
  { name, key }: StorageAccount,
  { region, date }: Scope,
  signableHeaders?: Set<string>,
): Promise<Record<string, string>> {
  const signer = new SignatureV4({
    service: 's3',
    region,
    credentials: { accessKeyId: name, secretAccessKey: key },
    sha256: Sha256,
    // S3 alone signs a path as it is sent.
    uriEscapePath: false,
  });
  const { pathname, hostname, searchParams } = new URL(target, `http://${headers.host}`);
  const query = Object.fromEntries([...searchParams.keys()].map((each) => [each, searchParams.getAll(each)]));
  const request = { protocol: 'http:', hostname, method, path: pathname, query, headers: { ...headers }, body };
  const options = { signingDate: date, ...(signableHeaders === undefined ? {} : { signableHeaders }) };
  return (await signer.sign(request, options)).headers;
}

const authorization =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

/** What the Authorization header is made of. */
function parts(headers: SignedRequest['headers']) {
  const found = authorization.exec(headers.authorization ?? '');
  if (found === null) return undefined;
  const [, accessKeyId = '', region = '', signed = '', signature = ''] = found;
  return { accessKeyId, region, signed, signature };
}

/** The moment of an x-amz-date, `20251009T085320Z`. */
function dateOf(text = ''): Date | undefined {
  const found = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (found === null) return undefined;
  const [, year, month, day, hours, minutes, seconds] = found;
  const date = new Date(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}Z`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
