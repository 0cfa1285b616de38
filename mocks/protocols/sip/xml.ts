import { ScenarioError } from './render.ts';

/** T1 of RFC 3261, section 17.1.1.1. */
export const T1_MS = 500;

/** Of an element; one that is undefined is left out. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

const HEAD = '<?xml version="1.0" encoding="UTF-8" ?>';

/** What SIPp 3.6 reads of a scenario, in bytes. */
const MOST_BYTES = 65_535;

/**
 * A scenario of SIPp. The name is shown on its screens.
 * @throws ScenarioError when it is longer than SIPp can read
 */
export function scenarioXml(name: string, elements: readonly string[]): string {
  const xml = [HEAD, element('scenario', { name }, elements), ''].join('\n');
  const bytes = Buffer.byteLength(xml);
  if (bytes <= MOST_BYTES) return xml;
  throw new ScenarioError(
    `the scenario "${name}" has ${bytes} bytes, and SIPp reads no more than ${MOST_BYTES}; serve fewer contracts with one mock`,
  );
}

/** An element with attributes and, on lines of their own, its children. */
export function element(tag: string, attributes: Attributes, children: readonly string[] = []): string {
  const text = attributesText(attributes);
  return children.length === 0 ? `<${tag}${text}/>` : `<${tag}${text}>\n${children.join('\n')}\n</${tag}>`;
}

function attributesText(attributes: Attributes): string {
  return Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/**
 * A `send` element. SIPp ends the lines with CRLF and counts the body for `[len]`.
 * @param body its lines, ended by CRLF or LF
 * @param attributes how it is repeated, which transaction it belongs to, and the label to go on at
 * @throws ScenarioError when the text would end the element
 */
export function send(lines: readonly string[], body: string, attributes: Attributes = {}): string {
  const text = [...lines, 'Content-Length: [len]', '', ...body.split(/\r?\n/)].join('\n');
  if (text.includes(']]>')) throw new ScenarioError(`a scenario cannot hold "]]>", which stands in "${lines[0]}"`);
  return `<send${attributesText(attributes)}><![CDATA[\n\n${text}\n]]></send>`;
}
