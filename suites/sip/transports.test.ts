import { expect, test } from '@jest/globals';
import { loadContracts } from '../../contracts/catalogue.ts';
import { explain } from '../../harness/report/explain.ts';
import { verify } from '../../harness/verify/run.ts';
import { transportOf } from '../../mocks/protocols/sip/transport.ts';
import { overOtherTransport } from './fixtures/other-transport.ts';

const TIMEOUT_MS = 300_000;

test(
  'connections 51, 57, 58 and 59 keep their contracts over the other transport too, on both sides',
  async () => {
    const contracts = await loadContracts([51, 57, 58, 59]);
    const run = await verify({
      contracts: contracts.map(overOtherTransport),
      sides: ['destination', 'source'],
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    expect(run.connections.flatMap(explain)).toEqual([]);
    const verdicts = run.connections.flatMap(({ destination, source }) => [destination?.verdict, source?.verdict]);
    expect(verdicts).toEqual(Array(8).fill('passed'));
    const transports = run.connections.map(({ contract }) => transportOf(contract));
    expect(transports).toEqual(['UDP', 'TCP', 'UDP', 'UDP']);
  },
  TIMEOUT_MS,
);
