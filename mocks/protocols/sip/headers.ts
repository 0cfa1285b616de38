import type {
  SipContact,
  SipCSeq,
  SipDigest,
  SipHeaders,
  SipHop,
  SipParty,
  SipRAck,
  SipVia,
} from '../../../contracts/messages/sip.ts';

/** A rule of RFC 3261 that a message breaks; `rule` names the section. */
export interface Violation {
  rule: string;
  text: string;
}

/** One header field as it came: its long name in lower case, and its unfolded value. */
export interface HeaderField {
  name: string;
  value: string;
}

/** RFC 3261, section 7.3.3, and the extensions that registered a letter (Event, Refer-To, Referred-By, Allow-Events, ...). */
const compactNames: Readonly<Record<string, string>> = {
  v: 'via',
  f: 'from',
  t: 'to',
  i: 'call-id',
  m: 'contact',
  l: 'content-length',
  c: 'content-type',
  k: 'supported',
  s: 'subject',
  e: 'content-encoding',
  o: 'event',
  r: 'refer-to',
  b: 'referred-by',
  u: 'allow-events',
  x: 'session-expires',
};

const tokenLists = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'allow',
  'allow-events',
  'proxy-require',
  'require',
  'supported',
  'unsupported',
]);

const addresses = new Set(['from', 'to', 'contact', 'route', 'record-route']);

const inSeconds = new Set(['expires', 'min-expires', 'retry-after']);

/** May stand only once in a message (RFC 3261, section 20; RFC 4475, sections 3.3.8 and 3.3.9). */
const onceOnly = ['from', 'to', 'call-id', 'cseq', 'max-forwards', 'content-length', 'content-type', 'rseq', 'rack'];

/** The one-letter name of a header, where it has one. */
export function compactName(name: string): string | undefined {
  return Object.keys(compactNames).find((letter) => compactNames[letter] === name.toLowerCase());
}

/** The long name of a header, in lower case. */
export function longName(name: string): string {
  const lower = name.toLowerCase();
  return Object.hasOwn(compactNames, lower) ? (compactNames[lower] as string) : lower;
}

/**
 * Splits at a separator that stands neither in quotes nor in angle brackets (RFC 3261, section 7.3.1).
 * @returns the trimmed parts, empty ones left out
 */
export function splitOutside(text: string, separator: ',' | ';'): string[] {
  const parts: string[] = [];
  let part = '';
  let quoted = false;
  let bracketed = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] as string;
    if (quoted && character === '\\') {
      part += character + (text[at + 1] ?? '');
      at += 1;
      continue;
    }
    if (character === '"' && !bracketed) quoted = !quoted;
    else if (character === '<' && !quoted) bracketed = true;
    else if (character === '>' && !quoted) bracketed = false;
    if (character === separator && !quoted && !bracketed) {
      parts.push(part);
      part = '';
    } else part += character;
  }
  return [...parts, part].map((each) => each.trim()).filter((each) => each !== '');
}

function parameters(parts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    parts.map((part) => {
      const [name = '', ...value] = part.split('=');
      return [name.trim().toLowerCase(), value.join('=').trim()];
    }),
  );
}

/** Address and parameters of a From, To, Contact, Route or Record-Route; without brackets every parameter is the header's. */
function address(value: string): { uri: string; params: Record<string, string> } {
  const bracketed = /^(?:"(?:[^"\\]|\\.)*"|[^"<]*)\s*<([^>]*)>(.*)$/s.exec(value);
  if (bracketed !== null) {
    return { uri: (bracketed[1] ?? '').trim(), params: parameters(splitOutside(bracketed[2] ?? '', ';')) };
  }
  const [uri = '', ...rest] = splitOutside(value, ';');
  return { uri, params: parameters(rest) };
}

function withParams<T extends object>(
  value: T,
  params: Record<string, string>,
): T & { params?: Record<string, string> } {
  return Object.keys(params).length === 0 ? value : { ...value, params };
}

function party(value: string): SipParty {
  const { uri, params } = address(value);
  return params.tag === undefined ? { uri } : { uri, tag: params.tag };
}

function contact(value: string): SipContact {
  const { uri, params } = address(value);
  return withParams({ uri }, params);
}

function hop(value: string, violations: Violation[]): SipHop {
  const [sent = '', ...rest] = splitOutside(value, ';');
  const [, transport = '', sentBy = ''] = /^SIP\s*\/\s*2\.0\s*\/\s*(\S+)\s+(.+)$/i.exec(sent) ?? [];
  if (sentBy === '')
    violations.push({ rule: 'section 20.42', text: `Via "${value}" has no protocol, transport and host` });
  const { branch, received: _received, rport: _rport, ...params } = parameters(rest);
  const known = { transport: transport.toUpperCase(), sentBy };
  return withParams(branch === undefined ? known : { ...known, branch }, params);
}

function via(rows: readonly string[], violations: Violation[]): SipVia {
  const [top, ...below] = rows.flatMap((row) => splitOutside(row, ',')).map((value) => hop(value, violations));
  const last = top ?? { transport: '', sentBy: '' };
  return below.length === 0 ? last : { ...last, below };
}

function cseq(value: string, violations: Violation[]): SipCSeq {
  const [, digits = '', method = ''] = /^(\d+)\s+(\S+)$/.exec(value) ?? [];
  const number = Number(digits);
  if (method === '' || number >= 2 ** 31) {
    violations.push({ rule: 'section 8.1.1.5', text: `CSeq "${value}" is not a number below 2^31 and a method` });
  }
  return { number, method };
}

/** Name and unquoted value; a value that is no quoted string stays as it is. */
function digest(value: string): SipDigest {
  const [, scheme = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(value) ?? [];
  const unquoted = Object.entries(parameters(splitOutside(rest, ','))).map(([name, text]) => [
    name,
    text.replace(/^"(.*)"$/s, '$1'),
  ]);
  return { scheme, params: Object.fromEntries(unquoted) };
}

function rack(value: string, violations: Violation[]): SipRAck {
  const [, rseq = '', number = '', method = ''] = /^(\d+)\s+(\d+)\s+(\S+)$/.exec(value) ?? [];
  if (method === '') {
    violations.push({
      rule: 'section 20, with RFC 3262, section 7.2',
      text: `RAck "${value}" is not two numbers and a method`,
    });
  }
  return { rseq: Number(rseq), cseq: Number(number), method };
}

function whole(name: string, value: string, most: number, violations: Violation[]): number {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (number <= most) return number;
  violations.push({ rule: 'section 20', text: `${name} "${value}" is not a whole number up to ${most}` });
  return -1;
}

/** Addresses whose quotes end, and whose parameters are not empty. */
function checkAddress(name: string, value: string, violations: Violation[]): void {
  const outside = value.replace(/"(?:[^"\\]|\\.)*"/gs, '').replace(/<[^>]*>/g, '');
  const fault = outside.includes('"')
    ? 'has a quote that does not end'
    : /;\s*(?:[;,]|$)/.test(outside) && 'has an empty parameter';
  if (fault) violations.push({ rule: 'section 25.1', text: `${name} ${value.slice(0, 60)} ${fault}` });
}

const longestSeconds = 2 ** 32 - 1;

/** Seconds at the beginning of a value, which stays as it is (RFC 3261, sections 20.19, 20.23 and 20.33). */
function checkSeconds(name: string, value: string, violations: Violation[]): void {
  if (Number(/^\d+(?=\s*(?:$|[;(]))/.exec(value)?.[0]) <= longestSeconds) return;
  violations.push({
    rule: 'section 20',
    text: `${name} "${value}" does not begin with whole seconds up to ${longestSeconds}`,
  });
}

/** The logical form of a message's headers; what breaks a rule is added to `violations`. */
export function logicalHeaders(fields: readonly HeaderField[], violations: Violation[]): SipHeaders {
  const rowsByName = new Map<string, string[]>();
  for (const { name, value } of fields) rowsByName.set(name, [...(rowsByName.get(name) ?? []), value]);
  for (const name of onceOnly) {
    const count = rowsByName.get(name)?.length ?? 0;
    if (count > 1)
      violations.push({ rule: 'section 20', text: `the header ${name} stands ${count} times, once is allowed` });
  }
  const headers = [...rowsByName].map(([name, rows]) => [name, logicalHeader(name, rows, violations)]);
  return Object.fromEntries(headers) as SipHeaders;
}

function logicalHeader(name: string, rows: readonly string[], violations: Violation[]): unknown {
  const first = rows[0] ?? '';
  if (addresses.has(name)) for (const row of rows) checkAddress(name, row, violations);
  if (inSeconds.has(name)) checkSeconds(name, first, violations);
  switch (name) {
    case 'via':
      return via(rows, violations);
    case 'from':
    case 'to':
      return party(first);
    case 'contact':
    case 'route':
    case 'record-route':
      return rows.flatMap((row) => splitOutside(row, ',')).map(contact);
    case 'cseq':
      return cseq(first, violations);
    case 'max-forwards':
      return whole('Max-Forwards', first, 255, violations);
    case 'content-length':
      return whole('Content-Length', first, Number.MAX_SAFE_INTEGER, violations);
    case 'rseq':
      return whole('RSeq', first, 2 ** 32 - 1, violations);
    case 'rack':
      return rack(first, violations);
    case 'www-authenticate':
    case 'proxy-authenticate':
    case 'authorization':
    case 'proxy-authorization':
      return rows.length === 1 ? digest(first) : rows.map(digest);
    case 'content-type':
      return (first.split(';')[0] ?? '').trim().toLowerCase();
    default:
      if (tokenLists.has(name)) return rows.flatMap((row) => splitOutside(row, ','));
      return rows.length === 1 ? first : rows;
  }
}
