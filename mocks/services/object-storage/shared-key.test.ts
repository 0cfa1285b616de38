import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { emulatorAccount, type StorageAccount } from './account.ts';
import { type Azurite, startAzurite } from './server.ts';
import { type SignedRequest, signSharedKey, stringToSign } from './shared-key.ts';

const account: StorageAccount = { name: 'example', key: Buffer.from('not a secret').toString('base64') };

const request: SignedRequest = {
  method: 'put',
  url: '/example/box/a%20b?restype=container&comp=list&prefix=a%2Fb',
  headers: {},
  account,
};

/** The string to sign of the request above with these headers, line by line. */
function lines(headers: Record<string, string>): string[] {
  return stringToSign({ ...request, headers }).split('\n');
}

describe('the string to sign', () => {
  test.each([
    ['content-encoding', 1],
    ['content-language', 2],
    ['content-length', 3],
    ['content-md5', 4],
    ['content-type', 5],
    ['date', 6],
    ['if-modified-since', 7],
    ['if-match', 8],
    ['if-none-match', 9],
    ['if-unmodified-since', 10],
    ['range', 11],
  ])('has %s in line %i, and nothing else there', (name, line) => {
    const expected = lines({});
    expected[line] = '17';
    expect(lines({ [name]: '17' })).toEqual(expected);
  });

  test('begins with the method in upper case', () => {
    expect(lines({})[0]).toBe('PUT');
  });

  test('leaves out a length of zero, and Date where x-ms-date stands for it', () => {
    expect(lines({ 'content-length': '0' })).toEqual(lines({}));
    expect(lines({ date: 'one', 'x-ms-date': 'other' })[6]).toBe('');
  });

  test('has the x-ms headers by name, without the spaces around them, and no other header', () => {
    const headers = { 'x-ms-version': '2021-12-02', 'x-ms-blob-type': ' BlockBlob ', host: 'example', accept: '*/*' };
    expect(lines(headers).slice(12, 15)).toEqual([
      'x-ms-blob-type:BlockBlob',
      'x-ms-version:2021-12-02',
      '/example/example/box/a%20b',
    ]);
  });

  test('ends with account and path as sent, and the parameters decoded and by name', () => {
    expect(lines({}).slice(12)).toEqual(['/example/example/box/a%20b', 'comp:list', 'prefix:a/b', 'restype:container']);
  });

  test('puts the values of one parameter into one line', () => {
    const text = stringToSign({ ...request, url: '/example/box?include=metadata&Include=copy' });
    expect(text.endsWith('\ninclude:copy,metadata')).toBe(true);
  });
});

test('the signature is the HMAC-SHA256 of that string by the decoded key', () => {
  const expected = createHmac('sha256', 'not a secret').update(stringToSign(request)).digest('base64');
  expect(signSharedKey(request)).toBe(`SharedKey example:${expected}`);
});

describe('as Azurite judges it', () => {
  let azurite: Azurite;
  beforeAll(async () => {
    azurite = await startAzurite({ host: '127.0.0.1', port: 0 });
    const headers = { 'x-ms-date': base['x-ms-date'], 'x-ms-version': base['x-ms-version'], 'content-length': '0' };
    const url = '/devstoreaccount1/box?restype=container';
    const authorization = signSharedKey({ method: 'PUT', url, headers, account: emulatorAccount });
    expect(await send('PUT', url, { ...headers, authorization })).toBe(201);
  });
  afterAll(() => azurite.stop());

  const base = {
    'x-ms-date': new Date().toUTCString(),
    'x-ms-version': '2021-12-02',
    'x-ms-blob-type': 'BlockBlob',
    'content-type': 'audio/wav',
    'content-length': '4',
  };
  const target = '/devstoreaccount1/box/a%20b.wav';

  function send(method: string, path: string, headers: Record<string, string>, body = ''): Promise<number> {
    const { host, port } = azurite.address;
    return new Promise((resolve, reject) => {
      const sent = httpRequest({ host, port, method, path, headers, agent: false }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  async function put(headers: Record<string, string>, signedAs = headers): Promise<number> {
    const authorization = signSharedKey({ method: 'PUT', url: target, headers: signedAs, account: emulatorAccount });
    return await send('PUT', target, { ...headers, authorization }, 'RIFF');
  }

  test('a good key is let in', async () => {
    expect(await put(base)).toBe(201);
  });

  test.each([
    ['content-encoding', 'identity'],
    ['content-language', 'en'],
    ['content-md5', 'ICEl/+wjTJQcXhNsdjZ7lQ=='],
    ['if-none-match', '"0x1"'],
    ['if-unmodified-since', new Date(Date.now() + 60_000).toUTCString()],
    ['x-ms-meta-note', 'two  words'],
  ])('%s is signed where it belongs', async (name, value) => {
    expect(await put({ ...base, [name]: value })).toBe(201);
    expect(await put({ ...base, [name]: value }, base)).toBe(403);
  });

  test('a parameter with signs of its own is signed decoded', async () => {
    const headers = { 'x-ms-date': base['x-ms-date'], 'x-ms-version': base['x-ms-version'] };
    const url = '/devstoreaccount1/box?restype=container&comp=list&prefix=a+b%2F%C3%A4';
    const authorization = signSharedKey({ method: 'GET', url, headers, account: emulatorAccount });
    expect(await send('GET', url, { ...headers, authorization })).toBe(200);
  });

  test('a bad key is refused', async () => {
    const wrong = { ...emulatorAccount, key: Buffer.from('wrong').toString('base64') };
    const authorization = signSharedKey({ method: 'PUT', url: target, headers: base, account: wrong });
    expect(await send('PUT', target, { ...base, authorization }, 'RIFF')).toBe(403);
  });

  test('a port in use is one sentence', async () => {
    const { host, port } = azurite.address;
    await expect(startAzurite({ host, port })).rejects.toThrow(
      `port ${port} on ${host} is in use; stop what listens there, or choose another port.`,
    );
  });

  test('the key is nowhere in what it prints', () => {
    expect(azurite.process.output()).not.toContain(emulatorAccount.key);
  });
});
