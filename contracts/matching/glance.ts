import { leafFits } from './leaves.ts';
import type { Rule } from './rules.ts';
import type { Scope } from './scope.ts';
import { type Strictness, strictBelow } from './strict.ts';
import { equalJson, hasMoreKeys, isArray, isObject, type JsonObject, keysOf } from './values.ts';

/** What a glance at a value tells: it fits, it differs, or only the comparison that reports every difference can tell. */
export type Glance = (actual: unknown) => 'fits' | 'differs' | 'unclear';

const unclear: Glance = () => 'unclear';

/**
 * Makes the glance of an example and its rules. It knows plain values and rules of single values, and stops at what differs.
 * @param boundFits whether any value fits where `bound` asks for an earlier one; otherwise its type is asked for
 */
export function makeGlance(example: unknown, scope: Scope, strict: Strictness, boundFits: boolean): Glance {
  const names: Names = { binds: new Set(), asks: new Set(), hidden: false };
  const glance = new Maker(names, boundFits).at(example, scope, strict);
  const asksForItsOwn = [...names.asks].some((name) => names.hidden || names.binds.has(name));
  return asksForItsOwn ? unclear : glance;
}

/** Names of values in a template. A name that it binds itself is worth what the message says, where it asks for it too. */
interface Names {
  readonly binds: Set<string>;
  readonly asks: Set<string>;
  /** Whether there are places that were not looked into, where more may be bound. */
  hidden: boolean;
}

class Maker {
  readonly #names: Names;
  readonly #boundFits: boolean;

  constructor(names: Names, boundFits: boolean) {
    this.#names = names;
    this.#boundFits = boundFits;
  }

  at(example: unknown, scope: Scope, strict: Strictness): Glance {
    for (const name of scope.binds) this.#names.binds.add(name);
    if (!isArray(example) && !isObject(example)) return this.#atLeaf(example, scope);
    if (scope.rules.length > 0) return this.#skip();
    return isArray(example) ? this.#atList(example, scope, strict) : this.#atMap(example, scope, strict);
  }

  #skip(): Glance {
    this.#names.hidden = true;
    return unclear;
  }

  #atLeaf(example: unknown, { rules, any }: Scope): Glance {
    for (const { binding } of rules) if (binding !== undefined) this.#names.asks.add(binding);
    if (rules.length === 0) return glanceAtValue(example);
    if (any) return unclear;
    const judged = this.#boundFits ? rules.filter(({ binding }) => binding === undefined) : rules;
    return glanceByRules(example, judged);
  }

  #atList(example: readonly unknown[], scope: Scope, strict: Strictness): Glance {
    return glanceAtList(example.map((item, at) => this.at(item, scope.child(at), strictBelow(strict, at))));
  }

  #atMap(example: JsonObject, scope: Scope, strict: Strictness): Glance {
    const keys = keysOf(example);
    // These are found in every object.
    if (keys.some((key) => key in Object.prototype)) return this.#skip();
    const members = keys.map((key) => this.at(example[key], scope.child(key), strictBelow(strict, key)));
    return glanceAtMap(keys, members, strict);
  }
}

function glanceAtValue(example: unknown): Glance {
  if (typeof example === 'string') return (actual) => (actual === example ? 'fits' : 'differs');
  return (actual) => (equalJson(example, actual) ? 'fits' : 'differs');
}

function glanceByRules(example: unknown, rules: readonly Rule[]): Glance {
  const tests = rules.map((rule) => rule.test ?? ((actual: unknown) => leafFits(rule, example, actual)));
  const [test] = tests;
  if (test !== undefined && tests.length === 1) return (actual) => (test(actual) ? 'fits' : 'differs');
  return (actual) => (tests.every((each) => each(actual)) ? 'fits' : 'differs');
}

function glanceAtList(items: readonly Glance[]): Glance {
  return (actual) => {
    if (!isArray(actual) || actual.length !== items.length) return 'differs';
    let seen: ReturnType<Glance> = 'fits';
    for (let at = 0; at < items.length; at += 1) {
      const item = (items[at] as Glance)(actual[at]);
      if (item === 'differs') return item;
      if (item === 'unclear') seen = item;
    }
    return seen;
  };
}

function glanceAtMap(keys: readonly string[], members: readonly Glance[], strict: Strictness): Glance {
  const watched = strict === undefined || strict === true ? [] : [...strict.children.keys()];
  const unexpected = watched.filter((key) => !keys.includes(key));
  return (actual) => {
    if (!isObject(actual)) return 'differs';
    let seen: ReturnType<Glance> = 'fits';
    for (let at = 0; at < keys.length; at += 1) {
      const value = actual[keys[at] as string];
      const member = value === undefined ? 'differs' : (members[at] as Glance)(value);
      if (member === 'differs') return member;
      if (member === 'unclear') seen = member;
    }
    if (strict === true && hasMoreKeys(actual, keys.length)) return 'unclear';
    for (const key of unexpected) if (actual[key] !== undefined) return 'unclear';
    return seen;
  };
}
