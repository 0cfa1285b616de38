/**
 * Pact's engine reads patterns with Oniguruma in its Ruby syntax and asks for a match from the first character to the last.
 * This file turns such a pattern into a JavaScript one.
 */

const word = '\\p{L}\\p{M}\\p{N}\\p{Pc}';
const escapes: Readonly<Record<string, string>> = {
  A: '(?<![\\s\\S])',
  z: '(?![\\s\\S])',
  Z: '(?=\\n?(?![\\s\\S]))',
  b: `(?:(?<=[${word}])(?![${word}])|(?<![${word}])(?=[${word}]))`,
  B: `(?:(?<=[${word}])(?=[${word}])|(?<![${word}])(?![${word}]))`,
};
const classEscapes: Readonly<Record<string, string>> = {
  d: '\\p{Nd}',
  D: '\\P{Nd}',
  w: word,
  s: '\\p{White_Space}',
  S: '\\P{White_Space}',
  h: '0-9a-fA-F',
};
const negatedSets: Readonly<Record<string, string>> = { W: `[^${word}]`, H: '[^0-9a-fA-F]' };
const controls: Readonly<Record<string, string>> = {
  n: '\\n',
  r: '\\r',
  t: '\\t',
  f: '\\f',
  v: '\\v',
  a: '\\x07',
  e: '\\x1b',
};
const posix: Readonly<Record<string, string>> = {
  alnum: '\\p{L}\\p{M}\\p{Nd}',
  alpha: '\\p{L}\\p{M}',
  digit: '\\p{Nd}',
  lower: '\\p{Ll}',
  upper: '\\p{Lu}',
  punct: '\\p{P}\\p{S}',
  space: '\\p{White_Space}',
  blank: ' \\t',
  cntrl: '\\p{Cc}',
  xdigit: '0-9a-fA-F',
  word,
};
const refusedEscapes = new Set('gGKNORXykpP');

class Translation {
  readonly #pattern: string;
  #at = 0;
  #dotAll = false;
  /** True once the whole pattern is case-insensitive: `(?i)` at its start. */
  ignoreCase = false;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  #take(rule: RegExp): RegExpExecArray | undefined {
    rule.lastIndex = this.#at;
    const found = rule.exec(this.#pattern);
    if (found === null) return undefined;
    this.#at += found[0].length;
    return found;
  }

  #refuse(what: string): never {
    throw new SyntaxError(`${what} cannot be translated from Pact's regular expressions; write it another way`);
  }

  run(): string {
    const leading = this.#take(/\(\?([im]+)\)/y)?.[1] ?? '';
    this.ignoreCase = leading.includes('i');
    this.#dotAll = leading.includes('m');
    const body = this.#alternatives();
    if (this.#at < this.#pattern.length) throw new SyntaxError(`unmatched ) at ${this.#at}`);
    return body;
  }

  /** Everything up to the end of the group that is open. */
  #alternatives(): string {
    const dotAll = this.#dotAll;
    let out = '';
    let closing = '';
    while (this.#at < this.#pattern.length && this.#pattern[this.#at] !== ')') {
      const inline = this.#take(/\(\?([im]*)(?:-([im]*))?\)/y);
      if (inline === undefined) {
        out += this.#item();
        continue;
      }
      const [, on = '', off = ''] = inline;
      out += this.#modifiers(on, off);
      closing += ')';
    }
    this.#dotAll = dotAll;
    return out + closing;
  }

  #modifiers(on: string, off: string): string {
    if (on.includes('m')) this.#dotAll = true;
    if (off.includes('m')) this.#dotAll = false;
    const plus = on.includes('i') ? 'i' : '';
    const minus = off.includes('i') ? '-i' : '';
    return `(?${plus}${minus}:`;
  }

  #item(): string {
    if (this.#take(/\(\?#[^)]*\)/y)) return '';
    const quantifier = this.#take(/(?:[*+?]|\{(\d*),?(\d*)\})([?+]?)/y);
    if (quantifier !== undefined) return this.#quantifier(quantifier);
    const next = this.#pattern[this.#at] ?? '';
    if (next === '(') return this.#group();
    if (next === '[') return this.#set();
    if (next === '\\') return this.#escape();
    const point = String.fromCodePoint(this.#pattern.codePointAt(this.#at) ?? 0);
    this.#at += point.length;
    if (point === '.') return this.#dotAll ? '[\\s\\S]' : '[^\\n]';
    if (point === '^') return '(?<![^\\n])';
    if (point === '$') return '(?![^\\n])';
    return '{}]/'.includes(point) ? `\\${point}` : point;
  }

  #quantifier(found: RegExpExecArray): string {
    const [text, from, to, suffix] = found;
    if (suffix === '+') this.#refuse(`the possessive quantifier ${text}`);
    if (!text.startsWith('{')) return text;
    if (from === '' && to === '') return text.replace(/[{}]/g, '\\$&');
    return from === '' ? text.replace('{', '{0') : text;
  }

  #group(): string {
    const options = this.#take(/\(\?([im]*)(?:-([im]*))?:/y);
    const dotAll = this.#dotAll;
    let open: string;
    if (options !== undefined) open = this.#modifiers(options[1] ?? '', options[2] ?? '');
    else
      open = this.#take(/\((?:\?(?:[=!]|<[=!]|<[A-Za-z_]\w*>))?(?!\?)/y)?.[0] ?? this.#refuse('a group of this kind');
    const body = this.#alternatives();
    if (this.#pattern[this.#at] !== ')') throw new SyntaxError('a group is not closed');
    this.#at += 1;
    this.#dotAll = dotAll;
    return `${open}${body})`;
  }

  #property(): string | undefined {
    const found = this.#take(/\\([pP])\{(\^?)([^}]+)\}/y);
    if (found === undefined) return undefined;
    const [, letter, caret, name = ''] = found;
    const negative = (letter === 'P') !== (caret === '^');
    // In brackets Oniguruma counts symbols as punctuation, here it does not.
    const known = name.toLowerCase() === 'punct' ? '\\p{P}' : posix[name.toLowerCase()];
    if (known === undefined) return `\\${negative ? 'P' : 'p'}{${name}}`;
    return negative ? `[^${known}]` : `[${known}]`;
  }

  #escape(): string {
    const property = this.#property();
    if (property !== undefined) return property;
    const kept = this.#take(/\\(?:[1-9]\d*|k<[A-Za-z_]\w*>|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4})/y);
    if (kept !== undefined) return kept[0];
    const point = this.#take(/\\x\{([0-9a-fA-F]+)\}/y);
    if (point !== undefined) return `\\u{${point[1]}}`;
    const letter = this.#take(/\\([\s\S])/uy)?.[1];
    if (letter === undefined) throw new SyntaxError('a backslash at the end');
    const inClass = classEscapes[letter];
    if (inClass !== undefined) return `[${inClass}]`;
    return escapes[letter] ?? negatedSets[letter] ?? this.#literal(letter);
  }

  #literal(letter: string): string {
    if (refusedEscapes.has(letter) || letter === '0') this.#refuse(`\\${letter}`);
    return controls[letter] ?? (/[\^$\\.*+?()[\]{}|/]/.test(letter) ? `\\${letter}` : letter);
  }

  #set(): string {
    let out = this.#take(/\[\^?/y)?.[0] ?? '';
    if (this.#take(/\]/y)) out += '\\]';
    while (this.#pattern[this.#at] !== ']') {
      if (this.#at >= this.#pattern.length) throw new SyntaxError('a character class is not closed');
      if (this.#pattern.startsWith('&&', this.#at)) this.#refuse('&& in a character class');
      out += this.#member();
    }
    this.#at += 1;
    return `${out}]`;
  }

  #member(): string {
    const bracket = this.#take(/\[:(\^?)(\w+):\]/y);
    if (bracket !== undefined) {
      const known = posix[bracket[2] ?? ''] ?? this.#refuse(`[:${bracket[2]}:]`);
      return `[${bracket[1]}${known}]`;
    }
    const next = this.#pattern[this.#at] ?? '';
    if (next === '[') return this.#set();
    if (next === '\\') return this.#escapedMember();
    const point = String.fromCodePoint(this.#pattern.codePointAt(this.#at) ?? 0);
    this.#at += point.length;
    const dashAtEdge = point === '-' && (this.#pattern[this.#at] === ']' || /\[\^?$/.test(this.#before(1)));
    return dashAtEdge || /[(){}/|&!#%,:;<=>@`~$^*+.?]/.test(point) ? `\\${point}` : point;
  }

  #before(length: number): string {
    return this.#pattern.slice(0, this.#at - length);
  }

  #escapedMember(): string {
    const property = this.#property();
    if (property !== undefined) return property;
    const kept = this.#take(/\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4})/y);
    if (kept !== undefined) return kept[0];
    const letter = this.#take(/\\([\s\S])/uy)?.[1];
    if (letter === undefined) throw new SyntaxError('a backslash at the end');
    if (letter === 'b') return '\\x08';
    const known = classEscapes[letter] ?? negatedSets[letter];
    if (known !== undefined) return `[${known}]`.replace(/^\[\[(.*)\]\]$/, '[$1]');
    return /[A-Za-z0-9\s]/.test(letter) ? this.#literal(letter) : this.#escapedPunctuation(letter);
  }

  #escapedPunctuation(letter: string): string {
    return /[\^$\\.*+?()[\]{}|/\-&!#%,:;<=>@`~]/.test(letter) ? `\\${letter}` : letter;
  }
}

/**
 * Compiles a pattern of a pact file.
 * @returns a test that is true when the pattern fits the whole text, as Pact's engine means it.
 * @throws {SyntaxError} for a pattern that is malformed, or that JavaScript has no equal for.
 */
export function compileRegex(pattern: string): (text: string) => boolean {
  const translation = new Translation(pattern);
  const source = translation.run();
  // Checked by itself first, so that an error shows the pattern and not what is put around it.
  new RegExp(source, 'v');
  const compiled = new RegExp(`^(?:${source})$`, translation.ignoreCase ? 'vi' : 'v');
  return (text) => compiled.test(text);
}
