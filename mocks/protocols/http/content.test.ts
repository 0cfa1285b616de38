import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { HttpBody } from '../../../contracts/messages/http.ts';
import { encodeBody, formatFields } from '../../../contracts/messages/http-body.ts';
import { decodeBody, fields } from './content.ts';

const roundTrip = (contentType: string | undefined, body: HttpBody) =>
  decodeBody(contentType, encodeBody(contentType, body));

describe('a body comes back as it went, whatever it holds', () => {
  test('JSON', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        // -0 has no form of its own in JSON.
        const body = JSON.parse(JSON.stringify(value)) as HttpBody;
        expect(await roundTrip('application/json; charset=utf-8', body)).toEqual(body);
      }),
    );
  });

  test('JSON that is none goes as it is; a text that only holds words is a JSON text', async () => {
    expect(encodeBody('application/json', '{"id":').toString()).toBe('{"id":');
    expect(await roundTrip('application/json', '{"id":')).toBe('{"id":');
    expect(encodeBody('application/json', 'words').toString()).toBe('"words"');
    expect(encodeBody('application/json', '[1]').toString()).toBe('"[1]"');
  });

  test('form fields, repeated ones too', async () => {
    const field = fc.oneof(fc.string(), fc.array(fc.string(), { minLength: 2, maxLength: 3 }));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), field, { minKeys: 1 }), async (body) => {
        // A lone surrogate cannot be sent.
        fc.pre(JSON.stringify(body).isWellFormed() && !JSON.stringify(body).includes('\\ud'));
        expect(fields(formatFields(body))).toEqual({ ...body });
      }),
    );
    expect(await roundTrip('application/x-www-form-urlencoded', { status: 'closed', to: ['a', 'b +&='] })).toEqual({
      status: 'closed',
      to: ['a', 'b +&='],
    });
  });

  test('fields are split as the URL Standard says, with escapes or without', () => {
    const part = fc.constantFrom('a', 'b', '__proto__', 'toString', '=', '&', '+', '%41', '%', '?', '/', '\u00e9');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const encoded = parts.join('');
        const pairs = [...new URLSearchParams(encoded)];
        const grouped = [...Map.groupBy(pairs, ([name]) => name)].map(([name, group]) => {
          return [name, group.length === 1 ? group[0]?.[1] : group.map(([, value]) => value)] as const;
        });
        expect(fields(encoded)).toStrictEqual(Object.fromEntries(grouped));
      }),
      { numRuns: 1_000 },
    );
  });

  test('bytes as base64', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1 }), async (bytes) => {
        const body = Buffer.from(bytes).toString('base64');
        expect(await roundTrip('audio/wav', body)).toBe(body);
      }),
    );
  });

  test('parts of a multipart body', async () => {
    const parts = [
      { name: 'note', contentType: 'text/plain', body: 'two\r\nlines' },
      { name: 'recording', filename: 'u.wav', contentType: 'audio/wav', body: 'UklGRiQAAAA=' },
    ];
    expect(await roundTrip('multipart/form-data; boundary=b-1', parts)).toEqual(parts);
  });

  test.each(['text/html', 'application/xml', 'application/soap+xml', undefined])('%s is text', async (contentType) => {
    expect(await roundTrip(contentType, '<a>ä</a>')).toBe('<a>ä</a>');
  });
});

test.each([
  ['application/json', '{broken', '{broken'],
  ['multipart/form-data; boundary=x', 'no parts', 'no parts'],
  ['multipart/form-data', 'no boundary', 'no boundary'],
  ['application/problem+json', '{"a":1}', { a: 1 }],
  ['application/json', '', undefined],
  ['application/json', '{"__proto__":{"a":1}}', JSON.parse('{"__proto__":{"a":1}}')],
])('%s with %j reads as %j', async (contentType, text, expected) => {
  expect(await decodeBody(contentType, Buffer.from(text))).toEqual(expected);
});

test('bytes that are no text and have no type are base64', async () => {
  expect(await decodeBody(undefined, Buffer.from([0xff, 0xfe, 0x00]))).toBe('//4A');
});

test('a multipart body without a boundary cannot be written', () => {
  expect(() => encodeBody('multipart/form-data', [])).toThrow(
    'the content type "multipart/form-data" names no multipart boundary',
  );
});
