import { destination, documented, type FreePart, type ProviderState, type Step } from '../contract.ts';
import { dialect } from '../dialect.ts';
import { fromState, type Matcher, regex } from '../matchers.ts';
import type { HttpMessage } from '../messages/http.ts';
import { anyMailbox } from './object-storage.ts';

/** The path of the bucket: it comes first in the path, as with any store that has no names in the DNS. */
export const bucketPath = `/${dialect.http.objectStorage.container}`;
export const keyPath = (name: string) => `${bucketPath}/${name}`;

export const amazonS3 = (page: string) => documented(`Amazon S3 API Reference: ${page}`);

const etagExample = '"d41d8cd98f00b204e9800998ecf8427e"';

export const etag = regex('^"[^"]+"$', etagExample);

/** The ETag that a state gave. */
export const etagOf = (name: string) => fromState(name, etagExample, etag);

const requestId = 'x-amz-request-id';

/** What every answer carries. */
export const answered = { [requestId]: regex('^[!-~]+$', '4442587FB7D0A2F9') };

export const xml = regex('^application/xml(; ?charset="?[A-Za-z0-9-]+"?)?$', 'application/xml');

/**
 * The signed headers of a request: that they are there and what they look like, and that the three are signed which always
 * must be. The signature itself is no matter of a contract; the store judges it.
 */
export const signedHeaders: Readonly<Record<string, Matcher<string>>> = {
  authorization: regex(
    '^AWS4-HMAC-SHA256 Credential=[^/ ,]+/[0-9]{8}/[a-z0-9-]+/s3/aws4_request, ?' +
      'SignedHeaders=([a-z0-9-]+;)*host;([a-z0-9-]+;)*x-amz-content-sha256;([a-z0-9-]+;)*x-amz-date(;[a-z0-9-]+)*, ?' +
      'Signature=[0-9a-f]{64}$',
    'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20251009/us-east-1/s3/aws4_request, ' +
      `SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${'0'.repeat(64)}`,
  ),
  'x-amz-date': regex('^[0-9]{8}T[0-9]{6}Z$', '20251009T085320Z'),
  'x-amz-content-sha256': regex(
    '^([0-9a-f]{64}|UNSIGNED-PAYLOAD)$',
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  ),
};

/** What the store tells besides, and Voicemail does not read. */
export const unread: readonly FreePart[] = ['server-side-encryption', 'storage-class', 'delete-marker'].map((name) => ({
  path: `$.headers.x-amz-${name}`,
  reason: 'it tells of encryption, classes or versions in the store, of which Voicemail uses none',
}));

/**
 * A refusal: the code stands in an XML body.
 * @param code one code, or several with `|` between them
 */
export function refused(
  description: string,
  given: ProviderState,
  request: Step<HttpMessage>,
  status: number,
  code: string,
) {
  const [example] = code.split('|');
  return {
    description,
    negative: true,
    basis: amazonS3(`Error responses, ${code.replaceAll('|', ' and ')}`),
    given: [given],
    free: [...anyMailbox, ...unread],
    steps: [
      request,
      destination<HttpMessage>({
        status,
        headers: { ...answered, 'content-type': xml },
        body: regex(
          `[\\s\\S]*<Error>\\s*<Code>(${code})</Code>\\s*<Message>[^<]+</Message>[\\s\\S]*<RequestId>[^<]+</RequestId>[\\s\\S]*`,
          `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${example}</Code><Message>${example}</Message>` +
            '<RequestId>4442587FB7D0A2F9</RequestId></Error>',
        ),
      }),
    ],
  } as const;
}
