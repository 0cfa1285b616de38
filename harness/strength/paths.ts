import { formatSegments, parsePath, type Segments, type Token } from '../../contracts/matching/path.ts';

/** A copy of a value with one place changed; what does not lie on the way there is shared. */
export function withValue(whole: unknown, at: Segments, value: unknown): unknown {
  const [head, ...rest] = at;
  if (head === undefined) return value;
  if (Array.isArray(whole)) return whole.with(Number(head), withValue(whole[Number(head)], rest, value));
  const object = whole as Readonly<Record<string, unknown>>;
  return { ...object, [head]: withValue(object[head], rest, value) };
}

/** A copy of a value without one member or item. */
export function without(whole: unknown, at: Segments): unknown {
  const parent = at.slice(0, -1);
  const last = at.at(-1);
  const holder = valueAt(whole, parent);
  if (Array.isArray(holder)) return withValue(whole, parent, holder.toSpliced(Number(last), 1));
  const { [String(last)]: _gone, ...kept } = holder as Record<string, unknown>;
  return withValue(whole, parent, kept);
}

/** The value at a place; undefined where there is none. */
export function valueAt(whole: unknown, at: Segments): unknown {
  return at.reduce<unknown>(
    (value, segment) =>
      typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[segment] : undefined,
    whole,
  );
}

/** Whether one path is the other, or lies above or below it; paths as mismatches print them. */
export function related(a: string, b: string): boolean {
  return isWithin(a, b) || isWithin(b, a);
}

function isWithin(path: string, above: string): boolean {
  return path.startsWith(above) && (path.length === above.length || '.['.includes(path[above.length] ?? ''));
}

function fits(token: Token, segment: string | number | undefined): boolean {
  if (segment === undefined) return false;
  switch (token.kind) {
    case 'field':
      return token.name === segment;
    case 'index':
      return token.index === Number(segment);
    case 'star':
      return true;
    case 'items':
      return typeof segment === 'number';
  }
}

/** Whether a path with `.*` and `[*]` names the place itself. */
export function names(pattern: string, at: Segments): boolean {
  const tokens = parsePath(pattern);
  return tokens?.length === at.length && tokens.every((token, index) => fits(token, at[index]));
}

/** Whether a path with `.*` and `[*]` names the place or something above it. */
export function covers(pattern: string, at: Segments): boolean {
  return parsePath(pattern)?.every((token, index) => fits(token, at[index])) ?? false;
}

export { formatSegments, parsePath, type Segments };
