import { describe, expect, test } from '@jest/globals';
import { world } from '../world.ts';
import { isFixture, keyTemplate, pathTemplate } from './fixture.ts';

const { tenant, otherTenant, mailbox, dns } = world;

test('names and instants of the world are examples; numbers that do not name anything are meant as they are', () => {
  const naming = [tenant.uuid, tenant.dbid, String(tenant.dbid), world.now.sec, world.call.callId];
  expect(naming.filter((value) => !isFixture(value))).toEqual([]);
  expect([otherTenant.sid, world.registration.expires, true, null, '', 'open'].filter(isFixture)).toEqual([]);
});

describe('a path has a parameter', () => {
  test.each([
    [`/tenants/${tenant.uuid}/objects/DN`, '/tenants/{tenantUuid}/objects/DN', { tenantUuid: tenant.uuid }],
    [`/devices/${dns.agent.number}/login`, '/devices/{dn}/login', { dn: dns.agent.number }],
    [
      `/mailboxes/${mailbox.number}/messages/${mailbox.messageId}.wav`,
      '/mailboxes/{mailbox}/messages/{messageId}.wav',
      { mailbox: mailbox.number, messageId: mailbox.messageId },
    ],
    ['/messages/m-404/audio', '/messages/m-404/audio', {}],
    ['/event/callback.cancel', '/event/callback.cancel', {}],
  ])('%s', (path, template, values) => {
    expect(pathTemplate(path)).toEqual({ template, values });
  });
});

test('a key of Redis has a parameter for its hash tag', () => {
  expect(keyTemplate(`ors:{${otherTenant.uuid}}:new`)).toEqual({
    template: 'ors:{tenantHashTag}:new',
    values: { tenantHashTag: `{${otherTenant.uuid}}` },
  });
  expect(keyTemplate('config:tenants')).toEqual({ template: 'config:tenants', values: {} });
});
