import { formatSegments } from './path.ts';
import type { Scope } from './scope.ts';
import type { Strictness } from './strict.ts';

/** One difference between a template and a value. */
export interface Mismatch {
  /** Where it is: `$.body.items[0].id`. */
  readonly path: string;
  readonly expected: string;
  readonly got: string;
  /** One sentence for people: path, expected and got. */
  readonly message: string;
  /** The matcher that was not met, or `missing`, `unexpected` (keys and items), `length` (of an array). */
  readonly rule: string;
}

/** Compares a value with the example and the rules of its place. */
export type Visit = (walk: Walk, expected: unknown, actual: unknown, scope: Scope, strict: Strictness) => void;

/** What one match carries along. */
export interface Walk {
  /** The place that is compared now. */
  readonly path: (string | number)[];
  readonly out: Mismatch[];
  readonly bindings: Map<string, unknown> | undefined;
  readonly visit: Visit;
}

/** A value that differs everywhere says nothing more after this many mismatches. */
export const mostMismatches = 10_000;

/** Adds a mismatch at the place of the walk. */
export function report(walk: Walk, rule: string, expected: string, got: string): void {
  if (walk.out.length >= mostMismatches) return;
  const path = formatSegments(walk.path);
  walk.out.push({ path, expected, got, message: `${path}: expected ${expected}, got ${got}`, rule });
}

/** Adds a mismatch one level below the place of the walk. */
export function reportBelow(walk: Walk, segment: string | number, rule: string, expected: string, got: string): void {
  walk.path.push(segment);
  report(walk, rule, expected, got);
  walk.path.pop();
}
