import type { Json } from '../matchers.ts';
import type { Slot } from './template.ts';
import { isArray, isObject } from './values.ts';

type Container = Record<string | number, unknown>;

/** A copy that may be changed; bytes are shared. */
function copy(value: unknown): unknown {
  if (isArray(value)) return value.map(copy);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copy(part)]));
  return value;
}

function fill(expression: string, values: Readonly<Record<string, string>>): string | undefined {
  let known = true;
  const text = expression.replace(/\$\{([^}]+)\}/g, (whole, name: string) => {
    if (Object.hasOwn(values, name)) return values[name] ?? whole;
    known = false;
    return whole;
  });
  return known ? text : undefined;
}

function contentOf(
  slot: Slot,
  values: Readonly<Record<string, string>>,
  bindings: ReadonlyMap<string, unknown> | undefined,
): unknown {
  return slot.kind === 'state' ? fill(slot.expression, values) : bindings?.get(slot.name);
}

/** The example with its slots filled; a slot that nothing is known for keeps its example. */
export function fillSlots(
  example: Json,
  slots: readonly Slot[],
  values: Readonly<Record<string, string>>,
  bindings: ReadonlyMap<string, unknown> | undefined,
): Json {
  const root: Container = { root: copy(example) };
  for (const slot of slots) {
    const value = contentOf(slot, values, bindings);
    if (value === undefined) continue;
    const path = ['root', ...slot.at];
    const last = path.pop() ?? 'root';
    const holder = path.reduce<Container>((at, segment) => at[segment] as Container, root);
    Object.defineProperty(holder, last, { value: copy(value), writable: true, enumerable: true, configurable: true });
  }
  return root.root as Json;
}
