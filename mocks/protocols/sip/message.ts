import { isSipRequest, type SipHeaders, type SipMessage } from '../../../contracts/messages/sip.ts';
import { type HeaderField, logicalHeaders, longName, type Violation } from './headers.ts';
import { parseSdp } from './sdp.ts';
import type { SipTransport } from './transport.ts';

/** What bytes turned out to be. */
export interface ParsedSip {
  /** Absent where not even the start line can be read. */
  content?: SipMessage;
  /** The rules that the bytes break; empty for a good message. Missing headers are the contract's business. */
  violations: Violation[];
}

/** Bytes that are no good SIP message. */
export class SipSyntaxError extends Error {
  override name = 'SipSyntaxError';
}

/**
 * Reads one whole message, strictly where RFC 3261 is: version, single spaces in the start line, line ends, the form of
 * structured headers, CSeq against method, Content-Length against the octets of the body (sections 7, 18.3, 20, 25.1).
 * @param bytes one message as framed by the transport
 */
export function parseSip(bytes: Uint8Array, transport: SipTransport): ParsedSip {
  const violations: Violation[] = [];
  const { head, body } = splitMessage(Buffer.from(bytes), violations);
  const [startLine = '', ...lines] = unfold(head);
  const fields = headerFields(lines, violations);
  const start = parseStartLine(startLine, violations);
  if (start === undefined) return { violations };
  const headers = logicalHeaders(fields, violations);
  const content = withBody({ ...start, headers } as SipMessage, ownBody(headers, body, transport, violations));
  checkCSeqMethod(content, violations);
  return { content, violations };
}

/** The first broken rule as an error, or undefined. */
export function syntaxError({ content, violations }: ParsedSip): SipSyntaxError | undefined {
  const [first] = violations;
  if (first === undefined) return undefined;
  const what = content === undefined ? 'this' : isSipRequest(content) ? content.method : String(content.status);
  return new SipSyntaxError(`${what} is not a good SIP message: ${first.text} (RFC 3261, ${first.rule})`);
}

function splitMessage(bytes: Buffer, violations: Violation[]): { head: string; body: Buffer } {
  const end = bytes.indexOf('\r\n\r\n');
  if (end >= 0) {
    const head = bytes.toString('utf8', 0, end);
    if (/[^\r]\n/.test(head)) violations.push({ rule: 'section 7', text: 'a line ends with LF instead of CRLF' });
    return { head, body: bytes.subarray(end + 4) };
  }
  violations.push({ rule: 'section 7', text: 'no empty line ends the headers' });
  return { head: bytes.toString('utf8'), body: Buffer.alloc(0) };
}

function unfold(head: string): string[] {
  return head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
}

function parseStartLine(
  line: string,
  violations: Violation[],
): { method: string; requestUri: string } | { status: number; reason: string } | undefined {
  const response = /^SIP\/(\d+\.\d+) (\d+) ?(.*)$/i.exec(line);
  if (response !== null) {
    const status = Number(response[2]);
    if (response[1] !== '2.0')
      violations.push({ rule: 'section 7.2', text: `the version is SIP/${response[1]}, not SIP/2.0` });
    if (status < 100 || status > 699)
      violations.push({ rule: 'section 7.2', text: `there is no status ${response[2]}` });
    return { status, reason: response[3] ?? '' };
  }
  const request = /^(\S+)(\s+)(.*?)(\s+)SIP\/(\d+\.\d+)\s*$/i.exec(line);
  if (request === null) {
    violations.push({
      rule: 'section 7.1',
      text: `"${line.slice(0, 60)}" is neither a request line nor a status line`,
    });
    return undefined;
  }
  const [, method = '', before, requestUri = '', after, version] = request;
  if (version !== '2.0')
    violations.push({ rule: 'section 21.5.6', text: `the version is SIP/${version}, not SIP/2.0` });
  if (before !== ' ' || after !== ' ' || /[\s<>]/.test(requestUri) || line.endsWith(' ')) {
    violations.push({
      rule: 'section 25.1',
      text: `the request line "${line}" has more than method, URI and version in it`,
    });
  }
  return { method, requestUri };
}

function headerFields(lines: readonly string[], violations: Violation[]): HeaderField[] {
  return lines.flatMap((line) => {
    const field = /^([!-9;-~]+)[ \t]*:[ \t]*(.*?)[ \t]*$/s.exec(line);
    if (field !== null) return [{ name: longName(field[1] ?? ''), value: field[2] ?? '' }];
    violations.push({ rule: 'section 7.3.1', text: `"${line.slice(0, 60)}" is not a header` });
    return [];
  });
}

/** Octets past Content-Length are ignored on UDP; on TCP they belong to no message (RFC 3261, section 18.3). */
function ownBody(headers: SipHeaders, body: Buffer, transport: SipTransport, violations: Violation[]): Buffer {
  const declared = headers['content-length'];
  if (declared === undefined || declared < 0) return body;
  if (declared > body.length || (transport === 'TCP' && declared < body.length)) {
    const text = `Content-Length is ${declared}, the body has ${body.length} octets`;
    violations.push({ rule: 'section 18.3', text });
  }
  const own = body.subarray(0, declared);
  if (own.length > 0 && headers['content-type'] === undefined) {
    violations.push({ rule: 'section 20.15', text: 'there is a body without Content-Type' });
  }
  return own;
}

function withBody(message: SipMessage, body: Buffer): SipMessage {
  if (body.length === 0) return message;
  const text = body.toString('utf8');
  return message.headers['content-type'] === 'application/sdp'
    ? { ...message, sdp: parseSdp(text) }
    : { ...message, body: text };
}

function checkCSeqMethod(content: SipMessage, violations: Violation[]): void {
  const named = content.headers.cseq?.method;
  if (!isSipRequest(content) || named === undefined || named === '' || named === content.method) return;
  violations.push({ rule: 'section 8.1.1.5', text: `CSeq names ${named} in a ${content.method}` });
}
