import type { Json } from '../matchers.ts';
import { formatTokens, parsePath, type Token } from '../matching/path.ts';
import { type Compiled, compile, type Generator, type RuleSet } from '../matching.ts';

/** A rule or a generator of a template and where it stands. */
interface Placed<T> {
  tokens: readonly Token[];
  value: T;
}

/** What a template says about one part of a message: the rules and generators below it, with paths that start there. */
export interface Part {
  matchingRules: Record<string, RuleSet>;
  generators: Record<string, Generator>;
}

/** A template read for a pact file. */
export class PartedTemplate {
  readonly example: Json;
  readonly #rules: Placed<RuleSet>[];
  readonly #generators: Placed<Generator>[];

  constructor(template: unknown) {
    const compiled: Compiled = compile(template);
    this.example = withoutBytes(compiled.example);
    this.#rules = placed(compiled.rules);
    this.#generators = placed(compiled.generators);
  }

  /** The whole message as one part. */
  whole(): Part {
    return {
      matchingRules: Object.fromEntries(this.#rules.map(({ tokens, value }) => [formatTokens(tokens), value])),
      generators: Object.fromEntries(this.#generators.map(({ tokens, value }) => [formatTokens(tokens), value])),
    };
  }

  /** The part below one field of the message; paths in it start at `$`. */
  below(field: string): Part {
    return {
      matchingRules: relative(this.#rules, field, formatTokens),
      generators: relative(this.#generators, field, formatTokens),
    };
  }

  /**
   * The part below a field whose value is flat (headers, query), by name. A rule of the field itself, which cascades in a
   * template and cannot in a file, goes to every name of the example that has none of its own.
   */
  named(field: string): Part {
    const name = (tokens: readonly Token[]) => (tokens[0]?.kind === 'field' ? tokens[0].name : '');
    const { '': cascading, ...own } = relative(this.#rules, field, name);
    const example = (this.example as Record<string, Json>)[field] ?? {};
    const cascaded = cascading === undefined ? [] : Object.keys(example).map((key) => [key, cascading] as const);
    return {
      matchingRules: { ...Object.fromEntries(cascaded), ...own },
      generators: relative(this.#generators, field, name),
    };
  }
}

function placed<T>(byPath: Readonly<Record<string, T>>): Placed<T>[] {
  return Object.entries(byPath).map(([path, value]) => ({ tokens: parsePath(path) ?? [], value }));
}

function relative<T>(
  all: readonly Placed<T>[],
  field: string,
  key: (tokens: readonly Token[]) => string,
): Record<string, T> {
  const inside = all.filter(({ tokens: [first] }) => first?.kind === 'field' && first.name === field);
  return Object.fromEntries(inside.map(({ tokens, value }) => [key(tokens.slice(1)), value]));
}

/** A file holds JSON only; bytes are written in base64. */
function withoutBytes(value: unknown): Json {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(withoutBytes);
  if (typeof value !== 'object' || value === null) return value as Json;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutBytes(each)]));
}

/** Leaves out of an object what is empty, as pact files do. */
export function filled(parts: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(parts).filter(
      ([, value]) =>
        value !== undefined && (typeof value !== 'object' || value === null || Object.keys(value).length > 0),
    ),
  );
}
