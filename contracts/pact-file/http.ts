import type { HttpBody, HttpRequest, HttpResponse } from '../messages/http.ts';
import { bodyKind, encodeBody } from '../messages/http-body.ts';
import { filled, type Part, PartedTemplate } from './parts.ts';

/** A request template as the `request` of a Synchronous/HTTP interaction. */
export function pactRequest(template: unknown): Record<string, unknown> {
  const parted = new PartedTemplate(template);
  const { method, path, query, headers, body } = parted.example as unknown as HttpRequest;
  return filled({
    method,
    path,
    query: lists(query),
    headers: headerLists(parted, headers),
    body: pactBody(parted, headers?.['content-type'], body),
    ...rules(parted, headers?.['content-type'], { path: single(parted.below('path')), query: parted.named('query') }),
  });
}

/** A response template as the `response` of a Synchronous/HTTP interaction. */
export function pactResponse(template: unknown): Record<string, unknown> {
  const parted = new PartedTemplate(template);
  const { status, headers, body } = parted.example as unknown as HttpResponse;
  return filled({
    status,
    headers: headerLists(parted, headers),
    body: pactBody(parted, headers?.['content-type'], body),
    ...rules(parted, headers?.['content-type'], { status: single(parted.below('status')) }),
  });
}

type Sections = Record<string, { matchingRules: unknown; generators: unknown }>;

function rules(parted: PartedTemplate, contentType: string | undefined, own: Sections): Record<string, unknown> {
  const sections: Sections = { ...own, header: headerRules(parted), body: bodyPart(parted, contentType) };
  const section = (kind: 'matchingRules' | 'generators') =>
    filled(Object.fromEntries(Object.entries(sections).map(([name, part]) => [name, part[kind]])));
  return { matchingRules: section('matchingRules'), generators: section('generators') };
}

/**
 * Whether the matchers of a message's body have no place in a file: Pact looks into a multipart body in its own way, and at
 * binary bytes as they are, not at their base64 text. Such a body is compared byte for byte.
 */
export function bodyMatchersLost(template: unknown): boolean {
  const parted = new PartedTemplate(template);
  const { headers } = parted.example as unknown as HttpResponse;
  return isOpaque(headers?.['content-type']) && Object.keys(parted.below('body').matchingRules).length > 0;
}

function isOpaque(contentType: string | undefined): boolean {
  return ['multipart', 'binary'].includes(bodyKind(contentType));
}

function bodyPart(parted: PartedTemplate, contentType: string | undefined): Part {
  return isOpaque(contentType) ? { matchingRules: {}, generators: {} } : parted.below('body');
}

/** Path and status have one value: their rules stand without a path. */
function single({ matchingRules, generators }: Part): { matchingRules: unknown; generators: unknown } {
  return { matchingRules: matchingRules.$ ?? {}, generators: generators.$ ?? {} };
}

function lists(values: Readonly<Record<string, string | string[]>> | undefined): Record<string, string[]> {
  return Object.fromEntries(Object.entries(values ?? {}).map(([name, value]) => [name, [value].flat()]));
}

/** Headers of answers whose value is a list (RFC 9110, section 5.6.1): the official engine reads them item by item. */
const listHeaders = ['allow', 'cache-control', 'vary'];

/** Header values as a file has them, without those that have no place in one. */
function headerLists(
  parted: PartedTemplate,
  headers: Readonly<Record<string, string>> | undefined,
): Record<string, string[]> {
  const ruled = ruledLists(parted);
  const items = (name: string, value: string) => (listHeaders.includes(name) ? value.split(/ *, */) : [value]);
  const rows = Object.entries(headers ?? {}).filter(([name]) => !ruled.includes(name));
  return Object.fromEntries(rows.map(([name, value]) => [name, items(name, value)]));
}

function ruledLists(parted: PartedTemplate): string[] {
  const { matchingRules } = parted.named('headers');
  return listHeaders.filter((name) => matchingRules[name] !== undefined);
}

function headerRules(parted: PartedTemplate): Part {
  const { matchingRules, generators } = parted.named('headers');
  const ruled = ruledLists(parted);
  const kept = Object.entries(matchingRules).filter(([name]) => !ruled.includes(name));
  return { matchingRules: Object.fromEntries(kept), generators };
}

/** The headers of a message that have no place in a file: lists with a rule, which Pact would hold against each item. */
export function listRulesLost(template: unknown): string[] {
  return ruledLists(new PartedTemplate(template));
}

function pactBody(
  parted: PartedTemplate,
  contentType: string | undefined,
  body: HttpBody | undefined,
): Record<string, unknown> | undefined {
  if (body === undefined) return undefined;
  const type = contentType ?? 'text/plain';
  switch (bodyKind(contentType)) {
    case 'json':
      return { content: body, contentType: type, encoded: false };
    case 'binary':
      return { content: body, contentType: type, encoded: 'base64' };
    case 'multipart':
      return { content: encodeBody(contentType, body).toString('base64'), contentType: type, encoded: 'base64' };
    default: {
      const text = encodeBody(contentType, body).toString();
      return { content: text, contentType: isMatchedXml(parted, type) ? 'text/plain' : type, encoded: false };
    }
  }
}

/**
 * Whether it is XML with a matcher for its whole text. Pact holds the matchers of an XML body against the names and values
 * of its elements, and only those of plain text against the text; the header goes on saying what it is.
 */
function isMatchedXml(parted: PartedTemplate, contentType: string): boolean {
  return /[/+]xml\b/i.test(contentType) && Object.keys(parted.below('body').matchingRules).length > 0;
}
