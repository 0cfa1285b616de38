import type { SipMessage } from '../../../contracts/messages/sip.ts';
import { keywords, ScenarioError } from './render.ts';

/**
 * Makes sure that SIPp sends a message as it is: line ends would add headers, and other brackets would be taken for its keywords.
 * @throws ScenarioError naming the path of the value
 */
export function assertPlain(message: SipMessage): void {
  const known = new Set<string>([...Object.values(keywords).flatMap((text) => text.match(/\[[$\w]+\]/g) ?? [])]);
  const visit = (value: unknown, path: string): void => {
    if (typeof value === 'object' && value !== null) {
      for (const [key, part] of Object.entries(value)) visit(part, `${path}.${key}`);
    } else if (typeof value === 'string') {
      const brackets = (value.match(/\[[$\w]*\]?/g) ?? []).filter((each) => !known.has(each));
      if (path !== '$.body' && /[\r\n]/.test(value))
        throw new ScenarioError(`${path}: a value of a SIP message cannot have a line end`);
      if (brackets.length > 0) throw new ScenarioError(`${path}: SIPp cannot send "[" as it is, got "${value}"`);
    }
  };
  visit(message, '$');
}
