/**
 * A pattern of a contract, which Pact holds against the whole text, as the `pattern` of a JSON Schema, which is searched for.
 * @returns undefined where JSON Schema has no equal: flags, and escapes that only Oniguruma knows
 */
export function schemaPattern(regex: string): string | undefined {
  const plain = regex.startsWith('(?m)') ? withWideDots(regex.slice('(?m)'.length)) : regex;
  const body = hasAlternatives(plain) ? `(?:${plain})` : plain;
  const starts = body.startsWith('^') ? '' : '^';
  const ends = /(?<!\\)(?:\\\\)*\$$/.test(body) ? '' : '$';
  const pattern = `${starts}${body}${ends}`;
  return isPattern(pattern) ? pattern : undefined;
}

/** A text as a pattern that fits it alone. */
export function escaped(text: string): string {
  return text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');
}

/** JSON Schema 2020-12, Core, section 6.4: a pattern is one of ECMA-262 that is read with Unicode, and has no flags of its own. */
function isPattern(pattern: string): boolean {
  if (/\(\?[a-z-]+[:)]/.test(pattern)) return false;
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}

/** An escape, a character class, or one of the characters that mean something by themselves. */
const token = /\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|[().|]/g;

/** The flag `m` of Oniguruma: a dot is any character, line breaks too. */
function withWideDots(regex: string): string {
  return regex.replace(token, (found) => (found === '.' ? '[\\s\\S]' : found));
}

/** Whether a `|` stands outside of all groups and character classes. */
function hasAlternatives(regex: string): boolean {
  let depth = 0;
  for (const [found] of regex.matchAll(token)) {
    if (found === '(') depth += 1;
    else if (found === ')') depth -= 1;
    else if (found === '|' && depth === 0) return true;
  }
  return false;
}
