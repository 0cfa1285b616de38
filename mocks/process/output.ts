import type { Readable } from 'node:stream';

const KEPT_BYTES = 64 * 1024;
const QUOTED_LINES = 12;

/** The tail of what a process printed, bounded. */
export class OutputTail {
  #chunks: Buffer[] = [];
  #bytes = 0;

  follow(stream: Readable): void {
    stream.on('data', (chunk: Buffer) => this.#add(chunk));
    // A pipe that breaks is the end of the process, which is reported elsewhere.
    stream.on('error', () => {});
  }

  /** The last 64 KiB of stdout and stderr, in the order of their coming. */
  text(): string {
    return Buffer.concat(this.#chunks).subarray(-KEPT_BYTES).toString('utf8');
  }

  /** The last lines, for an error message; empty when nothing was printed. */
  quoted(): string {
    const text = this.text().trimEnd();
    return text === '' ? '' : ` Its last output:\n${text.split('\n').slice(-QUOTED_LINES).join('\n')}`;
  }

  #add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    for (let first = this.#chunks[0]; first !== undefined && this.#bytes - first.length >= KEPT_BYTES; ) {
      this.#bytes -= first.length;
      this.#chunks.shift();
      first = this.#chunks[0];
    }
  }
}
