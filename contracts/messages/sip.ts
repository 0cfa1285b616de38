/**
 * A SIP request in logical form (RFC 3261, section 7.1). Compact header names, the order of different headers, folding and
 * the spelling of a name leave no trace in it.
 */
export interface SipRequest {
  method: string;
  /** As it stands on the wire: `sip:1001@t100.voice.example`. */
  requestUri: string;
  headers: SipHeaders;
  /** The body, where its type is `application/sdp`. */
  sdp?: Sdp;
  /** The text of any other body. */
  body?: string;
}

/** A SIP response in logical form (RFC 3261, section 7.2). */
export interface SipResponse {
  status: number;
  reason: string;
  headers: SipHeaders;
  sdp?: Sdp;
  body?: string;
}

export type SipMessage = SipRequest | SipResponse;

/**
 * Headers by lower-case long name. Those with a structure that contracts need are split; a header that is a list by its
 * grammar (`allow`) is a list of its elements; any other is its text, or a list of texts where it comes more than once.
 */
export interface SipHeaders {
  via?: SipVia;
  from?: SipParty;
  to?: SipParty;
  'call-id'?: string;
  cseq?: SipCSeq;
  contact?: SipContact[];
  'record-route'?: SipContact[];
  route?: SipContact[];
  'max-forwards'?: number;
  /** In octets. */
  'content-length'?: number;
  /** In lower case, without parameters. */
  'content-type'?: string;
  'www-authenticate'?: SipDigest | SipDigest[];
  'proxy-authenticate'?: SipDigest | SipDigest[];
  authorization?: SipDigest | SipDigest[];
  'proxy-authorization'?: SipDigest | SipDigest[];
  rseq?: number;
  rack?: SipRAck;
  [name: string]: unknown;
}

/**
 * The Via of the last hop. `received` and `rport` are left out: a server may add them to what it echoes
 * (RFC 3261, section 18.2.1; RFC 3581, section 4).
 */
export interface SipVia extends SipHop {
  /** The Vias of the hops before, nearest first; absent where there is none. */
  below?: SipHop[];
}

/** One hop of a Via. */
export interface SipHop {
  transport: string;
  /** Host and port as sent. */
  sentBy: string;
  branch?: string;
  /** Any other parameter; one without a value has an empty one. */
  params?: Record<string, string>;
}

/** From or To. The display name is left out; the tag belongs to the header, not to the URI (RFC 3261, section 20.10). */
export interface SipParty {
  uri: string;
  tag?: string;
}

export interface SipCSeq {
  number: number;
  method: string;
  /**
   * How far the number lies above the highest one that this side sent before in the dialog, below it if negative.
   * Absent in responses and in the first request of a side.
   */
  increment?: number;
  /** Set in the first request of a side in the dialog, or of a Call-ID where there is none. */
  first?: true;
}

/** An element of Contact, Route or Record-Route. */
export interface SipContact {
  uri: string;
  params?: Record<string, string>;
}

/** A challenge or its answer (RFC 3261, section 22.4). Quotes leave no trace; parameters have lower-case names. */
export interface SipDigest {
  scheme: string;
  params: Record<string, string>;
}

/** Which provisional response a PRACK acknowledges (RFC 3262, section 7.2). */
export interface SipRAck {
  rseq: number;
  /** Of the request that was answered. */
  cseq: number;
  method: string;
}

/** A session description (RFC 4566), as far as offers and answers are judged by it. Absent keys were absent lines. */
export interface Sdp {
  version?: string;
  origin?: string;
  session?: string;
  timing?: string;
  media: SdpMedia[];
}

/** One `m=` section. */
export interface SdpMedia {
  kind: string;
  port: number;
  /** `RTP/AVP`, `UDP/TLS/RTP/SAVPF`... */
  protocol: string;
  /** The section's `c=` line, or the session's where it has none of its own. */
  connection?: string;
  direction: string;
  codecs: SdpCodec[];
  /** All other attributes by name, each with the values it came with. */
  attributes?: Record<string, string[]>;
}

/** A payload type of an RTP section. */
export interface SdpCodec {
  payload: number;
  /** Encoding and clock rate in lower case, of static payload types too: `pcmu/8000`. */
  name: string;
  fmtp?: string;
}

/** True for a request in logical form. */
export function isSipRequest(content: unknown): content is SipRequest {
  return typeof content === 'object' && content !== null && 'method' in content;
}

/** True for a response in logical form. */
export function isSipResponse(content: unknown): content is SipResponse {
  return typeof content === 'object' && content !== null && 'status' in content;
}

/** Names under which provider states give what answers a challenge (RFC 3261, section 22). */
export const credentialValues = { user: 'digestUser', password: 'digestPassword' } as const;
