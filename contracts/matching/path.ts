/** One step of a rule's path below the root `$`. `star` is `.*` (any key or index), `items` is `[*]` (any index). */
export type Token =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'star' }
  | { readonly kind: 'items' };

/** A place in a value: keys of objects and positions in arrays, below the root. */
export type Segments = readonly (string | number)[];

export const field = (name: string): Token => ({ kind: 'field', name });
export const index = (position: number): Token => ({ kind: 'index', index: position });
export const star: Token = { kind: 'star' };
export const items: Token = { kind: 'items' };

const plainName = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const tokenPattern = /\.([^.[\]'"\s*]+)|(\.\*)|(\[\*\])|\[(\d+)\]|\['([^']+)'\]/y;

function formatField(name: string): string {
  return plainName.test(name) ? `.${name}` : `['${name}']`;
}

/** True when a pact file has a path for the key: it knows no escapes, so a key with an apostrophe has none. */
export const hasPath = (name: string): boolean => name !== '' && !name.includes("'");

/** The path expression of a pact file, `$.items[*]['a.b']`. */
export function formatTokens(tokens: readonly Token[]): string {
  let text = '$';
  for (const token of tokens) {
    switch (token.kind) {
      case 'field':
        text += formatField(token.name);
        break;
      case 'index':
        text += `[${token.index}]`;
        break;
      case 'star':
        text += '.*';
        break;
      case 'items':
        text += '[*]';
        break;
    }
  }
  return text;
}

/** A concrete path for people, in the syntax of `formatTokens`. */
export function formatSegments(segments: Segments): string {
  let text = '$';
  for (const segment of segments) text += typeof segment === 'number' ? `[${segment}]` : formatField(segment);
  return text;
}

/**
 * Reads a path expression: `$`, `.name`, `['any.name']`, `[0]`, `[*]` and `.*`.
 * @returns the tokens below `$`, or undefined when the text is no such expression.
 */
export function parsePath(text: string): Token[] | undefined {
  if (!text.startsWith('$')) return undefined;
  const tokens: Token[] = [];
  tokenPattern.lastIndex = 1;
  while (tokenPattern.lastIndex < text.length) {
    const found = tokenPattern.exec(text);
    if (found === null) {
      tokenPattern.lastIndex = 0;
      return undefined;
    }
    const [, name, anyKey, anyItem, position, quoted] = found;
    if (name !== undefined) tokens.push(field(name));
    else if (anyKey !== undefined) tokens.push(star);
    else if (anyItem !== undefined) tokens.push(items);
    else if (position !== undefined) tokens.push(index(Number(position)));
    else if (quoted !== undefined) tokens.push(field(quoted));
  }
  return tokens;
}
