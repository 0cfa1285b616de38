import { expect, test } from '@jest/globals';
import { postgresProfile } from './postgres.ts';

test.each([
  [{ role: 't100', verb: 'INSERT', table: 'cfg.cfg_person', set: {} }, 'INSERT cfg.cfg_person'],
  [{ role: 't100', verb: 'COMMIT' }, 'COMMIT'],
  [{ verb: 'CONNECT', role: 't100', database: 't200' }, 'a session of t100 on database t200'],
  [{ sqlstate: '23505', table: 'cfg.cfg_person' }, 'SQLSTATE 23505 for cfg.cfg_person'],
  [{ sqlstate: '00000', command: 'SELECT', table: 'cfg.cfg_dn', rows: [] }, 'SQLSTATE 00000 for SELECT cfg.cfg_dn'],
  [{ sqlstate: '00000' }, 'SQLSTATE 00000'],
  [{ holds: { table: 'cfg.cfg_dn', where: {}, rows: [] } }, 'what cfg.cfg_dn holds'],
  [{ fault: 'refused' }, 'no server'],
  [{}, 'not a PostgreSQL message'],
  [null, 'not a PostgreSQL message'],
  ['INSERT', 'not a PostgreSQL message'],
])('a message is titled by what it is: %j', (content, title) => {
  expect(postgresProfile.title(content)).toBe(title);
});
