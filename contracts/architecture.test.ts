import { describe, expect, test } from '@jest/globals';
import { connectionByNumber, connections, connectionTitle, systemSlug, systems } from './architecture.ts';

describe('the architecture', () => {
  test('has 28 systems and the rows 1 to 60', () => {
    expect(systems).toHaveLength(28);
    expect(connections.map(({ number }) => number)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
  });

  test('names no system that no row has, and every row ends at systems that exist', () => {
    const used = new Set(connections.flatMap(({ dials, listens }) => [dials, listens]));
    expect([...used].sort()).toEqual([...systems].sort());
  });

  test('counts its protocols as the table does', () => {
    const counts: Record<string, number> = {};
    for (const { protocol } of connections) counts[protocol] = (counts[protocol] ?? 0) + 1;
    expect(counts).toEqual({
      TCP: 9,
      HTTP: 20,
      HTTPS: 1,
      Redis: 18,
      Kafka: 7,
      Postgres: 1,
      'SIP/TCP': 3,
      'SIP/UDP': 1,
    });
  });

  test('keeps what rows 14 and 55 print and records who dials', () => {
    expect(connectionByNumber(14)).toMatchObject({
      source: 'Redis 6.x',
      destination: 'Tenant Service',
      dials: 'Tenant Service',
      listens: 'Redis',
    });
    expect(connectionByNumber(55)).toMatchObject({
      source: 'Kafka 2.x',
      destination: 'Agent State Service',
      dials: 'Agent State Service',
      listens: 'Kafka',
    });
    const others = connections.filter(({ number }) => number !== 14 && number !== 55);
    expect(
      others.filter(({ source, destination, dials, listens }) => dials !== source || listens !== destination),
    ).toEqual([]);
  });

  test('has ports as values', () => {
    expect(connectionByNumber(26)?.port).toEqual({ kind: 'fixed', ports: [9100], printed: '9100' });
    expect(connectionByNumber(4)?.port).toEqual({
      kind: 'several',
      ports: [8888, 8000, 2060],
      printed: '8888, 8000, 2060',
    });
    expect(connectionByNumber(7)?.port.kind).toBe('fixed');
    expect(connectionByNumber(9)?.port).toEqual({ kind: 'configurable', ports: [6379], printed: '6379*' });
    expect(connectionByNumber(50)?.port).toEqual({ kind: 'configurable', ports: [9092, 9093], printed: '9092/9093*' });
    expect(connectionByNumber(24)?.port).toEqual({ kind: 'none', ports: [], printed: 'N/A' });
    expect(connectionByNumber(59)?.port.kind).toBe('unknown');
  });

  test('knows no connection 0 or 61', () => {
    expect(connectionByNumber(0)).toBeUndefined();
    expect(connectionByNumber(61)).toBeUndefined();
  });
});

test('titles and slugs are those of the guide', () => {
  const row = connectionByNumber(44);
  expect(row && connectionTitle(row)).toBe('connection 44 Designer Application Server -> External/customer');
  expect(systemSlug('External/customer')).toBe('external-customer');
  expect(systemSlug('Redis 6.x')).toBe('redis-6-x');
});
