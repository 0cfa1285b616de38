import { TemplateError } from './errors.ts';
import { parsePath } from './path.ts';

interface StrictNode {
  readonly children: Map<string, Strictness>;
}

/** Whether unexpected keys are mismatches: here and below, somewhere below, or nowhere. */
export type Strictness = true | StrictNode | undefined;

const compiled = new WeakMap<readonly string[], Strictness>();

function compilePaths(paths: readonly string[]): Strictness {
  const root: StrictNode = { children: new Map() };
  for (const path of paths) {
    const tokens = parsePath(path);
    if (tokens === undefined) throw new TemplateError(path, 'this is no path; expected $ or a path like $.body');
    if (tokens.length === 0) return true;
    let node = root;
    for (const [at, token] of tokens.entries()) {
      if (token.kind === 'star' || token.kind === 'items') {
        throw new TemplateError(path, 'a strict path names keys and indexes only, no *');
      }
      const key = token.kind === 'field' ? token.name : String(token.index);
      const known = node.children.get(key);
      if (known === true) break;
      const next = known ?? { children: new Map<string, Strictness>() };
      node.children.set(key, at === tokens.length - 1 ? true : next);
      node = next;
    }
  }
  return root.children.size === 0 ? undefined : root;
}

/** Reads the paths below which unexpected keys are mismatches; remembered by the identity of the list. */
export function strictness(paths: readonly string[]): Strictness {
  const known = compiled.get(paths);
  if (known !== undefined || compiled.has(paths)) return known;
  const made = compilePaths(paths);
  compiled.set(paths, made);
  return made;
}

/** The strictness of a child. */
export function strictBelow(strict: Strictness, segment: string | number): Strictness {
  return strict === undefined || strict === true ? strict : strict.children.get(String(segment));
}
