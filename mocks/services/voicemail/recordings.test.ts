import { describe, expect, test } from '@jest/globals';
import { etagOf, recording } from './recordings.ts';

const audio = Buffer.from('0123456789');
const base64 = (text: string) => Buffer.from(text).toString('base64');
const own = { etag: etagOf(audio) };
const ask = (headers: Record<string, string>, method = 'GET') => recording({ method, path: '/', headers }, audio, own);

test('equal recordings have equal entity tags, others have others', () => {
  expect(etagOf(Buffer.from('0123456789'))).toBe(own.etag);
  expect(etagOf(Buffer.from('012345678'))).not.toBe(own.etag);
});

describe('a range', () => {
  test.each([
    ['bytes=0-', 'bytes 0-9/10', '0123456789'],
    ['bytes=2-4', 'bytes 2-4/10', '234'],
    ['bytes=9-9', 'bytes 9-9/10', '9'],
    ['bytes=8-100', 'bytes 8-9/10', '89'],
    ['bytes=-3', 'bytes 7-9/10', '789'],
    ['bytes=-100', 'bytes 0-9/10', '0123456789'],
  ])('%s is %s', (range, contentRange, text) => {
    const reply = ask({ range });
    expect(reply).toMatchObject({ status: 206, headers: { 'content-range': contentRange }, body: base64(text) });
  });

  test.each(['bytes=10-', 'bytes=10-20', 'bytes=-0'])('%s cannot be had', (range) => {
    expect(ask({ range })).toEqual({ status: 416, headers: { 'content-range': 'bytes */10' } });
  });

  test.each(['bytes=4-2', 'bytes=-', 'bytes=0-1,3-4', 'lines=1-2'])('%s is no range to us: all of it', (range) => {
    expect(ask({ range })).toMatchObject({ status: 200, body: base64('0123456789') });
  });
});

test.each([[own.etag], [`W/${own.etag}`], [`"other", ${own.etag}`], ['*']])('who has %s needs no body', (known) => {
  expect(ask({ 'if-none-match': known, range: 'bytes=0-1' })).toEqual({ status: 304, headers: own });
});

test('who has another one gets all of it', () => {
  expect(ask({ 'if-none-match': '"other"' })).toMatchObject({ status: 200, headers: own });
});

test('HEAD says how long it is', () => {
  const reply = ask({ range: 'bytes=0-1' }, 'HEAD');
  expect(reply).toMatchObject({ status: 200, headers: { 'content-length': '10' } });
  expect(reply).not.toHaveProperty('body');
});
