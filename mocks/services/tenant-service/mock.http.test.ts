import { expect, test } from '@jest/globals';
import contract from '../../../contracts/connections/08-genesys-engagement-service--tenant-service.ts';
import type { Interaction } from '../../../contracts/contract.ts';
import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import routing from './mock.http.ts';

/** A mock with a world of its own, asked without a wire. */
function mock() {
  const world = { ...routing.createWorld(), strategies: ['WaitForTarget'] };
  const context = {
    contract,
    interaction: contract.interactions[0] as Interaction,
    signal: new AbortController().signal,
  };
  const ask = (method: string, path: string, query: HttpRequest['query'] = {}) =>
    routing.respond({ method, path, query }, world, context) as HttpResponse;
  return { world, ask };
}

test('each started call has an id of its own, and is gone when it is stopped', () => {
  const { ask, world } = mock();
  const start = () => (ask('POST', '/urs/call/start', { strategy: 'WaitForTarget' }).body as { connid: string }).connid;
  const [first, second] = [start(), start()];
  expect(first).not.toBe(second);
  expect(ask('POST', `/urs/call/${first}/stop`)).toMatchObject({ status: 200 });
  expect(ask('POST', `/urs/call/${first}/stop`)).toMatchObject({ status: 404 });
  expect(world.calls.map(({ connId }) => connId)).toEqual([second]);
});

test('a call has its place in its own queue, and moves up when one before it is stopped', () => {
  const { ask, world } = mock();
  world.calls = [
    { connId: '000000000000000a', queue: 'VQ_A' },
    { connId: '000000000000000b', queue: 'VQ_B' },
    { connId: '000000000000000c', queue: 'VQ_A' },
  ];
  expect(ask('GET', '/urs/call/000000000000000c/lvq/VQ_A').body).toMatchObject({ pos: 2 });
  expect(ask('GET', '/urs/call/000000000000000c/lvq/VQ_B')).toMatchObject({ status: 404 });
  ask('POST', '/urs/call/000000000000000a/stop');
  expect(ask('GET', '/urs/call/000000000000000c/lvq/VQ_A').body).toMatchObject({ pos: 1 });
  expect(ask('GET', '/urs/call/max/lvq/VQ_A').body).toMatchObject({ pos: 1 });
  expect(ask('GET', '/urs/call/max/lvq/VQ_C').body).toMatchObject({ pos: 0 });
});

test('what is no route is not found', () => {
  expect(mock().ask('GET', '/urs/call/start')).toMatchObject({ status: 404 });
});
