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

/** The message with its secret attributes blanked, wherever they stand; the message itself when it has none. */
export function masked(message: TcpMessage): TcpMessage {
  const attributes = maskedMembers(message.attributes);
  return attributes === message.attributes ? message : { ...message, attributes };
}

type Members = TcpMessage['attributes'];

/** Only what lies around a secret is copied. */
function maskedMembers(members: Members): Members {
  let copy: { [name: string]: TcpValue } | undefined;
  for (const [name, value] of Object.entries(members)) {
    const shown = secrets.includes(name) && typeof value === 'string' ? blank : maskedValue(value);
    if (shown === value) continue;
    copy ??= { ...members };
    copy[name] = shown;
  }
  return copy ?? members;
}

function maskedValue(value: TcpValue): TcpValue {
  if (Array.isArray(value)) {
    const items = value.map((item: TcpValue) => (isSecretPair(item) ? [item[0], blank] : maskedValue(item)));
    return items.every((item, at) => item === value[at]) ? value : items;
  }
  return typeof value === 'object' && value !== null ? maskedMembers(value as Members) : value;
}

/** A key-value list is written in pairs where its keys are no good names in JSON. */
function isSecretPair(item: TcpValue): item is readonly [string, string] {
  if (!Array.isArray(item) || item.length !== 2) return false;
  const [name, value] = item as readonly TcpValue[];
  return typeof name === 'string' && secrets.includes(name) && typeof value === 'string';
}
