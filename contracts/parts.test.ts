import { expect, test } from '@jest/globals';
import { connectionTitle } from './architecture.ts';
import type { Contract, Interaction } from './contract.ts';
import { portOf, rowOf, wholeConnections } from './parts.ts';

const interaction = (description: string) => ({ description, steps: [], given: [] }) as unknown as Interaction;
const contract = (more: Partial<Contract>): Contract => ({ connection: 19, interactions: [], ...more });
const authentication = {
  name: 'authentication',
  source: 'Voicemail',
  destination: 'Genesys Web Services and Applications',
  port: { kind: 'none', ports: [], printed: 'N/A' },
} as const;

test('a contract without a part has the row as it is printed', () => {
  expect(rowOf(contract({}))).toMatchObject({ number: 19, dials: 'Genesys Web Services and Applications' });
  expect(portOf(contract({}))).toBe(8081);
  expect(portOf(contract({ connection: 4, port: 8000 }))).toBe(8000);
});

test('a part may turn the ends of its row around and have another protocol or port', () => {
  const part = contract({ part: authentication });
  expect(rowOf(part)).toMatchObject({ dials: 'Voicemail', listens: 'Genesys Web Services and Applications' });
  expect(connectionTitle(rowOf(part))).toBe('connection 19 Voicemail -> Genesys Web Services and Applications');
  expect(portOf(part)).toBeUndefined();
  expect(rowOf(contract({ connection: 10, part: { name: 'start', protocol: 'Redis' } })).protocol).toBe('Redis');
});

test('a number that the table does not have is refused', () => {
  expect(() => rowOf(contract({ connection: 61 }))).toThrow('connection 61 is not in the connections table');
});

test('the parts of a connection make one whole', () => {
  const whole = wholeConnections([
    contract({ interactions: [interaction('list')] }),
    contract({ connection: 3, interactions: [interaction('open')] }),
    contract({ part: authentication, interactions: [interaction('validate')] }),
  ]);
  expect(
    whole.map(({ connection, interactions }) => [connection, interactions.map((each) => each.description)]),
  ).toEqual([
    [3, ['open']],
    [19, ['list', 'validate']],
  ]);
});
