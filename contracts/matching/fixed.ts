import type { Json } from '../matchers.ts';
import type { Segments } from './path.ts';
import type { Scope } from './scope.ts';
import { equalJson, isArray, isObject, keysOf } from './values.ts';

/** A value that a message must have as it is: no rule covers its place. */
export interface FixedValue {
  readonly at: Segments;
  readonly value: Json;
}

/** The texts, numbers, booleans and nulls of an example that no rule covers. */
export function collectFixed(example: Json, scope: Scope, at: Segments = []): FixedValue[] {
  if (scope.rules.length > 0) return [];
  if (isArray(example)) return example.flatMap((item, index) => collectFixed(item, scope.child(index), [...at, index]));
  if (!isObject(example)) return [{ at, value: example }];
  return keysOf(example).flatMap((key) => collectFixed(example[key] as Json, scope.child(key), [...at, key]));
}

/** Whether a message has every one of the values. */
export function hasFixed(message: unknown, values: readonly FixedValue[]): boolean {
  for (const { at, value } of values) {
    let actual = message;
    for (const segment of at)
      actual = (actual as Readonly<Record<string | number, unknown>> | null | undefined)?.[segment];
    if (!equalJson(value, actual)) return false;
  }
  return true;
}
