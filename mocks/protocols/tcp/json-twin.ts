import { dialect } from '../../../contracts/dialect.ts';
import { isTcpMessage, type TcpMessage, type TcpValue } from '../../../contracts/messages/tcp.ts';
import { CodecError } from './codec.ts';
import { defaultCodec } from './default-codec.ts';

const secrets: readonly string[] = dialect.tcp.secrets;
const blank = '***';

/** A message as one line of JSON, for logs and fixtures. @throws {CodecError} when no codec could carry it either */
export function toJsonLine(message: TcpMessage): string {
  defaultCodec.encode(message);
  return JSON.stringify(message);
}

/** Reads a line that {@link toJsonLine} wrote. @throws {CodecError} when it is not JSON or not a message */
export function fromJsonLine(line: string): TcpMessage {
  const message = parse(line);
  if (!isTcpMessage(message)) {
    throw new CodecError(`expected {"name", "referenceId"?, "attributes"}, got ${line.slice(0, 80)}`);
  }
  defaultCodec.encode(message);
  return message;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new CodecError(`not a line of JSON: ${line.slice(0, 80)}`, { cause });
  }
}

/** The message with its secret attributes blanked; the message itself when it has none. */
export function masked(message: TcpMessage): TcpMessage {
  if (!secrets.some((name) => typeof message.attributes[name] === 'string')) return message;
  const attributes: { [name: string]: TcpValue } = { ...message.attributes };
  for (const name of secrets) if (typeof attributes[name] === 'string') attributes[name] = blank;
  return { ...message, attributes };
}
