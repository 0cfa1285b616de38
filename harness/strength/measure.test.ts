import { describe, expect, test } from '@jest/globals';
import {
  assumed,
  type Contract,
  destination,
  type FreePart,
  type Interaction,
  type Side,
  type Step,
  source,
} from '../../contracts/contract.ts';
import type { ObservedMessage } from '../../contracts/conversation.ts';
import { equal, integer, regex, string } from '../../contracts/matchers.ts';
import { httpProfile } from '../../contracts/messages/http.ts';
import { adapter } from '../../mocks/protocols/http/adapter.ts';
import { strengthJson } from '../report/strength-json.ts';
import {
  freeText,
  isStrong,
  nearMissText,
  refusalsText,
  strengthTable,
  strengthTotals,
  survivorsText,
} from '../report/strength-text.ts';
import type { Baseline } from './baseline.ts';
import { measureContract } from './measure.ts';

const request = { method: 'GET', path: '/tenants/7', query: {}, headers: { host: 'localhost:1', connection: 'close' } };
const response = {
  status: 200,
  headers: { 'content-type': 'application/json', etag: '"3"', date: 'Thu, 09 Oct 2025 08:53:20 GMT' },
  body: { id: 7, name: 'seven' },
};
const messages: ObservedMessage[] = [
  { from: 'source', content: request, atMs: 0 },
  { from: 'destination', content: response, atMs: 1 },
];

function contractOf(answer: unknown, more: Partial<Interaction> = {}): Contract {
  const steps = [source<unknown>({ method: 'GET', path: '/tenants/7' }), destination<unknown>(answer)] as Step[];
  return {
    connection: 26,
    interactions: [{ description: 'read seven', basis: assumed('for this test'), given: [], steps, ...more }],
  };
}

async function strengthOf(contract: Contract, sides: readonly Side[] = ['destination', 'source']) {
  const [interaction] = contract.interactions as [Interaction];
  const records = sides.map((side): Baseline => ({ interaction, side, messages, values: {} }));
  return measureContract(contract, records, adapter);
}

const good = {
  status: 200,
  headers: { 'content-type': 'application/json', etag: regex('^"[0-9]+"$', '"3"') },
  body: { id: integer(7), name: string('seven') },
};
const plain = { terminal: false };

describe('a contract that names everything', () => {
  test('kills every break, and the first mismatch names it', async () => {
    const strength = await strengthOf(contractOf(good));
    expect(strength.survivors).toEqual([]);
    expect(strength.total).toBeGreaterThan(40);
    expect(strength).toMatchObject({ killed: strength.total, exact: strength.total });
    expect(isStrong([strength])).toBe(true);
    const { sought, found } = strength.nearMiss;
    expect(nearMissText([strength], plain)).toBe(
      [
        'protocol\tbreaks\tnamed exactly\tshare\tin no interaction\tnearest is right\tshare',
        `HTTP\t${strength.total}\t${strength.total}\t100.00 %\t${sought}\t${found}\t100.00 %`,
      ].join('\n'),
    );
  });

  test('bears every tolerant change, those of the wire too', async () => {
    const { tolerant } = await strengthOf(contractOf(good));
    expect(tolerant.refused).toEqual([]);
    expect(tolerant.accepted).toBe(tolerant.total);
    expect(tolerant.total).toBeGreaterThan(10);
  });

  test('lists what the stack of a peer sets apart, with the reason', async () => {
    const text = freeText([await strengthOf(contractOf(good))]);
    expect(text).toContain(
      "free: connection 26, destination, $.headers.date: it is the clock of the peer's HTTP server",
    );
    expect(text).toContain('free: connection 26, source, $.headers: the client library sets it');
  });
});

describe('a contract that leaves a field unnamed', () => {
  const { headers: _headers, ...rest } = good;
  const weak = { ...rest, headers: { 'content-type': 'application/json' } };

  test('has exactly that survivor, and what would kill it is said', async () => {
    const strength = await strengthOf(contractOf(weak));
    expect(strength.survivors).toEqual([
      {
        interaction: 'read seven',
        side: 'destination',
        step: 2,
        path: '$.headers.etag',
        operator: 'dropped',
        remedy: 'name $.headers.etag in step 2',
      },
    ]);
    expect(strength.killed).toBe(strength.total - 1);
    expect(survivorsText([strength])).toBe(
      'connection 26, "read seven"\n  survived: destination, step 2, $.headers.etag, dropped: name $.headers.etag in step 2',
    );
    expect(strengthTotals([strength])).toMatch(/^weak: 1 connections, /);
  });

  test('may say that it is free, and why', async () => {
    const free: FreePart[] = [{ path: '$.headers.etag', reason: 'nobody caches' }];
    const strength = await strengthOf(contractOf(weak, { free }));
    expect(strength.survivors).toEqual([]);
    expect(strength.free).toContainEqual({
      interaction: 'read seven',
      side: 'destination',
      step: 2,
      path: '$.headers.etag',
      operator: 'dropped',
      reason: 'nobody caches',
    });
  });

  test('frees nothing that it demands', async () => {
    const free: FreePart[] = [{ path: '$.body', reason: 'for this test' }];
    const strength = await strengthOf(contractOf(good, { free }));
    expect(strength.free.filter(({ path }) => path.startsWith('$.body'))).toEqual([]);
  });
});

describe('a rule that asks too little', () => {
  test('survives by the value that it lets through', async () => {
    const loose = { ...good, body: { id: regex('^[0-9]*$', '7'), name: string('seven') } };
    const asText = { ...response, body: { ...response.body, id: '7' } };
    const [interaction] = contractOf(loose).interactions as [Interaction];
    const record: Baseline = {
      interaction,
      side: 'destination',
      messages: messages.with(1, { from: 'destination', content: asText, atMs: 1 }),
      values: {},
    };
    const { survivors } = await measureContract(contractOf(loose), [record], adapter);
    expect(survivors.map(({ operator, path, remedy }) => ({ operator, path, remedy }))).toEqual([
      {
        operator: 'type changed',
        path: '$.body.id',
        remedy: 'demand the type of $.body.id in step 2 besides its form',
      },
    ]);
  });
});

describe('a contract that asks too much', () => {
  test('refuses a tolerant change, which is reported and makes it weak', async () => {
    const strict = { ...good, body: equal({ id: 7, name: 'seven' }) };
    const strength = await strengthOf(contractOf(strict));
    expect(strength.tolerant.refused).toHaveLength(1);
    expect(strength.tolerant.accepted).toBe(strength.tolerant.total - 1);
    expect(isStrong([strength])).toBe(false);
    expect(refusalsText([strength])).toMatch(
      /^connection 26, "read seven"\n {2}refused: destination, step 2, \$\.body\.unknownToAll, unknown field: the contract asks too much: \$\.body: expected /,
    );
  });
});

describe('the reports', () => {
  test('as JSON hold exactly what the schema says', async () => {
    const strength = await strengthOf(contractOf(good), ['destination']);
    const { total, carried, nearMiss } = strength;
    const { sought } = nearMiss;
    expect(carried).toBeGreaterThan(0);
    const { free, ...connection } = strengthJson([strength], { nearMiss: true }).connections[0] ?? {};
    expect(strengthJson([strength]).schema).toBe('voxpact/strength/1');
    expect(strengthJson([strength])).not.toHaveProperty('nearMiss');
    expect(strengthJson([strength], { nearMiss: true }).nearMiss).toEqual([
      { protocol: 'HTTP', total, exact: total, sought, found: sought },
    ]);
    expect(connection).toEqual({
      number: 26,
      total,
      killed: total,
      carried,
      survivors: [],
      tolerant: { total: strength.tolerant.total, accepted: strength.tolerant.total, refused: [] },
    });
    expect(free).toEqual(strength.free);
  });

  test('as a table have a line a connection', async () => {
    const strength = await strengthOf(contractOf(good), ['destination']);
    const { total, carried, tolerant, free } = strength;
    expect(strengthTable([strength], plain).split('\n')[1]).toBe(
      `26\tTenant Service\tConfig Service\tHTTP\t${total}/${total}\t${carried}\t${tolerant.total}/${tolerant.total}\t${free.length}`,
    );
  });

  test('call nothing strong that was not measured', async () => {
    expect(isStrong([])).toBe(false);
    expect(isStrong([await measureContract(contractOf(good), [], adapter)])).toBe(false);
  });
});

test('the profile of HTTP frees nothing without a reason', () => {
  const parts = [...(httpProfile.free?.source ?? []), ...(httpProfile.free?.destination ?? [])];
  expect(parts.filter(({ reason }) => reason.trim() === '')).toEqual([]);
});
