import { dialect } from '../../../contracts/dialect.ts';
import type {
  SipContact,
  SipDigest,
  SipHeaders,
  SipHop,
  SipMessage,
  SipParty,
  SipRequest,
} from '../../../contracts/messages/sip.ts';
import { renderSdp } from './sdp.ts';
import type { SipTransport } from './transport.ts';

/** Text that cannot be put into a scenario of SIPp, or a dialog that no scenario can play. */
export class ScenarioError extends Error {
  override name = 'ScenarioError';
}

/** What SIPp fills in while the call runs. */
export const keywords = {
  localAddress: '[local_ip]:[local_port]',
  callId: '[call_id]',
  peerTag: '[peer_tag]',
  /** Contact of the message that set up the dialog. A URI to the matching engine, so that it fits the contract. */
  remoteTarget: 'sip:[next_url]',
  /** The same of the request that opened the dialog, as {@link Captures} keeps it. */
  callerTarget: 'sip:[$target]',
  /** The tag of the side that was called. */
  localTag: '[pid]-[call_number]',
  /** Who opened the dialog and who was called, each with its tag, if any, as {@link Captures} keeps them. */
  callingParty: '[$calling]',
  calledParty: '[$called]',
  /** This end as a hop that stays on the route of a dialog (RFC 3261, section 16.6). */
  ownRoute: 'sip:[local_ip]:[local_port];transport=[transport];lr',
} as const;

/** The RSeq of the last reliable provisional response, as {@link Captures} keeps it. */
export const rseqVariable = 'rseq';

const spellings: Readonly<Record<string, string>> = {
  'call-id': 'Call-ID',
  cseq: 'CSeq',
  rseq: 'RSeq',
  rack: 'RAck',
  'www-authenticate': 'WWW-Authenticate',
  'min-se': 'Min-SE',
};

/** Challenges and their answers, which SIPp reads and writes itself. */
const credentials: readonly string[] = ['authorization', 'proxy-authorization'];
const challenges: readonly string[] = ['www-authenticate', 'proxy-authenticate'];

/** Parameters of a digest that are tokens, not quoted strings (RFC 3261, section 25.1). */
const digestTokens: readonly string[] = ['algorithm', 'nc', 'stale'];

/** Headers that stand first, in this order; the order is a habit, not a rule. */
const firstHeaders = ['via', 'from', 'to', 'call-id', 'cseq'];

function wireName(name: string): string {
  return spellings[name] ?? name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

function params(values: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(values ?? {})
    .map(([name, value]) => (value === '' ? `;${name}` : `;${name}=${value}`))
    .join('');
}

const hop = ({ transport, sentBy, branch, params: others }: SipHop) =>
  `SIP/2.0/${transport} ${sentBy}${branch === undefined ? '' : `;branch=${branch}`}${params(others)}`;

const contact = ({ uri, params: others }: SipContact) => `<${uri}>${params(others)}`;

function party({ uri, tag }: SipParty): string {
  if (tag === keywords.peerTag) return `<${uri}>[peer_tag_param]`;
  if (uri === keywords.callingParty) return uri;
  if (uri === keywords.calledParty) return `${uri};tag=${tag}`;
  return tag === undefined ? `<${uri}>` : `<${uri}>;tag=${tag}`;
}

function digest(name: string, { scheme, params: values }: SipDigest): string {
  const isToken = (key: string) => digestTokens.includes(key) || (key === 'qop' && credentials.includes(name));
  const parts = Object.entries(values).map(([key, value]) => (isToken(key) ? `${key}=${value}` : `${key}="${value}"`));
  return `${scheme} ${parts.join(', ')}`;
}

/** Rows of one header, in the order that they are sent. */
function rows(name: string, headers: SipHeaders): string[] {
  const { via, from, to, cseq, contact: contacts, route, rack } = headers;
  if (name === 'via' && via !== undefined) return [via, ...(via.below ?? [])].map(hop);
  if (name === 'from' && from !== undefined) return [party(from)];
  if (name === 'to' && to !== undefined) return [party(to)];
  if (name === 'cseq' && cseq !== undefined) return [`${cseq.number} ${cseq.method}`];
  if (name === 'contact' && contacts !== undefined) return contacts.map(contact);
  if (name === 'route' && route !== undefined) return route.map(contact);
  if (name === 'record-route') return (headers['record-route'] ?? []).map(contact);
  if (name === 'rack' && rack !== undefined) return [`${rack.rseq} ${rack.cseq} ${rack.method}`];
  const value = headers[name];
  if (credentials.includes(name) || challenges.includes(name)) {
    return [value as SipDigest | SipDigest[]].flat().map((each) => digest(name, each));
  }
  return [Array.isArray(value) ? value.join(', ') : String(value)];
}

/** `Name: value` lines of the headers of a message; Content-Length is left to whoever knows the body. */
export function headerLines(headers: SipHeaders, without: readonly string[] = []): string[] {
  const names = Object.keys(headers).filter((name) => name !== 'content-length' && !without.includes(name));
  const ordered = [
    ...firstHeaders.filter((name) => names.includes(name)),
    ...names.filter((name) => !firstHeaders.includes(name)),
  ];
  return ordered.flatMap((name) => rows(name, headers).map((row) => `${wireName(name)}: ${row}`));
}

/** Where a request within a dialog goes: its target, and the route as rows after the first line, or as a line that SIPp leaves out where there is none. */
const targets: ReadonlyMap<string, { uri: string; route?: string; routes?: string }> = new Map([
  [keywords.remoteTarget, { uri: '[next_url]', routes: '[routes]' }],
  [keywords.callerTarget, { uri: '[$target]', route: '[$route]' }],
]);

/** The lines of a request as SIPp sends it, with its keywords in place. */
export function requestLines(request: SipRequest): string[] {
  const { uri, route, routes } = targets.get(request.requestUri) ?? { uri: request.requestUri };
  const courtesy: Readonly<Record<string, string>> =
    dialect.sip.courtesy[request.method as keyof typeof dialect.sip.courtesy] ?? {};
  const { rack } = request.headers;
  return [
    `${request.method} ${uri} SIP/2.0${route ?? ''}`,
    ...headerLines(request.headers, [...credentials, 'rack', ...(uri === request.requestUri ? [] : ['route'])]),
    ...(rack === undefined ? [] : [`RAck: [$${rseqVariable}] ${rack.cseq} ${rack.method}`]),
    ...(isAuthenticated(request) ? ['[authentication]'] : []),
    ...Object.entries(courtesy)
      .filter(([name]) => request.headers[name.toLowerCase()] === undefined)
      .map(([name, value]) => `${name}: ${value}`),
    ...(routes === undefined ? [] : [routes]),
  ];
}

/** Whether a request answers a challenge. */
export function isAuthenticated({ headers }: SipMessage): boolean {
  return credentials.some((name) => headers[name] !== undefined);
}

/** Whether a response asks for credentials. */
export function isChallenge({ headers }: SipMessage): boolean {
  return challenges.some((name) => headers[name] !== undefined);
}

/** The text of a body, or nothing. */
export function bodyText({ sdp, body }: SipMessage): string {
  return sdp === undefined ? (body ?? '') : renderSdp(sdp);
}

/** The address that SIPp itself listens on, as a Contact. */
export function localContact(user: string, transport: SipTransport): string {
  return `sip:${user}@${keywords.localAddress};transport=${transport.toLowerCase()}`;
}
