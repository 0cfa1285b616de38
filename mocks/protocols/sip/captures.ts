import { rseqVariable } from './render.ts';
import { type Attributes, element } from './xml.ts';

/*
 * SIPp reads `\r` and `\n` in an expression as what they stand for. A search looks closer wherever a character fits the beginning, so it is
 * quick when that is one that each line has once.
 */
const lineEnd = '\\r\\n';
const restOfLine = '[^\\r]*';

/**
 * Headers of which one row is captured, long or compact (`v`, `f`, `t`), in any case. The row keeps its spelling and its line end.
 * One expression stands for both names where it can, as a scenario must not be too long; what else it fits is no header (`Va`, `Frm`).
 */
const captured = {
  via: oneRow('[Vv][Ii]?[Aa]?'),
  from: oneRow('[Ff][Rr]?[Oo]?[Mm]?'),
  to: oneRow('[Tt][Oo]?'),
  cseq: oneRow('[Cc][Ss][Ee][Qq]'),
} as const;

type Captured = keyof typeof captured;

const contact = ['contact', 'm'];

/**
 * Under what the rows of a request are kept: a number, or the name of what is read at once and kept no longer: an ACK has no answer.
 */
type KeptAs = number | 'Ack';

const newestInvite = 'newestInvite';

/**
 * The variables of a scenario. SIPp's own `[last_Via:]` and header search know neither compact names nor any message but the last, so
 * the rows of each request are taken from its text. A group in an expression makes the search of the C library ten times as slow
 * where it finds something, so groups stand only in what few requests have. Every call has memory for all the variables, so there are
 * few.
 */
export class Captures {
  readonly #variables = new Set<string>();

  /**
   * Actions that keep what responses to the request number `request` copy.
   * @param kept the variable that holds the whole request; it is the message itself when absent
   */
  take(request: number, kept?: string): string[] {
    const rows = Object.keys(captured).map((variable) => this.#row(variable as Captured, request, kept));
    return [...rows, this.#hopsBelow(request, kept)];
  }

  /** The same under a number that a request before it had, of which nothing is to be left: what an expression does not find stays. */
  takeAgain(request: number, kept?: string): string[] {
    return [this.#found([`viaBelow${request}`], '^', inVariable(kept)), ...this.take(request, kept)];
  }

  /** An action that keeps the whole message. */
  message(variable: string): string {
    return this.#search(variable, '.*');
  }

  /** The same for a step of its own, in which SIPp has the message only as text. */
  lastMessage(variable: string): string {
    return this.#assignText(variable, '[last_message]');
  }

  /** An action that keeps the recorded route of a request that opens a dialog. */
  route(request: number): string {
    return this.#search(`recordRoute${request}`, `(${oneRow(anyCase('record-route'))})+`);
  }

  /** An action that keeps the Contact of a REGISTER, without its parameters. */
  registrant(request: number): string {
    return this.#value(`registrant${request}`, contact, '<[^\\r>]*>|[^\\r;]*');
  }

  /**
   * A step that keeps the request that has just opened a dialog, for {@link dialog}. SIPp itself would look for the target and the route in
   * the first request of every call (`rrs`), of which few need them.
   */
  opening(): string {
    return element('nop', {}, [
      element('action', {}, [
        this.lastMessage(opening),
        // All rows of it as one.
        this.#assignText('route', '[last_Record-Route:]'),
      ]),
    ]);
  }

  /**
   * A step that takes out of the request that opened a dialog what requests that go the other way are made of: who calls and who is
   * called, the target, and the route as a row (RFC 3261, sections 12.1.1 and 12.2.1.1).
   */
  dialog(): string {
    const inOpening = inVariable(opening);
    return element('nop', {}, [
      element('action', {}, [
        this.#value('calling', ['from', 'f'], restOfLine, opening),
        this.#value('called', ['to', 't'], restOfLine, opening),
        // A line end where there is a route, and of `Record-Route: …` what follows the hyphen.
        this.#found([unused, 'target'], `(${lineEnd})${anyCase('record-route')} *:`, inOpening),
        this.#found(['route'], `${anyCase('route')} *:.*`, inVariable('route')),
        this.#assignText('route', '[$target][$route]'),
        // An address without brackets, then one with them, which may follow a name in quotes (section 20.10).
        this.#value('target', contact, '[^<;\\r]*', opening),
        this.#found(
          [unused, unused, unused, 'target'],
          `${beforeValue(contact)}("[^"\\r]*")?[^"<\\r]*<([^>\\r]*)`,
          inOpening,
        ),
      ]),
    ]);
  }

  /** An action that keeps the RSeq of a reliable provisional response (RFC 3262, section 7.1). */
  reliable(): string {
    return this.#value(rseqVariable, ['rseq']);
  }

  /** An action that sets a variable when the message fits the expression. */
  flag(variable: string, expression: string): string {
    return this.#search(variable, expression);
  }

  /** An action that sets a variable when what another one has kept fits the expression. */
  within(variable: string, kept: string, expression: string): string {
    return this.#found([variable], expression, inVariable(kept));
  }

  /**
   * An action that keeps what the group of an expression fits; where nothing does, what was kept before stays.
   * @param kept the variable to look into; the message when absent
   */
  text(variable: string, expression: string, kept?: string): string {
    return this.#found([unused, variable], expression, inVariable(kept));
  }

  /** Actions that set `is` when a kept text is this one, and unset it otherwise. */
  compare(is: string, variable: string, value: string): string[] {
    return this.#equal(is, { variable, value });
  }

  #equal(is: string, texts: Attributes): string[] {
    for (const each of [is, compared.own]) this.#variables.add(each);
    return [
      element('strcmp', { assign_to: compared.own, ...texts }),
      element('test', { assign_to: is, variable: compared.own, compare: 'equal', value: 0 }),
    ];
  }

  /** An action that keeps the CSeq of a request that is not answered. */
  sequence(request: KeptAs): string {
    return this.#row('cseq', request);
  }

  /** Actions that set a variable when a request has no higher number than one before, both of whose CSeq are kept. */
  isNoHigher(variable: string, request: number, before: number): string[] {
    return this.#isBelow(variable, 'less_than_equal', request, before);
  }

  /** Actions that set a variable when an ACK, whose CSeq is kept already, is that of an INVITE before this one. */
  isEarlier(variable: string, invite: number): string[] {
    return this.#isBelow(variable, 'less_than', 'Ack', invite);
  }

  #isBelow(variable: string, compare: string, request: KeptAs, before: number): string[] {
    return [
      ...this.#number(compared.own, request),
      ...this.#number(compared.other, before),
      this.#comparison(variable, compare, compared.other),
    ];
  }

  /** Actions that keep the number of an INVITE whose CSeq is kept already. */
  newestInvite(request: number): string[] {
    return this.#number(newestInvite, request);
  }

  /** An action that keeps the number of an INVITE that is kept already, as the digits of it. */
  newestInviteIs(number: string): string {
    return this.#toNumber(newestInvite, number);
  }

  /** An action that keeps the number of a request, as its digits. */
  sequenceNumber(variable: string, kept?: string): string {
    return this.#value(variable, ['cseq'], '[0-9]+', kept);
  }

  /**
   * Actions that set `is` where the To of a request has a tag that this SIPp has given (`localTag`), and unset it otherwise.
   * @param spare variables that nobody needs now
   */
  isOwnDialog(is: string, request: number, spare: readonly [string, string]): string[] {
    const [process, own] = spare;
    return [
      this.text(process, '; *tag=([0-9]+)-', `to${request}`),
      this.#assignText(own, '[pid]'),
      ...this.#equal(is, { variable: process, variable2: own }),
    ];
  }

  /** Actions that set a variable when a number that is kept, as its digits, is above that of the newest INVITE. */
  isNewer(variable: string, number: string): string[] {
    this.#variables.add(newestInvite);
    return [this.#toNumber(compared.own, number), this.#comparison(variable, 'greater_than', newestInvite)];
  }

  /** @param other what the number in question is compared to */
  #comparison(variable: string, compare: string, other: string): string {
    this.#variables.add(variable);
    return element('test', { assign_to: variable, variable: compared.own, compare, variable2: other });
  }

  #number(variable: string, request: KeptAs): string[] {
    return [this.within(digits, `cseq${request}`, '[0-9]+'), this.#toNumber(variable, digits)];
  }

  #toNumber(variable: string, text: string): string {
    this.#variables.add(variable);
    return element('todouble', { assign_to: variable, variable: text });
  }

  #assignText(variable: string, value: string): string {
    this.#variables.add(variable);
    return element('assignstr', { assign_to: variable, value });
  }

  assign(variable: string, value: number): string {
    return element('assign', { assign_to: variable, value });
  }

  /**
   * The elements of a scenario between what declares its variables. SIPp refuses one in which a variable is set and not used.
   */
  declared(elements: readonly string[]): string[] {
    if (this.#variables.size === 0) return [...elements];
    const shared = passing.filter((variable) => this.#variables.has(variable));
    return [
      ...(shared.length === 0 ? [] : [element('Global', { variables: shared.join(',') })]),
      ...elements,
      element('Reference', { variables: [...this.#variables].join(',') }),
    ];
  }

  /** The copied headers of a response. A row begins with its own line end; the id of the call SIPp knows. */
  static echo(request: number, toParameters: string): string {
    return `[$via${request}][$viaBelow${request}][$from${request}][$to${request}]${toParameters}\nCall-ID: [call_id][$cseq${request}]`;
  }

  /** A registered Contact, as a response lists it (RFC 3261, section 10.3). */
  static registered(request: number): string {
    return `[$registrant${request}]`;
  }

  static recordRoute(request: number): string {
    return `[$recordRoute${request}]`;
  }

  #row(variable: Captured, request: KeptAs, kept?: string): string {
    return this.#found([`${variable}${request}`], captured[variable], inVariable(kept));
  }

  /** Keeps the value of a header without its name: the second group of the expression. */
  #value(variable: string, names: readonly string[], form = restOfLine, kept?: string): string {
    return this.#found([unused, unused, variable], `${beforeValue(names)}(${form})`, inVariable(kept));
  }

  /** Keeps the rows of Via after the first, where there are any. To look no further than there, it tells the lines before, too. */
  #hopsBelow(request: number, kept?: string): string {
    const before = `^${restOfLine}(${lineEnd}([^Vv]|[Vv][^Ii :]|[Vv][Ii][^Aa])${restOfLine})*`;
    const groups = [unused, unused, unused, `viaBelow${request}`];
    return this.#found(groups, `${before}${captured.via}((${captured.via})+)`, inVariable(kept));
  }

  #search(variable: string, regexp: string): string {
    return this.#found([variable], regexp);
  }

  /** @param where the kept text to search; the message when absent */
  #found(variables: readonly string[], regexp: string, where: Where = {}): string {
    for (const each of variables) this.#variables.add(each);
    return element('ereg', { regexp, ...where, assign_to: variables.join(',') });
  }
}

/** Where an expression is looked for: in the message, if nothing is said. */
interface Where {
  search_in?: 'var';
  variable?: string;
}

const inVariable = (variable: string | undefined): Where =>
  variable === undefined ? {} : { search_in: 'var', variable };

/** Numbers until they are compared, at once. */
const compared = { own: 'compared', other: 'comparedTo' } as const;

/** Says what the next attribute or element asks for, at once: a variable for each question would take room in every call. */
export const isSo = 'isSo';

/** Takes the digits of a number until they are read, at once. */
const digits = 'digits';

/** The first line of the request that opened a dialog, or all of its text. */
export const opening = 'opening';

/** Takes what an expression has to name before what is looked for. */
const unused = 'unused';

/** What no later element looks at: one for all calls does, of which SIPp does one at a time. */
const passing: readonly string[] = [compared.own, compared.other, unused];

/** @param name an expression */
function oneRow(name: string): string {
  return `${lineEnd}${name} *:${restOfLine}`;
}

/** Of a header of any of the names, which are one group of the expression. */
function beforeValue(names: readonly string[]): string {
  return `${lineEnd}(${names.map(anyCase).join('|')}) *: *`;
}

/** POSIX expressions have no flag for case. */
function anyCase(name: string): string {
  return name.replace(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);
}
