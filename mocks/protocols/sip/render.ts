import { dialect } from '../../../contracts/dialect.ts';
import type {
  SipContact,
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
  /** Contact of the response that set up the dialog. A URI to the matching engine, so that it fits the contract. */
  remoteTarget: 'sip:[next_url]',
} as const;

const spellings: Readonly<Record<string, string>> = { 'call-id': 'Call-ID', cseq: 'CSeq' };

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
  return tag === undefined ? `<${uri}>` : `<${uri}>;tag=${tag}`;
}

/** Rows of one header, in the order that they are sent. */
function rows(name: string, headers: SipHeaders): string[] {
  const { via, from, to, cseq, contact: contacts, route } = headers;
  if (name === 'via' && via !== undefined) return [via, ...(via.below ?? [])].map(hop);
  if (name === 'from' && from !== undefined) return [party(from)];
  if (name === 'to' && to !== undefined) return [party(to)];
  if (name === 'cseq' && cseq !== undefined) return [`${cseq.number} ${cseq.method}`];
  if (name === 'contact' && contacts !== undefined) return contacts.map(contact);
  if (name === 'route' && route !== undefined) return route.map(contact);
  if (name === 'record-route') return (headers['record-route'] ?? []).map(contact);
  const value = headers[name];
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

/** The lines of a request as SIPp sends it, with its keywords in place. */
export function requestLines(request: SipRequest): string[] {
  const toRemoteTarget = request.requestUri === keywords.remoteTarget;
  const courtesy: Readonly<Record<string, string>> =
    dialect.sip.courtesy[request.method as keyof typeof dialect.sip.courtesy] ?? {};
  return [
    `${request.method} ${toRemoteTarget ? '[next_url]' : request.requestUri} SIP/2.0`,
    ...headerLines(request.headers),
    ...Object.entries(courtesy)
      .filter(([name]) => request.headers[name.toLowerCase()] === undefined)
      .map(([name, value]) => `${name}: ${value}`),
    ...(toRemoteTarget ? ['[routes]'] : []),
  ];
}

/** The text of a body, or nothing. */
export function bodyText({ sdp, body }: SipMessage): string {
  return sdp === undefined ? (body ?? '') : renderSdp(sdp);
}

/** The address that SIPp itself listens on, as a Contact. */
export function localContact(user: string, transport: SipTransport): string {
  return `sip:${user}@${keywords.localAddress};transport=${transport.toLowerCase()}`;
}
