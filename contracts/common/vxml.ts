import { type Matcher, regex } from '../matchers.ts';

/**
 * VoiceXML pages as text, judged by what an interpreter needs of them: the root with its version, and elements with
 * attributes, in any order and among others. What a page says to the caller is no matter of a contract.
 */

/** VoiceXML's own type, and the one that interpreters put up with. */
export const vxmlType = regex('^(application/voicexml\\+xml|text/xml)(;[^,]*)?$', 'application/voicexml+xml');

const anyValue = `(?:"[^"]+"|'[^']+')`;
const attributes = `(?:[^<>"']|"[^"]*"|'[^']*')*`;

function attribute([name, pattern]: [name: string, pattern: string | undefined]): string {
  const value = pattern === undefined ? anyValue : `(?:"${pattern}"|'${pattern}')`;
  return `(?=${attributes}\\s(?:${name})\\s*=\\s*${value})`;
}

/**
 * The pattern of a start tag.
 * @param name a pattern too: `exit|disconnect`
 * @param required attribute names, which are patterns too, and the patterns of their values; undefined is any value
 */
export function tag(name: string, required: Readonly<Record<string, string | undefined>> = {}): string {
  return `<(?:${name})(?=[\\s/>])${Object.entries(required).map(attribute).join('')}`;
}

/** The pattern of a submit to the next page, whose address the page either holds or computes. */
export const postingSubmit = (required: Readonly<Record<string, string>> = {}) =>
  tag('submit', { 'next|expr': undefined, method: 'post', ...required });

/**
 * A page of VoiceXML 2.1.
 * @param content the elements of the example
 * @param has patterns that are somewhere in the page
 * @param lacks patterns that are nowhere in it
 */
export function vxmlPage(content: string, has: readonly string[] = [], lacks: readonly string[] = []): Matcher<string> {
  const prolog = '\\s*(?:<\\?.*?\\?>\\s*)?(?:<!.*?>\\s*)*';
  const demands = [...has.map((each) => `(?=.*${each})`), ...lacks.map((each) => `(?!.*${each})`)].join('');
  return regex(
    `(?m)${prolog}${tag('vxml', { version: '2\\.1' })}${demands}.*</vxml>\\s*`,
    `<?xml version="1.0" encoding="UTF-8"?><vxml version="2.1" xmlns="http://www.w3.org/2001/vxml">${content}</vxml>`,
  );
}
