import { expect, test } from '@jest/globals';
import { destinations } from './destinations.ts';
import { environment } from './environment.ts';
import { execLines } from './exec-lines.ts';
import { interrupts } from './interrupts.ts';
import { lifecycle } from './lifecycle.ts';
import { servers } from './servers.ts';
import { sources } from './sources.ts';
import { states } from './states.ts';
import { tls } from './tls.ts';
import { usage } from './usage.ts';

const table = [
  ...[...usage, ...states, ...environment, ...interrupts],
  ...[...destinations, ...tls, ...servers, ...lifecycle],
  ...[...sources, ...execLines],
];

test('there are at least 160 situations, each under a name of its own', () => {
  expect(table.length).toBeGreaterThanOrEqual(160);
  expect(new Set(table.map(({ name }) => name)).size).toBe(table.length);
});

test('exit code and class agree: 1 is a broken contract, everything else is an error', () => {
  const mixed = table.filter(({ exitCode, json, junit }) => {
    const classes = [json, junit].filter((each) => each !== undefined && each !== 'none');
    return classes.some((each) => (exitCode === 1 ? !['failed', 'failure'].includes(each) : each !== 'error'));
  });
  expect(mixed.map(({ name }) => name)).toEqual([]);
});
