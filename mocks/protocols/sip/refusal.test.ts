import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { freePort } from '../../ports.ts';
import { refusesDatagrams } from './refusal.ts';

test('a refusal counts also where this process comes late to read it', async () => {
  const refused = refusesDatagrams({ host: '127.0.0.1', port: await freePort() });
  for (let turn = 0; turn < 3; turn += 1) {
    const untilMs = performance.now() + 300;
    while (performance.now() < untilMs);
    await nextTurn();
  }
  expect(await refused).toBe(true);
});
