import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { Redis } from 'ioredis';
import type { Contract, Interaction, Step } from '../../contracts/contract.ts';
import { compile, generate } from '../../contracts/matching.ts';
import type { RedisCommand } from '../../contracts/messages/redis.ts';
import { rowOf } from '../../contracts/parts.ts';
import type { Exercise } from '../../harness/verify/sides.ts';
import type { Address } from '../../mocks/adapter.ts';
import { toArguments } from '../../mocks/protocols/redis/commands.ts';
import { adapterFor } from '../../mocks/registry.ts';
import { garbage } from './bad-peers.ts';

const { signal } = new AbortController();

/** Plays the contract's own source with the interaction changed, as often as there are changes. */
export const playing =
  (...changes: ((interaction: Interaction) => Interaction)[]) =>
  (contract: Contract): Exercise =>
  async (interaction, at, values) => {
    const adapter = await adapterFor(rowOf(contract).protocol);
    for (const change of changes) {
      const changed = { ...change(interaction), stepTimeoutMs: 2_000 };
      const { messages, failure } = await adapter.play({ contract, interaction: changed, values }, at, signal);
      // What comes back is of no interest here, as long as anything was sent: it is the source that is judged.
      if (messages.length === 0) throw failure ?? new Error('nothing was sent');
    }
  };

/** What is no change. */
export const unchanged = (interaction: Interaction) => interaction;

/** Changes the steps of an interaction. */
export const withSteps = (change: (steps: readonly Step[]) => readonly Step[]) => (interaction: Interaction) => ({
  ...interaction,
  steps: change(interaction.steps),
});

/** Changes what the source sends in its first message. */
export const sending = (change: Readonly<Record<string, unknown>>) =>
  withSteps(([first, ...rest]) => [
    { ...(first as Step), content: { ...(generate(compile((first as Step).content), {}) as object), ...change } },
    ...rest,
  ]);

/** Changes what the source asks a table. */
export const asking = (change: Readonly<Record<string, unknown>>) =>
  withSteps((steps) =>
    steps.map((step) => {
      const content = generate(compile(step.content), {}) as object;
      return step.from === 'source' && 'table' in content ? { ...step, content: { ...content, ...change } } : step;
    }),
  );

/** Sends the first command of the interaction with the source's own login, so many times. */
export const commanding =
  (times: number, change: Readonly<Record<string, unknown>> = {}): Exercise =>
  async ({ steps }, { host, port, user = '', password = '' }) => {
    const client = new Redis({ host, port, username: user, password, retryStrategy: null });
    client.on('error', () => {});
    const content = generate(compile(steps[0]?.content), {}) as object;
    const [name = '', ...args] = toArguments({ ...content, ...change } as RedisCommand);
    try {
      // A refusal is the server's business.
      for (let time = 0; time < times; time += 1) await client.call(name, ...args).catch(() => {});
    } finally {
      client.disconnect();
    }
  };

/** Writes bytes to the destination, whatever it answers. */
export const writing = (bytes: Buffer) => (): Exercise => async (_: Interaction, at: Address) => {
  const socket = connect(at.port, at.host);
  const closed = new Promise<void>((done) => socket.on('error', () => {}).on('close', () => done()));
  socket.resume();
  socket.end(bytes);
  const timer = setTimeout(() => socket.destroy(), 300);
  await closed;
  clearTimeout(timer);
};

/** Does nothing at all. */
export const nothing = (): Exercise => async () => {};

/** Sends a datagram that begins no message. */
export async function datagram({ host, port }: Address): Promise<void> {
  const socket = createSocket('udp4');
  await new Promise<void>((done) => socket.send(garbage, port, host, () => done()));
  await new Promise<void>((done) => socket.close(() => done()));
}
