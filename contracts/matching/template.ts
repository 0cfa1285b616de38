import type { Json } from '../matchers.ts';
import { TemplateError } from './errors.ts';
import { field, formatTokens, index, items, type Segments, star, type Token } from './path.ts';
import { buildRule, createRule, type PathRules, type Rule, type Variant, writeRules } from './rules.ts';
import { isArray, isObject, type JsonObject, keysOf, kindOf, show } from './values.ts';

/** A generator as a pact file holds it. */
export interface Generator {
  readonly type: 'ProviderState';
  readonly expression: string;
}

/** A place of the example that is filled in when a message is generated. */
export type Slot = { readonly at: Segments } & (
  | { readonly kind: 'state'; readonly expression: string }
  | { readonly kind: 'bound'; readonly name: string }
);

/** What a template says, taken apart. */
export interface Parts {
  readonly example: Json;
  readonly entries: readonly PathRules[];
  readonly generators: Readonly<Record<string, Generator>>;
  readonly slots: readonly Slot[];
}

/** Deeper templates and examples are refused: they are cyclic, or nobody can read them. */
export const deepest = 200;

interface Place {
  /** The path of the rules. */
  readonly tokens: readonly Token[];
  /** The path in the example; differs where one rule covers many. */
  readonly at: Segments;
}

interface Collector {
  readonly entries: Map<string, { tokens: readonly Token[]; rules: Rule[]; binds: string[] }>;
  readonly generators: Record<string, Generator>;
  readonly slots: Slot[];
}

const newCollector = (): Collector => ({ entries: new Map(), generators: {}, slots: [] });

function entryOf(collector: Collector, tokens: readonly Token[]) {
  const path = formatTokens(tokens);
  let entry = collector.entries.get(path);
  if (entry === undefined) {
    entry = { tokens, rules: [], binds: [] };
    collector.entries.set(path, entry);
  }
  return entry;
}

function addRule(collector: Collector, tokens: readonly Token[], rule: Rule): void {
  const { rules } = entryOf(collector, tokens);
  const text = JSON.stringify(rule.json);
  if (!rules.some((known) => JSON.stringify(known.json) === text)) rules.push(rule);
}

function finish(collector: Collector): PathRules[] {
  return [...collector.entries.values()].map(({ tokens, rules, binds }) => ({ tokens, rules, any: false, binds }));
}

/** How the children of a value are named in rule paths. */
type ChildTokens = 'own' | 'items' | 'star';

function walk(collector: Collector, template: unknown, place: Place, children: ChildTokens): Json {
  if (place.at.length > deepest) {
    throw new TemplateError('$', `the template is deeper than ${deepest} levels; is it cyclic?`);
  }
  if (isArray(template)) {
    return template.map((item, at) => {
      const token = children === 'items' ? items : index(at);
      return walk(collector, item, { tokens: [...place.tokens, token], at: [...place.at, at] }, 'own');
    });
  }
  if (isObject(template)) {
    return 'pact:matcher:type' in template
      ? walkMatcher(collector, template, place)
      : walkObject(collector, template, place, children);
  }
  if (kindOf(template) === 'none') {
    throw new TemplateError(formatTokens(place.tokens), `${show(template)} is no JSON value`);
  }
  return template as Json;
}

function walkObject(collector: Collector, template: JsonObject, place: Place, children: ChildTokens): Json {
  const members = keysOf(template).map((key): [string, Json] => {
    const token = children === 'star' ? star : field(key);
    const tokens = [...place.tokens, token];
    if (key.startsWith('pact:')) {
      throw new TemplateError(formatTokens(tokens), 'a key with pact: belongs to a matcher, and there is none here');
    }
    return [key, walk(collector, template[key], { tokens, at: [...place.at, key] }, 'own')];
  });
  // fromEntries defines keys such as __proto__ as ordinary ones.
  return Object.fromEntries(members);
}

const childTokens: Readonly<Record<string, ChildTokens>> = { values: 'star', eachValue: 'star' };
const withoutValue: ReadonlySet<string> = new Set(['null', 'arrayContains']);

function walkMatcher(collector: Collector, template: JsonObject, place: Place): Json {
  const path = formatTokens(place.tokens);
  const type = template['pact:matcher:type'];
  if (type === 'bind') return walkBind(collector, template, place);
  if (type === 'arrayContains' || type === 'array-contains') return walkVariants(collector, template, place);
  const rules = isArray(type) ? type.map((one) => createRule(one, path)) : [createRule(template, path)];
  const optional = rules.every(({ name }) => withoutValue.has(name));
  if (template.value === undefined && !optional) {
    throw new TemplateError(path, `the matcher ${rules.map(({ name }) => name).join(', ')} has no value as an example`);
  }
  const toChildren = isArray(template.value) ? 'items' : (childTokens[rules[0]?.name ?? ''] ?? 'own');
  const example = walk(collector, template.value ?? null, place, toChildren);
  for (const rule of rules) addRule(collector, place.tokens, rule);
  addGenerator(collector, template, place);
  for (const { binding } of rules) {
    if (binding !== undefined) collector.slots.push({ at: place.at, kind: 'bound', name: binding });
  }
  return example;
}

function walkBind(collector: Collector, template: JsonObject, place: Place): Json {
  const path = formatTokens(place.tokens);
  const { name, value } = template;
  if (typeof name !== 'string') throw new TemplateError(path, `bind needs the text name, got ${show(name)}`);
  if (value === undefined) throw new TemplateError(path, 'the matcher bind has no value as an example');
  entryOf(collector, place.tokens).binds.push(name);
  return walk(collector, value, place, 'own');
}

function walkVariants(collector: Collector, template: JsonObject, place: Place): Json {
  const path = formatTokens(place.tokens);
  const { variants } = template;
  if (!isArray(variants) || variants.length === 0) {
    throw new TemplateError(path, `arrayContains needs at least one variant, got ${show(variants)}`);
  }
  const compiled: Variant[] = [];
  const examples = variants.map((variant, at) => {
    const inner = newCollector();
    const example = walk(inner, variant, { tokens: [], at: [...place.at, at] }, 'own');
    compiled.push({ index: at, rules: finish(inner) });
    collector.slots.push(...inner.slots);
    return example;
  });
  const json = compiled.map(({ index: at, rules }) => ({ index: at, rules: writeRules(rules), generators: {} }));
  const rule = buildRule('arrayContains', { variants: json }, path);
  addRule(collector, place.tokens, { ...rule, variants: compiled });
  return examples;
}

function addGenerator(collector: Collector, template: JsonObject, place: Place): void {
  const type = template['pact:generator:type'];
  if (type === undefined) return;
  const path = formatTokens(place.tokens);
  const { expression } = template;
  if (type !== 'ProviderState' || typeof expression !== 'string') {
    throw new TemplateError(path, `expected the generator ProviderState with an expression, got ${show(type)}`);
  }
  collector.generators[path] = { type, expression };
  collector.slots.push({ at: place.at, kind: 'state', expression });
}

/**
 * Takes a template apart into its example and its rules.
 * @throws {TemplateError} naming the path of an unknown matcher, a missing example or an option that is wrong.
 */
export function readTemplate(template: unknown): Parts {
  const collector = newCollector();
  const example = walk(collector, template, { tokens: [], at: [] }, 'own');
  return { example, entries: finish(collector), generators: collector.generators, slots: collector.slots };
}
