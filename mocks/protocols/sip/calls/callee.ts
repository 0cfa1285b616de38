import { CallRefusal } from '../../../calls.ts';

/** Whom a call is placed to. */
export interface Callee {
  /** The Request-URI. */
  uri: string;
  host: string;
  port: number;
}

/** Where a SIP element listens unless told otherwise (RFC 3261, section 19.1.2). */
const DEFAULT_PORT = 5060;
const LONGEST_URI = 256;
const example = '"sip:1001@127.0.0.1:5080" or {"host": "127.0.0.1", "port": 5080, "number": "1001"}';

/** The parts of a SIP URI that a call needs (RFC 3261, section 25.1), without what SIPp would take for its own. */
const sipUri = /^sip:([\w\-.!~*'()&=+$,;?/%:]+)@([\w.-]+)(?::(\d{1,5}))?((?:;[\w\-.!~*'%+=]+)*)$/;

/**
 * Reads whom to call: a SIP URI, or a number with host and port.
 * @throws {CallRefusal} when it is neither
 */
export function parseCallee(to: unknown): Callee {
  const uri = typeof to === 'string' ? to : uriOf(to);
  const [, user, host = '', port = String(DEFAULT_PORT)] = sipUri.exec(uri ?? '') ?? [];
  if (uri === undefined || user === undefined || uri.length > LONGEST_URI || !isPort(Number(port))) {
    throw new CallRefusal('malformed', `to expected ${example}, got ${JSON.stringify(to)?.slice(0, 80) ?? 'nothing'}`);
  }
  return { uri, host, port: Number(port) };
}

function uriOf(to: unknown): string | undefined {
  if (typeof to !== 'object' || to === null) return undefined;
  const { host, port, number } = to as Readonly<Record<string, unknown>>;
  return typeof host === 'string' && typeof port === 'number' && typeof number === 'string'
    ? `sip:${number}@${host}:${port}`
    : undefined;
}

const isPort = (port: number) => port >= 1 && port <= 65_535;
