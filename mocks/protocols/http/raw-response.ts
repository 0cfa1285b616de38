import { STATUS_CODES } from 'node:http';

/** A response with its framing, for a connection that node:http has let go of. It says that the connection ends with it. */
export function rawResponse(status: number, headers: Readonly<Record<string, string>>, body: Uint8Array): Buffer {
  const rows = Object.entries({ ...headers, 'content-length': String(body.length), connection: 'close' });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...rows.map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}
