import type { Json } from '../matchers.ts';
import type { Rule } from '../matching/rules.ts';
import { Scope } from '../matching/scope.ts';
import { type Strictness, strictBelow, strictness } from '../matching/strict.ts';
import { isArray, isObject, type JsonObject, kindOf } from '../matching/values.ts';
import { compile } from '../matching.ts';
import { isFixture } from './fixture.ts';
import { escaped, schemaPattern } from './pattern.ts';

/** A JSON Schema of 2020-12. */
export type Schema = { readonly [keyword: string]: Json };

/** A place of a template: its example, the rules that apply there, and whether further keys are refused. */
export interface Place {
  readonly example: Json;
  readonly scope: Scope;
  readonly strict: Strictness;
}

/** The place of a whole message. @param strict paths below which further keys are refused, as a protocol's profile has them */
export function placeOf(template: unknown, strict: readonly string[]): Place {
  const { example, scope } = compile(template);
  return { example, scope, strict: strictness(strict) };
}

/** The place below a key or a position; undefined where the template has nothing there. */
export function below({ example, scope, strict }: Place, key: string | number): Place | undefined {
  const child = (example as Readonly<Record<string | number, Json>> | null)?.[key];
  return child === undefined
    ? undefined
    : { example: child, scope: scope.child(key), strict: strictBelow(strict, key) };
}

/**
 * What a template asks for at a place, as a JSON Schema. It walks as the comparison of `matching/compare.ts` does, so that the
 * same values fit, with these differences: `bound` asks for the kind only; a plain value that is one of the fixture world stands
 * for any of its kind; a pattern or format asks for text, where Pact also takes the text of a number.
 */
export function schemaOf({ example, scope, strict }: Place): Schema {
  if (isArray(example)) return listSchema(example, scope, strict);
  if (isObject(example)) return mapSchema(example, scope, strict);
  return leafSchema(example, scope.rules);
}

/** Nothing fits it. */
const nothing: Schema = { not: {} };

function listSchema(list: readonly Json[], scope: Scope, strict: Strictness): Schema {
  const { rules, cascaded } = scope;
  if (rules.length === 0) return combined({ type: 'array' }, fixedItems(list, scope, strict));
  if (list.length === 0) return { type: 'array' };
  if (rules.some(({ name }) => name === 'equality')) return { const: list };
  const own = rules.every(({ name }) => name === 'arrayContains' || name === 'eachValue')
    ? {}
    : itemsLike(list, scope, strict);
  return combined({ type: 'array' }, own, ...rules.flatMap((rule) => listRule(rule, list, cascaded, strict)));
}

function listRule(rule: Rule, list: readonly Json[], cascaded: boolean, strict: Strictness): Schema[] {
  switch (rule.name) {
    case 'arrayContains':
      return (rule.variants ?? []).map((variant) => ({
        contains: schemaOf({
          example: list[variant.index] as Json,
          scope: Scope.ofVariant(variant),
          strict: strictBelow(strict, 0),
        }),
      }));
    case 'eachValue':
      return cascaded ? [] : [itemsLike(list, Scope.ofEach(rule), strict)];
    case 'notEmpty':
      return [{ minItems: 1 }];
    case 'null':
    case 'statusCode':
      return [nothing];
    case 'type':
      return cascaded ? [] : [limits(rule, 'Items')];
    default:
      return [];
  }
}

function fixedItems(list: readonly Json[], scope: Scope, strict: Strictness): Schema {
  const size = { minItems: list.length, maxItems: list.length };
  const schemas = list.map((example, at) => itemSchema(example, at, scope, strict));
  const [first] = schemas;
  if (first === undefined) return { maxItems: 0 };
  return schemas.every((schema) => isSame(schema, first))
    ? { items: first, ...size }
    : { prefixItems: schemas, ...size };
}

/** Items beyond the example are like its first one; an item may be missing where a rule says something of it. */
function itemsLike(list: readonly Json[], scope: Scope, strict: Strictness): Schema {
  const further = itemSchema(list[0] as Json, list.length, scope, strict);
  const schemas = list.map((example, at) => itemSchema(example, at, scope, strict));
  const needed = list.findLastIndex((_, at) => scope.child(at).rules.length === 0) + 1;
  const size = needed === 0 ? {} : { minItems: needed };
  return schemas.every((schema) => isSame(schema, further))
    ? { items: schemas[0] ?? further, ...size }
    : { prefixItems: schemas, items: further, ...size };
}

function itemSchema(example: Json, at: number, scope: Scope, strict: Strictness): Schema {
  return schemaOf({ example, scope: scope.child(at), strict: strictBelow(strict, at) });
}

type Example = { readonly [key: string]: Json };

/** Rules that are about the values of a map and not about its keys. */
const valueRules = new Set(['values', 'eachValue', 'arrayContains']);
/** Rules that an object can meet. */
const mapRules = new Set('regex type equality notEmpty arrayContains eachKey eachValue values bound'.split(' '));

function mapSchema(example: JsonObject, scope: Scope, strict: Strictness): Schema {
  const map = example as Example;
  const { rules, cascaded } = scope;
  if (rules.some(({ name }) => name === 'equality')) return { const: map };
  const isForValues = ({ name }: Rule) => !cascaded && valueRules.has(name);
  const own = rules.length === 0 || !rules.every(isForValues) ? membersLike(map, scope, strict) : {};
  const others = rules.map((rule) =>
    isForValues(rule) ? valuesLike(map, rule, scope, strict) : mapRule(rule, cascaded, scope.direct),
  );
  return combined({ type: 'object' }, own, ...others);
}

function membersLike(map: Example, scope: Scope, strict: Strictness): Schema {
  const keys = Object.keys(map);
  const properties = Object.fromEntries(keys.map((key) => [key, memberSchema(map[key] as Json, key, scope, strict)]));
  return {
    ...(keys.length === 0 ? {} : { properties }),
    ...(keys.length === 0 || scope.mapRule ? {} : { required: keys }),
    ...(strict === true && !scope.mapRule ? { additionalProperties: false } : {}),
  };
}

/** Every value is like that of its key in the example, or else like the first one, in the order of the keys. */
function valuesLike(map: Example, rule: Rule, scope: Scope, strict: Strictness): Schema {
  const [first] = Object.keys(map).sort();
  if (first === undefined) return {};
  const own = rule.name === 'eachValue' ? Scope.ofEach(rule) : scope;
  const others = memberSchema(map[first] as Json, '', own, strict);
  const named = Object.entries(map).map(([key, value]) => [key, memberSchema(value, key, own, strict)] as const);
  return named.every(([, schema]) => isSame(schema, others))
    ? { additionalProperties: named[0]?.[1] ?? others }
    : { properties: Object.fromEntries(named), additionalProperties: others };
}

function memberSchema(example: Json, key: string, scope: Scope, strict: Strictness): Schema {
  return schemaOf({ example, scope: scope.child(key), strict: strictBelow(strict, key) });
}

function mapRule(rule: Rule, cascaded: boolean, direct: boolean): Schema {
  if (!mapRules.has(rule.name)) return nothing;
  switch (rule.name) {
    case 'eachKey':
      return direct ? { propertyNames: combined(...(rule.each ?? []).map((each) => leafRule(each, ''))) } : {};
    case 'notEmpty':
      return { minProperties: 1 };
    case 'type':
      return cascaded ? {} : limits(rule, 'Properties');
    default:
      return {};
  }
}

function limits({ min, max }: Rule, of: 'Items' | 'Properties'): Schema {
  return { ...(min === undefined ? {} : { [`min${of}`]: min }), ...(max === undefined ? {} : { [`max${of}`]: max }) };
}

function leafSchema(example: Json, rules: readonly Rule[]): Schema {
  if (rules.length === 0) return isFixture(example) ? { ...ofKind(example), examples: [example] } : { const: example };
  const schema = combined(...rules.map((rule) => leafRule(rule, example)));
  return 'const' in schema ? schema : { ...schema, examples: [example] };
}

function ofKind(example: Json): Schema {
  return { type: Number.isInteger(example) ? 'integer' : kindOf(example) };
}

/** Semantic Versioning 2.0.0, without the rules for what stands behind its three numbers. */
const semver = '^(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)([+-].*)?$';

function leafRule({ name, json }: Rule, example: Json): Schema {
  switch (name) {
    case 'type':
    case 'bound':
      return { type: kindOf(example) };
    case 'equality':
    case 'values':
      return { const: example };
    case 'regex':
      return textRule(schemaPattern(String(json.regex)), `the pattern of Oniguruma ${json.regex}`, example);
    case 'include':
      return textRule(escaped(String(json.value)), '', example);
    case 'semver':
      return { type: 'string', pattern: semver };
    case 'date':
    case 'time':
    case 'timestamp':
      return textRule(undefined, `the format ${json.format} of SimpleDateFormat`, example);
    case 'contentType':
      return { type: 'string', contentMediaType: String(json.value) };
    case 'decimal':
      return { type: 'number', not: { type: 'integer' } };
    case 'boolean':
      return typeof example === 'string' ? { enum: ['true', 'false'] } : { type: 'boolean' };
    case 'notEmpty':
      return typeof example === 'string' ? { minLength: 1 } : { not: { enum: [null, '', [], {}] } };
    case 'integer':
    case 'number':
    case 'null':
      return { type: name };
    default:
      return {};
  }
}

/** Text in a form; where the example is no text, and where JSON Schema has no pattern for the form, it is only said. */
function textRule(pattern: string | undefined, form: string, example: Json): Schema {
  const type = typeof example === 'string' ? { type: 'string' } : {};
  if (pattern === undefined) return { ...type, $comment: `its text fits ${form}` };
  return typeof example === 'string' ? { ...type, pattern } : { $comment: `its text fits ${pattern}` };
}

/** What fits all of the schemas: one schema where no keyword is said twice in different ways. */
function combined(...schemas: readonly Schema[]): Schema {
  const merged: Record<string, Json> = {};
  const apart: Schema[] = [];
  for (const schema of schemas) {
    const fits = Object.entries(schema).every(
      ([keyword, value]) => !(keyword in merged) || isSame(merged[keyword], value),
    );
    if (fits) Object.assign(merged, schema);
    else apart.push(schema);
  }
  return apart.length === 0 ? merged : { ...merged, allOf: apart };
}

/** Whether two schemas ask for the same, whatever their examples. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return a === b || askedFor(a) === askedFor(b);
}

/** A schema as text, without its examples. */
export function askedFor(schema: Json | undefined): string {
  return JSON.stringify(schema, (key, value) => (key === 'examples' && isArray(value) ? undefined : value));
}
