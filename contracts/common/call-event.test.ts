import { describe, expect, test } from '@jest/globals';
import { compile, match } from '../matching.ts';
import { world } from '../world.ts';
import { type CallEventName, callEvent, callEvents } from './call-event.ts';

const names = Object.keys(callEvents) as CallEventName[];

function exampleOf(name: CallEventName): Record<string, unknown> {
  return compile(callEvent(name)).example as Record<string, unknown>;
}

function pathsOf(name: CallEventName, event: Record<string, unknown>): string[] {
  const bindings = new Map<string, unknown>();
  return match(compile(callEvent(name)), event, { strict: [], bindings }).map(({ path }) => path);
}

describe.each(names)('%s', (name) => {
  test('has its name, and every mandatory attribute is missed', () => {
    expect(exampleOf(name).id).toBe(name);
    for (const attribute of Object.keys(exampleOf(name))) {
      const { [attribute]: _, ...rest } = exampleOf(name);
      expect(pathsOf(name, rest)).toEqual([`$.${attribute}`]);
    }
  });

  test('may have attributes that nobody knows', () => {
    expect(pathsOf(name, { ...exampleOf(name), Unheard: { of: [] } })).toEqual([]);
  });
});

test.each<CallEventName>(['EventPartyAdded', 'EventBridged', 'EventTreatmentRequired'])(
  '%s does without CallID',
  (name) => {
    expect(exampleOf(name)).not.toHaveProperty('CallID');
  },
);

test('a route request is made at the queue itself', () => {
  const event = { ...exampleOf('EventRouteRequest'), ThisDN: '5001' };
  expect(pathsOf('EventRouteRequest', event)).toEqual(['$.ThisQueue']);
  expect(pathsOf('EventRouteRequest', { ...event, ThisQueue: '5001' })).toEqual([]);
});

test.each([
  ['time', { sec: '1760000000', usec: 0 }, '$.time.sec'],
  ['ThisDN', '', '$.ThisDN'],
  ['ConnID', '6A0301B2C3D001', '$.ConnID'],
  ['CallType', 'inbound', '$.CallType'],
])('%s of the wrong form is found', (attribute, value, path) => {
  expect(pathsOf('EventRinging', { ...exampleOf('EventRinging'), [attribute]: value })).toEqual([path]);
});

test('the example belongs to the fixture world', () => {
  expect(exampleOf('EventRinging')).toMatchObject({ CallThreadID: world.call.threadId, ConnID: world.call.connId });
});
