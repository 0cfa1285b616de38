import { once } from 'node:events';
import { connect } from 'node:net';
import type { Probe } from './stubs.ts';

/** What the load process is asked for. */
export interface LoadOrder {
  port: number;
  probe: Probe & { right: string };
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
  /** How many of them were not the stub's. */
  wrong: number;
}

/** A request as bytes; the client writes them as they are, so that it costs less than what it measures. */
function requestBytes({ method, target, headers, body = '' }: Probe, port: number): Buffer {
  const length = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const fields = Object.entries({ host: `127.0.0.1:${port}`, ...headers, ...length });
  const head = [`${method} ${target} HTTP/1.1`, ...fields.map(([name, value]) => `${name}: ${value}`)];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Whether a text is a whole answer, by its content length or its last chunk. */
function isWhole(text: string): boolean {
  const bodyAt = text.indexOf('\r\n\r\n') + 4;
  if (bodyAt < 4) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
  return length === undefined ? text.endsWith('\r\n0\r\n\r\n') : text.length >= bodyAt + Number(length);
}

/** Keeps one request in flight on each connection. @throws {Error} when a connection ends */
async function load({ port, probe, connections, warmUpMs, measureMs }: LoadOrder): Promise<Load> {
  const request = requestBytes(probe, port);
  let answers = 0;
  let wrong = 0;
  let latencies: number[] = [];
  const { promise: lost, reject: lose } = Promise.withResolvers<never>();
  const sockets = Array.from({ length: connections }, () => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    let text = '';
    let sentAt = 0;
    const ask = () => {
      text = '';
      sentAt = performance.now();
      socket.write(request);
    };
    socket.on('connect', ask);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (!isWhole(text)) return;
      latencies.push(performance.now() - sentAt);
      answers += 1;
      if (!text.startsWith('HTTP/1.1 200') || !text.includes(probe.right)) wrong += 1;
      ask();
    });
    socket.on('error', lose);
    socket.on('end', () => lose(new Error('a kept-alive connection was ended')));
    return socket;
  });
  const pass = (ms: number) => Promise.race([lost, new Promise((resolve) => setTimeout(resolve, ms))]);
  try {
    await pass(warmUpMs);
    latencies = [];
    const startedAt = performance.now();
    await pass(measureMs);
    const perSecond = (latencies.length * 1000) / (performance.now() - startedAt);
    const p99Ms = latencies.toSorted((a, b) => a - b)[Math.floor(latencies.length * 0.99)] ?? Number.NaN;
    return { perSecond, p99Ms, answers, wrong };
  } finally {
    for (const socket of sockets) socket.removeAllListeners('end').destroy();
  }
}

process.once('disconnect', () => process.exit());
for (;;) {
  const [order] = (await once(process, 'message')) as [LoadOrder];
  process.send?.(await load(order));
}
