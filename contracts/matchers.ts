/**
 * Pact's matchers in its integration form (`pact:matcher:type`), so that a template of ours is also what any Pact tool reads.
 * Names and meanings: Pact specification V3 and V4, "Matching rules" and "Integration JSON".
 */

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A matcher in place of a value of type `T`; `value` is the example that stands for it. */
export interface Matcher<T = unknown> {
  /** The matcher's name; a list where the value has to fit several. */
  readonly 'pact:matcher:type': string | readonly { readonly [option: string]: Json }[];
  readonly value?: Template<T>;
  readonly [option: string]: unknown;
}

/** A value of type `T` in which every part may be a matcher. */
export type Template<T> =
  | T
  | Matcher<T>
  | (T extends readonly (infer E)[]
      ? readonly Template<E>[]
      : T extends object
        ? { readonly [K in keyof T]: Template<T[K]> }
        : never);

function matcher<T>(type: string, value: Template<T> | undefined, options: Record<string, unknown> = {}): Matcher<T> {
  return value === undefined
    ? { 'pact:matcher:type': type, ...options }
    : { 'pact:matcher:type': type, value, ...options };
}

/** Same JSON type as the example; below an object or array, the types of all its parts. */
export const like = <T>(example: Template<T>): Matcher<T> => matcher('type', example);
/** Equal to the value; ends the cascade of an enclosing `like`. */
export const equal = <T>(value: T): Matcher<T> => matcher('equality', value);
/** A string of any content. */
export const string = (example: string): Matcher<string> => matcher('type', example);
/** A boolean. */
export const boolean = (example: boolean): Matcher<boolean> => matcher('boolean', example);
/** A number without a fraction. */
export const integer = (example: number): Matcher<number> => matcher('integer', example);
/** A number with a fraction. */
export const decimal = (example: number): Matcher<number> => matcher('decimal', example);
/** Any number. */
export const number = (example: number): Matcher<number> => matcher('number', example);
/** JSON null. */
export const nullValue = (): Matcher<null> => matcher('null', null);
/**
 * A string that the pattern describes from its first character to its last: Pact's engine does not search. The flags `i` and `s`
 * of a RegExp are kept, the others have no meaning here. The pattern is Oniguruma's as in Ruby, so `^` and `$` also stand at line
 * breaks, and `\w`, `\d` and `\s` know all of Unicode.
 */
export const regex = (pattern: RegExp | string, example: string): Matcher<string> =>
  matcher('regex', example, { regex: typeof pattern === 'string' ? pattern : patternOf(pattern) });

function patternOf({ source, ignoreCase, dotAll }: RegExp): string {
  const flags = `${ignoreCase ? 'i' : ''}${dotAll ? 'm' : ''}`;
  return flags === '' ? source : `(?${flags})${source}`;
}

/** A string that contains the given text. (Pact's own integration form keeps the text in `value`; pact files get it right.) */
export const includes = (part: string, example: string = part): Matcher<string> =>
  matcher('include', example, { include: part });
/**
 * A string that fits the matcher. Pact holds patterns and their like against the JSON text of any value, so by them alone a
 * number or an object may stand where a string is meant.
 */
export const text = ({ value, ...own }: Matcher<string>): Matcher<string> => ({
  'pact:matcher:type': [{ 'pact:matcher:type': 'type' }, own as { [option: string]: Json }],
  ...(value === undefined ? {} : { value }),
});
/** A string, array or object that is present and not empty. */
export const notEmpty = <T>(example: Template<T>): Matcher<T> => matcher('notEmpty', example);
/** A semantic version. */
export const semver = (example: string): Matcher<string> => matcher('semver', example);
/** A date and time in a Java SimpleDateFormat pattern. */
export const datetime = (format: string, example: string): Matcher<string> =>
  matcher('timestamp', example, { format, timestamp: format });
/** A date in a Java SimpleDateFormat pattern. */
export const date = (format: string, example: string): Matcher<string> =>
  matcher('date', example, { format, date: format });
/** A time of day in a Java SimpleDateFormat pattern. */
export const time = (format: string, example: string): Matcher<string> =>
  matcher('time', example, { format, time: format });
/** A version-4 UUID in lower or upper case. */
export const uuid = (example: string): Matcher<string> =>
  regex('^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$', example);

/** An array whose every element is like the example, with at least `min` and at most `max` of them. */
export function eachLike<T>(example: Template<T>, { min = 1, max }: { min?: number; max?: number } = {}): Matcher<T[]> {
  const value = Array.from({ length: Math.max(min, 1) }, () => example) as unknown as Template<T[]>;
  return matcher<T[]>('type', value, max === undefined ? { min } : { min, max });
}
/** An array that holds, in any order and among others, one element for each variant. */
export const arrayContaining = <T>(...variants: Template<T>[]): Matcher<T[]> => ({
  'pact:matcher:type': 'arrayContains',
  variants,
});
/** An object of any keys whose every key fits all the rules. Of the values only those under keys of the example are compared. */
export const eachKey = <T extends object>(example: Template<T>, ...rules: Matcher<string>[]): Matcher<T> =>
  matcher('eachKey', example, { rules });
/**
 * An object of any keys whose every value fits all the rules. Pact looks at the rules only: matchers inside the example mean
 * nothing to it, so `compile` refuses them; use `values` for them.
 */
export const eachValue = <T extends object>(example: Template<T>, ...rules: Matcher[]): Matcher<T> =>
  matcher('eachValue', example, { rules });
/** An object of any keys whose every value is like the example's; parts may be matchers, plain parts must be equal. */
export const values = <T extends object>(example: Template<T>): Matcher<T> => matcher('values', example);
/** A body whose content is of this type by its own bytes. */
export const contentType = (mediaType: string, example: string): Matcher<string> =>
  matcher('contentType', example, { value: example, contentType: mediaType });
/** A status of a class (`success`, `clientError`, `serverError`, `redirect`, `info`, `error`, `nonError`) or of a list. */
export const statusCode = (status: string | readonly number[], example: number): Matcher<number> =>
  matcher('statusCode', example, { status });

/**
 * The value that a provider state gives under `name`; the example stands for it where no state was set.
 * @param like what the value must be like; any string when absent
 */
export const fromState = (name: string, example: string, like = string(example)): Matcher<string> => ({
  ...like,
  'pact:generator:type': 'ProviderState',
  expression: `\${${name}}`,
});

/**
 * Remembers the value found here under `name`, within one interaction.
 * @param template what the value itself must be like
 */
export const bind = <T>(name: string, template: Template<T>): Matcher<T> => matcher('bind', template, { name });
/** Equal to what `bind` remembered under `name`, anywhere earlier in the interaction (a reference id in an answer, say). */
export const bound = <T>(name: string, example: T): Matcher<T> => matcher('bound', example, { name });
