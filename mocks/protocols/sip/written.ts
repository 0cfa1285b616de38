import { isSipRequest, type SipMessage } from '../../../contracts/messages/sip.ts';
import { bodyText, headerLines } from './render.ts';

/**
 * A logical message as bytes.
 * @param write puts the header lines in another way than usual
 */
export function messageBytes(content: SipMessage, write = (lines: string[]): string[] => lines): Buffer {
  const start = isSipRequest(content)
    ? `${content.method} ${content.requestUri} SIP/2.0`
    : `SIP/2.0 ${content.status} ${content.reason}`;
  const body = bodyText(content);
  const lines = headerLines(content.headers);
  if (content.headers['content-length'] !== undefined) lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${[start, ...write(lines)].join('\r\n')}\r\n\r\n${body}`);
}

/** What was read, with its place among the requests of its side: that is known from the dialog, not from the bytes of one message. */
export function withPlace(read: SipMessage, { headers: { cseq } }: SipMessage): SipMessage {
  if (cseq === undefined || read.headers.cseq === undefined) return read;
  const { increment, first } = cseq;
  const place = { ...(increment === undefined ? {} : { increment }), ...(first === undefined ? {} : { first }) };
  return { ...read, headers: { ...read.headers, cseq: { ...read.headers.cseq, ...place } } };
}
