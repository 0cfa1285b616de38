import { describe, expect, test } from '@jest/globals';
import { assumed, type Contract, destination, source } from '../../contracts/contract.ts';
import { tcpProfile } from '../../contracts/messages/tcp.ts';
import { UnmatchedMessageError } from '../../contracts/near-miss.ts';
import { type Exchange, LostConnectionError, type MockServer, type ProtocolAdapter } from '../../mocks/adapter.ts';
import { type Exercise, verifySource } from './sides.ts';

const ask = { name: 'RequestReadObjects', referenceId: 1, attributes: { ObjectType: 3 } };
const answer = { name: 'EventObjectsSent', referenceId: 1, attributes: {} };
const contract: Contract = {
  connection: 3,
  interactions: ['first', 'second'].map((description) => ({
    description,
    basis: assumed('for this test'),
    given: [],
    steps: [
      source<unknown>(ask),
      destination<unknown>(answer),
      destination<unknown>({ name: 'Note' }, { optional: true }),
    ],
  })),
};
const other: Contract = {
  connection: 3,
  interactions: [
    {
      description: 'read places',
      basis: assumed('for this test'),
      given: [],
      steps: [source<unknown>({ ...ask, attributes: { ObjectType: 5 } })],
    },
  ],
};

/** A destination that records what it is handed. */
class Recorder implements MockServer {
  readonly address = { host: '127.0.0.1', port: 1 };
  readonly #exchanges: Exchange[] = [];
  /** What is recorded at the next `settled()`: it came while nothing was asked for. */
  late: unknown[] = [];

  take(content: unknown, failure?: Error): void {
    const exchange = { id: this.#exchanges.length + 1, messages: [{ from: 'source' as const, content, atMs: 0 }] };
    this.#exchanges.push(failure === undefined ? exchange : { ...exchange, failure });
  }

  exchanges(): readonly Exchange[] {
    return this.#exchanges;
  }

  async settled(): Promise<void> {
    for (const content of this.late.splice(0)) this.take(content);
  }

  setState = async () => ({ values: {}, undo: async () => {} });
  clear(): void {}
  async close(): Promise<void> {}
}

const adapter = { profile: tcpProfile } as ProtocolAdapter;
const signal = new AbortController().signal;

function verified(server: Recorder, exercise: Exercise, served: readonly Contract[] = [contract]) {
  return verifySource({ contract, adapter, server, at: server.address, exercise, served, signal });
}

/** A source that keeps the contract, and does something more after one interaction. */
function keeping(server: Recorder, more: (description: string) => void): Exercise {
  return async ({ description }) => {
    server.take(ask);
    more(description);
  };
}

describe('a source that sends what nothing asks for', () => {
  const wrong = { ...ask, attributes: { ObjectType: 'DN' } };
  const nearMiss = [
    '[connection 3 Billing Data Service -> Tenant Service] no interaction has this message: RequestReadObjects.',
    'Nearest: "first", but',
    '  $.attributes.ObjectType: expected 3, got "DN" (string)',
  ].join('\n');

  test('while an interaction is under way fails it, with the near miss', async () => {
    const server = new Recorder();
    const result = await verified(
      server,
      keeping(server, (description) => description === 'second' && server.take(wrong)),
    );
    expect(result.interactions.map(({ verdict }) => verdict)).toEqual(['passed', 'failed']);
    expect(result.interactions[1]?.mismatches.map(({ message }) => message)).toEqual([
      `source: expected no further message, got RequestReadObjects\n${nearMiss}`,
    ]);
    expect(result.strays).toBeUndefined();
  });

  test('is told only once where the mock has said it already', async () => {
    const server = new Recorder();
    const said = new UnmatchedMessageError('said');
    const result = await verified(
      server,
      keeping(server, () => server.take(wrong, said)),
    );
    expect(result.interactions[0]?.mismatches.map(({ message }) => message)).toEqual([
      'source: expected no further message, got RequestReadObjects',
      'said',
    ]);
  });

  test.each(['first', 'second'])('after the %s interaction fails the side, with the near miss', async (when) => {
    const server = new Recorder();
    const sender = keeping(server, () => {});
    const late: Exercise = async (interaction, ...rest) => {
      await sender(interaction, ...rest);
      // It is on its way while this one settles: the second look finds it.
      if (interaction.description === when) server.settled = lateBy(server, wrong);
    };
    const result = await verified(server, late);
    expect(result.interactions.map(({ verdict }) => verdict)).toEqual(['passed', 'passed']);
    expect(result).toMatchObject({ verdict: 'failed', strays: [{ title: 'RequestReadObjects', message: nearMiss }] });
  });

  test('but another contract of the destination does, is no stray between interactions', async () => {
    const server = new Recorder();
    const places = other.interactions[0]?.steps[0]?.content;
    const exercise: Exercise = async () => {
      server.take(ask);
      server.settled = lateBy(server, places);
    };
    expect(await verified(server, exercise, [contract, other])).toMatchObject({ verdict: 'passed' });
    const result = await verified(new Recorder(), async () => {}, [contract, other]);
    expect(result.verdict).toBe('failed');
  });

  test('is told though the destination was lost sight of in the end', async () => {
    const server = new Recorder();
    const result = await verified(
      server,
      keeping(server, (description) => {
        if (description !== 'second') return;
        // The first look is the one of this interaction.
        let looks = 0;
        server.settled = async () => {
          looks += 1;
          if (looks === 1) return;
          server.take(wrong);
          throw new LostConnectionError('observer', 'lost');
        };
      }),
    );
    expect(result).toMatchObject({
      verdict: 'error',
      reason: 'lost',
      strays: [{ title: 'RequestReadObjects', message: nearMiss }],
    });
  });

  /** Records a message at the second look from now on. */
  function lateBy(server: Recorder, content: unknown): MockServer['settled'] {
    let looks = 0;
    return async () => {
      looks += 1;
      if (looks === 2) server.take(content);
    };
  }
});

describe('what a source reached', () => {
  test('is its own steps only: those of the other side are not for it to send', async () => {
    const server = new Recorder();
    const result = await verified(server, async ({ description }) => {
      if (description === 'first') server.take(ask);
    });
    expect(result.interactions.map(({ messages, unreached }) => [messages, unreached])).toEqual([
      [1, []],
      [0, [{ step: 1, title: 'RequestReadObjects', optional: false }]],
    ]);
  });
});
