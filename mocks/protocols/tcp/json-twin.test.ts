import { expect, test } from '@jest/globals';
import type { TcpMessage } from '../../../contracts/messages/tcp.ts';
import { masked } from './json-twin.ts';

const open: TcpMessage = {
  name: 'RequestOpenStatistic',
  referenceId: 1,
  attributes: {
    userPassword: 'top secret',
    StatisticObject: { ObjectId: 'A1001', TenantPassword: 'hidden' },
    others: [{ TenantPassword: 'hidden too' }, { ObjectId: 'A2002' }],
    pairs: {
      $kvlist: [
        ['TenantPassword', 'in a pair'],
        ['TenantPassword', 'twice'],
      ],
    },
  },
};

test('a secret is blanked wherever it stands, and nothing else is touched', () => {
  const before = structuredClone(open);
  expect(masked(open).attributes).toEqual({
    userPassword: '***',
    StatisticObject: { ObjectId: 'A1001', TenantPassword: '***' },
    others: [{ TenantPassword: '***' }, { ObjectId: 'A2002' }],
    pairs: {
      $kvlist: [
        ['TenantPassword', '***'],
        ['TenantPassword', '***'],
      ],
    },
  });
  expect(open).toEqual(before);
});

test('a message without a secret is itself', () => {
  const plain: TcpMessage = { name: 'Ping', attributes: { list: [1, 'two', { three: 3 }] } };
  expect(masked(plain)).toBe(plain);
});
