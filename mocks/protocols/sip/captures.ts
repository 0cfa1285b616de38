import { rseqVariable } from './render.ts';
import { element } from './xml.ts';

/** Headers that are captured row by row, long or compact, in any case. The rows keep their spelling and their line ends. */
const captured: readonly { variable: string; names: readonly string[]; many?: true }[] = [
  { variable: 'via', names: ['via', 'v'], many: true },
  { variable: 'from', names: ['from', 'f'] },
  { variable: 'to', names: ['to', 't'] },
  { variable: 'callId', names: ['call-id', 'i'] },
  { variable: 'cseq', names: ['cseq'] },
  { variable: 'recordRoute', names: ['record-route'], many: true },
];

/**
 * The variables of a scenario. SIPp's own `[last_Via:]` and header search know neither compact names nor any message but the last, so
 * the rows of each request are taken from its text.
 */
export class Captures {
  readonly #variables = new Set<string>();

  /** Actions that keep what responses to the request number `request` copy. */
  take(request: number): string[] {
    return captured.map(({ variable, names, many }) => {
      const row = `[[:cntrl:]]+(${names.map(anyCase).join('|')})[ ]*:[^[:cntrl:]]*`;
      return this.#search(`${variable}${request}`, many === undefined ? row : `(${row})+`);
    });
  }

  /** An action that keeps the Contact of a REGISTER, without its parameters. */
  registrant(request: number): string {
    return this.#value(`registrant${request}`, ['contact', 'm'], '<[^[:cntrl:]>]*>|[^[:cntrl:];]*');
  }

  /** Actions that keep who calls and who is called, for requests that go the other way (RFC 3261, section 12.2.1.1). */
  parties(): string[] {
    return [this.#value('calling', ['from', 'f']), this.#value('called', ['to', 't'])];
  }

  /** An action that keeps the RSeq of a reliable provisional response (RFC 3262, section 7.1). */
  reliable(): string {
    return this.#value(rseqVariable, ['rseq']);
  }

  /** An action that sets a variable when the message fits the expression. */
  flag(variable: string, expression: string): string {
    return this.#search(variable, expression);
  }

  /** An action that sets a variable when a number is 1. */
  test(variable: string, compared: string): string {
    this.#variables.add(variable);
    return element('test', { assign_to: variable, variable: compared, compare: 'equal', value: 1 });
  }

  assign(variable: string, value: number): string {
    return element('assign', { assign_to: variable, value });
  }

  /** SIPp refuses a scenario in which a variable is set and not used. */
  reference(): string[] {
    return this.#variables.size === 0 ? [] : [element('Reference', { variables: [...this.#variables].join(',') })];
  }

  /** The copied headers of a response; each row begins with its own line end. */
  static echo(request: number, toParameters: string): string {
    return `[$via${request}][$from${request}][$to${request}]${toParameters}[$callId${request}][$cseq${request}]`;
  }

  /** A registered Contact, as a response lists it (RFC 3261, section 10.3). */
  static registered(request: number): string {
    return `[$registrant${request}]`;
  }

  static recordRoute(request: number): string {
    return `[$recordRoute${request}]`;
  }

  /** Keeps the value of a header without its name: the second group of the expression. */
  #value(variable: string, names: readonly string[], form = '[^[:cntrl:]]*'): string {
    const groups = [`${variable}Row`, `${variable}Name`, variable];
    for (const each of groups) this.#variables.add(each);
    const regexp = `[[:cntrl:]]+(${names.map(anyCase).join('|')})[ ]*:[ ]*(${form})`;
    return element('ereg', { regexp, search_in: 'msg', assign_to: groups.join(',') });
  }

  #search(variable: string, regexp: string): string {
    this.#variables.add(variable);
    return element('ereg', { regexp, search_in: 'msg', assign_to: variable });
  }
}

/** POSIX expressions have no flag for case. */
function anyCase(name: string): string {
  return name.replace(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);
}
