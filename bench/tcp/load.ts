import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { answers, cycle, opening, requests } from './frames.ts';

/** What the load process is asked for. */
export interface LoadOrder {
  port: number;
  /** Whether a session is opened first. */
  session: boolean;
  /** What the right answer to a request is. */
  right: 'answer' | 'request';
  /** How many requests a connection keeps in flight. */
  depth: number;
  /** Whether each write ends somewhere within a frame. */
  split: boolean;
  connections: number;
  warmUpMs: number;
  measureMs: number;
}

/** What it has seen. */
export interface Load {
  perSecond: number;
  p99Ms: number;
  /** All answers, those of the warm-up too. */
  answers: number;
  /** How many connections got an answer that was not right; it gets no further request. */
  wrong: number;
}

/** A stream that comes round again, so that any part of it is one piece. */
class Round {
  readonly frameBytes: number;
  readonly #twice: Buffer;

  constructor(frames: readonly Uint8Array[]) {
    this.frameBytes = frames[0]?.length ?? 0;
    this.#twice = Buffer.concat([...frames, ...frames]);
  }

  #from(position: number): number {
    return position % (cycle * this.frameBytes);
  }

  /** @param bytes of one round at most */
  part(position: number, bytes: number): Buffer {
    const from = this.#from(position);
    return this.#twice.subarray(from, from + bytes);
  }

  continues(chunk: Buffer, position: number): boolean {
    const round = cycle * this.frameBytes;
    for (let at = 0; at < chunk.length; at += round) {
      const end = Math.min(chunk.length, at + round);
      if (chunk.subarray(at, end).compare(this.part(position + at, end - at)) !== 0) return false;
    }
    return true;
  }
}

const asked = new Round(requests);
const told = { answer: new Round(answers), request: asked };

interface Counts {
  answers: number;
  wrong: number;
  latencies: number[];
}

async function open({ port, session }: LoadOrder): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  if (session) {
    socket.write(opening);
    await once(socket, 'data');
  }
  return socket;
}

/** Keeps requests in flight on one connection, and compares every byte that comes. */
function ask(socket: Socket, { depth, split, right }: LoadOrder, counts: Counts): void {
  const expected = told[right];
  /** The request whose time is taken, and when it was sent: one at a time, so that taking it costs nothing. */
  let timed: { request: number; sentAt: number } | undefined;
  let sent = 0;
  let heard = 0;
  let answered = 0;
  const send = () => {
    const due = (answered + depth) * asked.frameBytes;
    // What is held back goes out with the next write. One whole request at least is always under way.
    const held = split ? Math.floor(Math.random() * asked.frameBytes) : 0;
    const bytes = due - held - sent;
    if (bytes <= 0) return;
    socket.write(asked.part(sent, bytes));
    sent += bytes;
    timed ??= { request: Math.floor(sent / asked.frameBytes), sentAt: performance.now() };
  };
  socket.on('data', (chunk) => {
    if (!expected.continues(chunk, heard)) {
      counts.wrong += 1;
      socket.destroy();
      return;
    }
    heard += chunk.length;
    const more = Math.floor(heard / expected.frameBytes) - answered;
    if (more === 0) return;
    counts.answers += more;
    answered += more;
    if (timed !== undefined && answered >= timed.request) {
      counts.latencies.push(performance.now() - timed.sentAt);
      timed = undefined;
    }
    send();
  });
  send();
}

/** @throws {Error} when a connection ends */
async function load(order: LoadOrder): Promise<Load> {
  const counts: Counts = { answers: 0, wrong: 0, latencies: [] };
  const { promise: lost, reject: lose } = Promise.withResolvers<never>();
  const sockets = await Promise.all(Array.from({ length: order.connections }, () => open(order)));
  const pass = (ms: number) => Promise.race([lost, new Promise((resolve) => setTimeout(resolve, ms))]);
  try {
    for (const socket of sockets) {
      socket.on('error', lose);
      socket.on('end', () => lose(new Error('a connection was ended')));
      ask(socket, order, counts);
    }
    await pass(order.warmUpMs);
    const before = counts.answers;
    counts.latencies = [];
    const startedAt = performance.now();
    await pass(order.measureMs);
    const { latencies, answers: all, wrong } = counts;
    const perSecond = ((all - before) * 1000) / (performance.now() - startedAt);
    const p99Ms = latencies.toSorted((a, b) => a - b)[Math.floor(latencies.length * 0.99)] ?? Number.NaN;
    return { perSecond, p99Ms, answers: all, wrong };
  } finally {
    for (const socket of sockets) socket.removeAllListeners('end').destroy();
  }
}

process.once('disconnect', () => process.exit());
for (;;) {
  const [order] = (await once(process, 'message')) as [LoadOrder];
  process.send?.(await load(order));
}
