import { HTTPParser, methods } from 'http-parser-js';

/** The head of a message as it was read. */
export interface Head {
  method: string;
  url: string;
  status: number;
  headers: Record<string, string[]>;
}

/** One HTTP message while it is being read. Bytes past the limit are counted, not kept. */
export interface ReadMessage extends Head {
  chunks: Buffer[];
  size: number;
}

/** What is done with the messages of one direction. */
export interface ReaderEvents {
  /** @returns whether the message has a body; a response to HEAD has none, whatever its headers say */
  head(message: ReadMessage): boolean;
  complete(message: ReadMessage): void;
}

/** Reads the bytes of one direction of a connection, HTTP/1.1 message by message. */
export class MessageReader {
  readonly #parser: InstanceType<typeof HTTPParser>;
  readonly #bodyBytes: number;
  #current: ReadMessage | undefined;
  #broken = false;

  constructor(kind: 'REQUEST' | 'RESPONSE', events: ReaderEvents, bodyBytes: number) {
    this.#bodyBytes = bodyBytes;
    this.#parser = new HTTPParser(kind);
    this.#parser[HTTPParser.kOnHeadersComplete] = (info) => {
      const message: ReadMessage = {
        method: methods[info.method] ?? '',
        url: info.url,
        status: info.statusCode,
        headers: grouped(info.headers),
        chunks: [],
        size: 0,
      };
      this.#current = message;
      return events.head(message) ? 0 : 1;
    };
    this.#parser[HTTPParser.kOnBody] = (buffer, offset, length) => this.#keep(buffer.subarray(offset, offset + length));
    this.#parser[HTTPParser.kOnMessageComplete] = () => {
      const message = this.#current;
      this.#current = undefined;
      if (message !== undefined) events.complete(message);
    };
  }

  /** Reads on. @returns the error that made the rest unreadable, once */
  push(chunk: Buffer): Error | undefined {
    return this.#broken ? undefined : this.#note(this.#parser.execute(chunk));
  }

  /** Says that no more bytes come: the end of a body whose length was not stated. */
  end(): void {
    if (!this.#broken) this.#note(this.#parser.finish());
  }

  #note(result: unknown): Error | undefined {
    if (!(result instanceof Error)) return undefined;
    this.#broken = true;
    return result;
  }

  #keep(bytes: Buffer): void {
    if (this.#current === undefined) return;
    this.#current.size += bytes.length;
    // The buffer belongs to the socket and is used again, so what is kept is copied.
    if (this.#current.size <= this.#bodyBytes) this.#current.chunks.push(Buffer.from(bytes));
  }
}

/** A flat list of names and values as values by name. */
function grouped(flat: readonly string[]): Record<string, string[]> {
  const headers = new Map<string, string[]>();
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const name = (flat[at] as string).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), flat[at + 1] as string]);
  }
  return Object.fromEntries(headers);
}
