const slots = 1_024;
const longestBytes = 40;

interface Known {
  bytes: Uint8Array;
  name: string;
}

const known: (Known | undefined)[] = new Array(slots).fill(undefined);

/**
 * The name that these bytes are, if it has been kept. The same few names come again and again, and to find one costs less
 * than to make a new string, for whoever looks at it afterwards too.
 */
export function knownName(buffer: Uint8Array, start: number, end: number): string | undefined {
  if (end - start > longestBytes) return undefined;
  const found = known[slotOf(buffer, start, end)];
  return found !== undefined && isSame(found.bytes, buffer, start, end) ? found.name : undefined;
}

/** Keeps a name for {@link knownName}, in the place of another one if need be; a long one is not kept. */
export function keepName(buffer: Uint8Array, start: number, end: number, name: string): void {
  if (end - start > longestBytes) return;
  known[slotOf(buffer, start, end)] = { bytes: Uint8Array.from(buffer.subarray(start, end)), name };
}

/** By its length and five of its bytes; the others are compared where it is found. */
function slotOf(buffer: Uint8Array, start: number, end: number): number {
  const length = end - start;
  let hash = mixed(length, buffer[end - 1]);
  for (let part = 0; part < 4; part += 1) hash = mixed(hash, buffer[start + ((length * part) >> 2)]);
  return (hash ^ (hash >>> 13)) & (slots - 1);
}

const mixed = (hash: number, byte = 0) => (Math.imul(hash, 31) + byte) | 0;

function isSame(bytes: Uint8Array, buffer: Uint8Array, start: number, end: number): boolean {
  if (bytes.length !== end - start) return false;
  for (let at = 0; at < bytes.length; at += 1) if (bytes[at] !== buffer[start + at]) return false;
  return true;
}
