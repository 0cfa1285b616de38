import type { Json } from '../matchers.ts';
import type { HttpPart } from '../messages/http.ts';
import { bodyKind, isText } from '../messages/http-body.ts';
import { anyOf } from './merge.ts';
import { below, type Place, type Schema, schemaOf } from './schema.ts';

/** A message with a body, or with a content type at least, and the name of its example. */
export interface Sample {
  name: string;
  summary: string;
  message: Place;
}

/** The example of a field of a message's headers. */
export function headerOf(message: Place, name: string): string | undefined {
  const headers = below(message, 'headers');
  const value = headers && below(headers, name)?.example;
  return typeof value === 'string' ? value : undefined;
}

/** The `content` of a request body or a response: a media type each, which fits what fits any of its samples. */
export function contentOf(samples: readonly Sample[]): { [mediaType: string]: Json } | undefined {
  const typed = samples.filter(({ message }) => hasContent(message));
  if (typed.length === 0) return undefined;
  const byType = Map.groupBy(typed, ({ message }) => mediaTypeOf(message));
  return Object.fromEntries(
    [...byType].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, all]) => [type, mediaType(all)]),
  );
}

function hasContent(message: Place): boolean {
  return below(message, 'body') !== undefined || headerOf(message, 'content-type') !== undefined;
}

function mediaTypeOf(message: Place): string {
  const [type = ''] = (headerOf(message, 'content-type') ?? 'text/plain').split(';', 1);
  return type.trim().toLowerCase();
}

function mediaType(samples: readonly Sample[]): { [field: string]: Json } {
  const bodies = samples.flatMap(({ message, ...about }) => {
    const body = below(message, 'body');
    return body === undefined ? [] : [{ ...about, ...bodyOf(body, headerOf(message, 'content-type')) }];
  });
  if (bodies.length === 0) return {};
  const bytes = bodies.flatMap(({ base64 }) => (base64 === undefined ? [] : [base64]));
  const shown = bodies.flatMap(({ schema, example, name, summary }) =>
    schema === undefined ? [] : [{ schema, named: [name, { summary, value: example }] as const }],
  );
  const encoding = encodingOf(bodies.flatMap(({ parts }) => parts ?? []));
  return {
    ...(shown.length === 0 ? {} : { schema: anyOf(shown.map(({ schema }) => schema)) }),
    ...(Object.keys(encoding).length === 0 ? {} : { encoding }),
    ...(shown.length === 0 ? {} : { examples: Object.fromEntries(shown.map(({ named }) => named)) }),
    ...(bytes.length === 0 ? {} : { 'x-voxpact': { base64: anyOf(bytes) } }),
  };
}

/** The content types that each part of a multipart body may have. */
function encodingOf(parts: readonly HttpPart[]): { [name: string]: Json } {
  const byName = [...Map.groupBy(parts, ({ name }) => name)];
  return Object.fromEntries(
    byName.map(([name, all]) => {
      const types = new Set(all.map(({ contentType }) => contentType));
      return [name, { contentType: [...types].join(', ') }];
    }),
  );
}

interface Body {
  schema?: Schema;
  /** Of bytes, which have no schema in OpenAPI 3.1, what is asked of their base64 text. */
  base64?: Schema;
  example: Json;
  parts?: readonly HttpPart[];
}

function bodyOf(body: Place, contentType: string | undefined): Body {
  switch (bodyKind(contentType)) {
    case 'binary':
      return { base64: schemaOf(body), example: body.example };
    case 'multipart':
      return multipartBody(body);
    default:
      return { schema: schemaOf(body), example: body.example };
  }
}

/** A multipart body as OpenAPI has it: an object with a property for each part. */
function multipartBody(list: Place): Body {
  const parts = list.example as unknown as readonly HttpPart[];
  const properties = parts.map((part, at) => [
    part.name,
    partSchema(part, below(below(list, at) as Place, 'body') as Place),
  ]);
  return {
    schema: {
      type: 'object',
      properties: Object.fromEntries(properties),
      required: parts.map(({ name }) => name),
      additionalProperties: false,
    },
    example: Object.fromEntries(parts.map(({ name, body }) => [name, body])),
    parts,
  };
}

function partSchema({ contentType }: HttpPart, body: Place): Schema {
  return isText(contentType)
    ? schemaOf(body)
    : { contentMediaType: contentType, 'x-voxpact': { base64: schemaOf(body) } };
}
