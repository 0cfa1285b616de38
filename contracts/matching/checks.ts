import { bytesOf, contentTypesOf } from './content-type.ts';
import { compileDateTime } from './datetime.ts';
import { TemplateError } from './errors.ts';
import { compileRegex } from './regex.ts';
import { isArray, isInteger, isObject, type JsonObject, type Kind, kindOf, shorten, show, textOf } from './values.ts';

/** What a matcher asks of a value, and how it says so. */
export interface Check {
  /** What is asked for, in words. */
  words(example: unknown): string;
  /** Judges a leaf that does not depend on the example; absent where the example or the structure decides. */
  readonly test?: (actual: unknown) => boolean;
  readonly min?: number;
  readonly max?: number;
  /** The name of a `bound` value. */
  readonly binding?: string;
  /** The options of the matcher in a pact file. */
  readonly json?: Readonly<Record<string, unknown>>;
}

type Options = JsonObject;
type CheckBuilder = (options: Options, path: string) => Check;

const statusClasses: Readonly<Record<string, readonly [from: number, to: number]>> = {
  info: [100, 199],
  success: [200, 299],
  redirect: [300, 399],
  clientError: [400, 499],
  serverError: [500, 599],
  nonError: [0, 399],
  error: [400, 65535],
};

/** Semantic Versioning 2.0.0, the expression of its own FAQ. */
const semver =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$/;

function text(options: Options, key: string, path: string, match: string): string {
  const value = options[key];
  if (typeof value === 'string') return value;
  throw new TemplateError(path, `the matcher ${match} needs the text ${key}, got ${show(value)}`);
}

/** Reads a whole number of a matcher's options. */
export function count(options: Options, key: string, path: string): number | undefined {
  const value = options[key];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw new TemplateError(path, `${key} must be a whole number from 0, got ${show(value)}`);
}

function guarded<T>(path: string, what: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw new TemplateError(path, `${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

const onText = (test: (text: string) => boolean) => (actual: unknown) => {
  const subject = textOf(actual);
  return subject !== undefined && test(subject);
};

const fixed = (words: string, test: (actual: unknown) => boolean): CheckBuilder => {
  return () => ({ words: (example) => `${words} like ${show(example)}`, test });
};

const kindWords: Readonly<Record<Kind, string>> = {
  null: 'null',
  boolean: 'a boolean',
  number: 'a number',
  string: 'a string',
  array: 'an array',
  object: 'an object',
  bytes: 'bytes',
  none: 'nothing',
};

/** The kind of an example in words, with the example where it is a short thing to say. */
export function likeWords(example: unknown): string {
  const kind = kindOf(example);
  const words = kindWords[kind];
  return ['boolean', 'number', 'string'].includes(kind) ? `${words} like ${show(example)}` : words;
}

function typeRule(options: Options, path: string) {
  const min = count(options, 'min', path);
  const max = count(options, 'max', path);
  if (min !== undefined && max !== undefined && min > max)
    throw new TemplateError(path, `min ${min} is above max ${max}`);
  const limits = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  return { words: likeWords, ...limits, json: limits };
}

function dateRule(match: string, fallback: string): CheckBuilder {
  return (options, path) => {
    const given = options.format ?? options[match];
    const format = typeof given === 'string' && given !== '' ? given : fallback;
    const test = guarded(path, `the ${match} format ${show(format)} is wrong`, () => compileDateTime(format));
    const words = (example: unknown) => `a ${match} in the format ${format} like ${show(example)}`;
    return { words, test: onText(test), json: { format } };
  };
}

function regexRule(options: Options, path: string) {
  const regex = text(options, 'regex', path, 'regex');
  const test = guarded(path, `the pattern ${show(regex)} is wrong`, () => compileRegex(regex));
  const words = (example: unknown) => `text that fits ${shorten(`/${regex}/`)} like ${show(example)}`;
  return { words, test: onText(test), json: { regex } };
}

function includeRule(options: Options, path: string) {
  const part = text(options, 'include' in options ? 'include' : 'value', path, 'include');
  const words = () => `text that includes ${show(part)}`;
  return { words, test: onText((subject) => subject.includes(part)), json: { value: part } };
}

function contentTypeRule(options: Options, path: string) {
  const type = text(options, 'contentType' in options ? 'contentType' : 'value', path, 'contentType');
  const test = (actual: unknown) => {
    const content = actual instanceof Uint8Array ? actual : textOf(actual);
    return content !== undefined && contentTypesOf(bytesOf(content)).includes(type);
  };
  return { words: () => `content of the type ${type}`, test, json: { value: type } };
}

function statusRule(options: Options, path: string) {
  const { status } = options;
  if (isArray(status) && status.length > 0 && status.every((code) => isInteger(code))) {
    const words = (example: unknown) => `a status out of ${status.join(', ')} like ${show(example)}`;
    return { words, test: (actual: unknown) => status.includes(actual), json: { status: [...status] } };
  }
  const range = typeof status === 'string' && Object.hasOwn(statusClasses, status) ? statusClasses[status] : undefined;
  if (range === undefined) {
    const known = Object.keys(statusClasses).join(', ');
    throw new TemplateError(path, `status must be a list of codes or one of ${known}, got ${show(status)}`);
  }
  const [from, to] = range;
  const test = (actual: unknown) => typeof actual === 'number' && isInteger(actual) && actual >= from && actual <= to;
  const words = (example: unknown) => `a ${status} status (${from} to ${to}) like ${show(example)}`;
  return { words, test, json: { status } };
}

function boundRule(options: Options, path: string) {
  const name = text(options, 'name', path, 'bound');
  return { words: (example: unknown) => `the value bound to ${name} like ${show(example)}`, binding: name };
}

function notEmpty(actual: unknown): boolean {
  const kind = kindOf(actual);
  if (kind === 'null' || kind === 'none') return false;
  if (typeof actual === 'string' || isArray(actual) || actual instanceof Uint8Array) return actual.length > 0;
  return !isObject(actual) || Object.keys(actual).length > 0;
}

const isNumber = (actual: unknown) => kindOf(actual) === 'number';
const isBoolean = (actual: unknown) => typeof actual === 'boolean' || actual === 'true' || actual === 'false';
const exactly = () => ({ words: show });

/** The matchers that judge one value, by their name in a pact file. */
export const checks: Readonly<Record<string, CheckBuilder>> = {
  type: typeRule,
  equality: exactly,
  values: exactly,
  regex: regexRule,
  include: includeRule,
  integer: fixed('an integer', isInteger),
  decimal: fixed('a decimal number', (actual) => isNumber(actual) && !isInteger(actual)),
  number: fixed('a number', isNumber),
  boolean: fixed('a boolean', isBoolean),
  null: () => ({ words: () => 'null', test: (actual) => actual === null }),
  date: dateRule('date', 'yyyy-MM-dd'),
  time: dateRule('time', 'HH:mm:ss'),
  timestamp: dateRule('timestamp', "yyyy-MM-dd'T'HH:mm:ssXXX"),
  notEmpty: fixed('something not empty', notEmpty),
  semver: fixed('a semantic version', (actual) => typeof actual === 'string' && semver.test(actual)),
  contentType: contentTypeRule,
  statusCode: statusRule,
  bound: boundRule,
};
