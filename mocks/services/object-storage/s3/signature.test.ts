import { describe, expect, test } from '@jest/globals';
import { exampleAccessKey } from '../account.ts';
import { accessKeyIdOf, hostOf, isSignedBy, type SignedRequest, signV4 } from './signature.ts';

/** The example "GET Object" of AWS, "Signature Calculations for the Authorization Header" (Amazon S3 API Reference). */
const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const example: SignedRequest = {
  method: 'GET',
  target: '/test.txt',
  headers: {
    host: 'examplebucket.s3.amazonaws.com',
    range: 'bytes=0-9',
    'x-amz-content-sha256': emptyHash,
    'x-amz-date': '20130524T000000Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,' +
      'SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,' +
      'Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  },
};

test('the published example is signed by its account', async () => {
  expect(await isSignedBy(example, exampleAccessKey)).toBe(true);
  expect(accessKeyIdOf(example.headers)).toBe(exampleAccessKey.name);
});

test('a header that is not signed may change', async () => {
  const headers = { ...example.headers, 'user-agent': 'another' };
  expect(await isSignedBy({ ...example, headers }, exampleAccessKey)).toBe(true);
});

describe('not signed by its account is', () => {
  const changed = (name: string, value: string) => ({ ...example, headers: { ...example.headers, [name]: value } });
  test.each<[string, SignedRequest]>([
    ['another path', { ...example, target: '/other.txt' }],
    ['another method', { ...example, method: 'HEAD' }],
    ['another query', { ...example, target: '/test.txt?versionId=1' }],
    ['another range', changed('range', 'bytes=0-10')],
    ['another host', changed('host', 'other.s3.amazonaws.com')],
    ['another date', changed('x-amz-date', '20130524T000001Z')],
    ['a date that is none', changed('x-amz-date', '20131324T000000Z')],
    ['another payload hash', changed('x-amz-content-sha256', 'UNSIGNED-PAYLOAD')],
    ['another scheme', changed('authorization', 'AWS AKIAIOSFODNN7EXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=')],
    ['no signature', { ...example, headers: { host: 'examplebucket.s3.amazonaws.com' } }],
  ])('%s', async (_what, request) => {
    expect(await isSignedBy(request, exampleAccessKey)).toBe(false);
  });

  test('the request of another secret, or of another id', async () => {
    expect(await isSignedBy(example, { ...exampleAccessKey, key: 'another' })).toBe(false);
    expect(await isSignedBy(example, { ...exampleAccessKey, name: 'another' })).toBe(false);
  });

  test('what leaves its payload hash unsigned', async () => {
    const { 'x-amz-content-sha256': hash, ...headers } = await signV4(example, exampleAccessKey);
    const authorization = headers.authorization?.replace('x-amz-content-sha256;', '') ?? '';
    const request = { ...example, headers: { ...headers, 'x-amz-content-sha256': hash ?? '', authorization } };
    expect(await isSignedBy(request, exampleAccessKey)).toBe(false);
  });
});

describe('what is signed here', () => {
  test.each([
    ['/voicemail/a%20b%C3%A4.wav', undefined],
    ['/voicemail?list-type=2&prefix=a%2Fb%20c%2B', undefined],
    ['/voicemail?a=2&a=1', undefined],
    ['/voicemail/a', Buffer.from('RIFF')],
  ])('%s is found good', async (target, body) => {
    const request = { method: 'PUT', target, headers: { host: '127.0.0.1:80' }, ...(body && { body }) };
    const headers = await signV4(request, exampleAccessKey);
    expect(headers['x-amz-content-sha256']).toMatch(/^[0-9a-f]{64}$/);
    expect(headers['x-amz-content-sha256'] === emptyHash).toBe(body === undefined);
    expect(await isSignedBy({ ...request, headers }, exampleAccessKey)).toBe(true);
  });

  test('is dated now', async () => {
    const headers = await signV4({ method: 'GET', target: '/', headers: { host: 'example' } }, exampleAccessKey);
    expect(headers['x-amz-date']?.slice(0, 8)).toBe(new Date().toISOString().slice(0, 10).replaceAll('-', ''));
  });
});

test('the Host header names the port, and an IPv6 address in brackets', () => {
  expect(hostOf({ host: '127.0.0.1', port: 80 })).toBe('127.0.0.1:80');
  expect(hostOf({ host: '::1', port: 9000 })).toBe('[::1]:9000');
});
