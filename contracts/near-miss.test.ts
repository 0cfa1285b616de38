import { beforeAll, describe, expect, test } from '@jest/globals';
import type { ProtocolName } from './architecture.ts';
import { connectionByNumber } from './architecture.ts';
import { loadContracts } from './catalogue.ts';
import type { Contract } from './contract.ts';
import { compile } from './matching.ts';
import { httpProfile } from './messages/http.ts';
import { kafkaProfile } from './messages/kafka.ts';
import { postgresProfile } from './messages/postgres.ts';
import type { MessageProfile } from './messages/profile.ts';
import { redisProfile } from './messages/redis.ts';
import { sipProfile } from './messages/sip-profile.ts';
import { tcpProfile } from './messages/tcp.ts';
import { candidates, NearMissSearch, nearMissText } from './near-miss.ts';

const profiles: Readonly<Record<ProtocolName, MessageProfile>> = {
  TCP: tcpProfile,
  HTTP: httpProfile,
  HTTPS: httpProfile,
  Redis: redisProfile,
  Kafka: kafkaProfile,
  Postgres: postgresProfile,
  'SIP/TCP': sipProfile,
  'SIP/UDP': sipProfile,
};

let contracts: readonly Contract[];
beforeAll(async () => {
  contracts = await loadContracts();
});

function profileOf({ connection }: Contract): MessageProfile {
  return profiles[connectionByNumber(connection)?.protocol as ProtocolName];
}

/** A copy with the value at one place replaced by one of another kind. */
function broken(value: unknown, [head, ...rest]: readonly string[]): unknown {
  if (head === undefined) return typeof value === 'string' ? 4711 : 'broken by a test';
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[head] = broken(copy[head], rest);
  return copy;
}

describe('the near miss of a message with one value wrong', () => {
  const cases: [protocol: string, number: number, description: string, step: number, path: string][] = [
    ['HTTP', 26, 'add the tenant', 1, '$.body.name'],
    ['TCP', 3, 'read all persons', 1, '$.attributes.ObjectType'],
    ['Redis', 9, 'a disabled person stays in the cache with state 2', 1, '$.fields.state'],
    ['Kafka', 50, 'a call is held and retrieved', 1, '$.value.CallState'],
    ['Postgres', 13, 'a DN is found by its switch and number', 2, '$.where.dn_number'],
    ['SIP', 51, 'a call with an offer is answered and released', 1, '$.headers.x-genesys-calluuid'],
  ];

  test.each(cases)(
    '%s: connection %i "%s" names the interaction and the field',
    (_, number, description, step, path) => {
      const contract = contracts.find(({ connection }) => connection === number) as Contract;
      const interaction = contract.interactions.find((each) => each.description === description);
      const { example } = compile(interaction?.steps[step - 1]?.content);
      const message = broken(example, path.split('.').slice(1));
      const near = new NearMissSearch(candidates(contracts, 'source'), 'source', profileOf(contract)).nearest(message);
      expect([near?.contract.connection, near?.interaction.description]).toEqual([number, description]);
      expect(near?.mismatches.map((each) => each.path)).toEqual([path]);
    },
  );
});

describe('the text', () => {
  const asked = { name: 'RequestReadObjects', referenceId: 1, attributes: { ObjectType: 'DN', Filter: {} } };

  test('has connection, nearest interaction, every mismatch with its path, and how to fix', () => {
    const [contract] = contracts.filter(({ connection }) => connection === 3);
    const known = candidates([contract as Contract], 'source');
    expect(new NearMissSearch(known, 'source', tcpProfile).unmatched(asked).message).toBe(
      [
        '[connection 3 Billing Data Service -> Tenant Service] no interaction has this message: RequestReadObjects.',
        'Nearest: "read all persons", but',
        '  $.attributes.ObjectType: expected 3, got "DN" (string)',
        'Fix: correct the message; or, if it is right, add an interaction to ' +
          'contracts/connections/03-billing-data-service--tenant-service.ts ("voxpact show 3" prints what is there).',
      ].join('\n'),
    );
  });

  test('of a message that an interaction has says whose it is', () => {
    const all = candidates(
      contracts.filter(({ connection }) => connection === 9),
      'source',
    );
    const [first] = all;
    const message = first?.compiled.example;
    const near = new NearMissSearch(all, 'source', redisProfile).nearest(message);
    expect(near?.mismatches).toEqual([]);
    expect(nearMissText(message, near, redisProfile)).toContain(
      `belongs to "${near?.interaction.description}", which is not under way.`,
    );
  });

  test('where there is no contract says so', () => {
    expect(new NearMissSearch([], 'source', tcpProfile).unmatched(asked).message).toBe(
      'no contract has any message here, and RequestReadObjects came.\nFix: write a contract.',
    );
  });
});
