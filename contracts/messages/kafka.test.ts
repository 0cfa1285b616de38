import { expect, test } from '@jest/globals';
import { bind, like, regex } from '../matchers.ts';
import { kafkaProfile } from './kafka.ts';

const topic = 'voice-callthread';

test.each<[string, unknown, string]>([
  [
    'a record',
    { topic, key: { tenant: 't', subject: 'ct-1' }, value: { id: 'EventHeld' } },
    'EventHeld on voice-callthread with key t:ct-1',
  ],
  [
    'a template',
    { topic, key: { tenant: bind('t', regex('^.$', 't')), subject: 's' }, value: { id: like('EventHeld') } },
    'EventHeld on voice-callthread with key t:s',
  ],
  [
    'a record without key or JSON',
    { topic, key: null, value: { $text: '' } },
    'a record without id on voice-callthread with key null',
  ],
  [
    'a key of bytes',
    { topic, key: { $bytes: '/wA=' }, value: null },
    'a record without id on voice-callthread with key /wA= (base64)',
  ],
  ['a refusal', { error: 'MESSAGE_TOO_LARGE', code: 10, topic }, 'MESSAGE_TOO_LARGE (10) for topic voice-callthread'],
  [
    'a refusal of a reader',
    { error: 'GROUP_AUTHORIZATION_FAILED', code: 30, topic, group: 'callthread' },
    'GROUP_AUTHORIZATION_FAILED (30) for topic voice-callthread to group callthread',
  ],
  [
    'a delivery',
    { group: 'callthread', topic, key: { tenant: 't', subject: 's' }, value: { id: 'EventHeld' } },
    'EventHeld on voice-callthread with key t:s to group callthread',
  ],
  [
    'a commit',
    { group: 'callthread', topic, key: { tenant: 't', subject: 's' }, commits: 'EventHeld' },
    'group callthread is done with EventHeld on voice-callthread with key t:s',
  ],
  [
    'a commit of a record without an id',
    { group: 'callthread', topic, key: null, commits: null },
    'group callthread is done with a record without id on voice-callthread with key null',
  ],
  [
    'a member that leaves',
    { group: 'callthread', leaves: topic },
    'a member of group callthread leaves voice-callthread',
  ],
  ['an acknowledgement', { acknowledged: true }, 'an acknowledgement'],
  ['anything else', 'text', 'not a Kafka message'],
])('the title of %s', (_, content, title) => {
  expect(kafkaProfile.title(content)).toBe(title);
});
