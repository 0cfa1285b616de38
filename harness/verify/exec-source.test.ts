import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import newCalls from '../../contracts/connections/49-voice-sip-cluster-service--redis.ts';
import type { Contract } from '../../contracts/contract.ts';
import { dialect } from '../../contracts/dialect.ts';
import { world } from '../../contracts/world.ts';
import { explain } from '../report/explain.ts';
import { execSource } from './exec-source.ts';
import { verify } from './run.ts';

const { signal } = new AbortController();
const contract = newCalls as Contract;
const { call, dns, sipNode, tenant } = world;
const { stream, maxLength } = dialect.redis.newCalls;

const routed = {
  Server: sipNode.serverDbid,
  time: { sec: 1_760_000_000, usec: 125_000 },
  ThisDN: dns.routePoint.number,
  ThisQueue: dns.routePoint.number,
  CallID: call.callId,
  CallThreadID: call.threadId,
};
const inbound = {
  ...routed,
  id: 'EventRouteRequest',
  CallType: 2,
  ConnID: call.connId,
  ANI: call.ani,
  DNIS: call.dnis,
};
const consult = {
  ...routed,
  id: 'EventRouteRequest',
  CallType: 4,
  ConnID: call.consultConnId,
  PreviousConnID: call.connId,
};
const abandoned = { ...inbound, id: 'EventAbandoned', ThisDNRole: 2, CallState: 0 };

/** A SIP node as a shell script: what it does about each interaction, with redis-cli. */
const sipNodeScript = `
export REDISCLI_AUTH="$VOXPACT_PASSWORD"
redis() { redis-cli -e -h "$VOXPACT_HOST" -p "$VOXPACT_PORT" --user "$VOXPACT_USER" "$@" >&2; }
append() {
  redis XADD '${stream(tenant.uuid)}' MAXLEN '~' ${maxLength} '*' v '${dialect.redis.entrySchema}' \\
    id "$1" tid '${tenant.uuid}' src '${sipNode.id}' seq "$2" ts 1760000000125 body "$3"
}
inbound() { append EventRouteRequest 1 '${JSON.stringify(inbound)}'; }
echo "$VOXPACT_USER" >> "$LOGINS"
case "$VOXPACT_INTERACTION" in
  'a consultation call'*) append EventRouteRequest 1 '${JSON.stringify(consult)}' ;;
  *abandoned*) inbound && append EventAbandoned 2 '${JSON.stringify(abandoned)}' ;;
  *'sent again'*) inbound && inbound ;;
  *) inbound ;;
esac`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxpact-exec-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function verified(script: string, description?: string) {
  const interactions = contract.interactions.filter((each) => each.description === (description ?? each.description));
  const exercise = execSource(`LOGINS='${folder}/logins'; ${script}`, signal);
  const { connections } = await verify({
    contracts: [{ ...contract, interactions }],
    sides: ['source'],
    exercise,
    signal,
  });
  const [result] = connections;
  if (result === undefined) throw new Error('nothing was verified');
  return result;
}

test('an exec line that does what its connection promises passes, with the login of its row alone', async () => {
  const result = await verified(sipNodeScript);
  expect(explain(result)).toEqual([]);
  expect(result.source?.interactions.map(({ verdict }) => verdict)).toEqual([...Array(5).fill('passed'), 'skipped']);
  expect(new Set((await readFile(join(folder, 'logins'), 'utf8')).trim().split('\n'))).toEqual(
    new Set(['r49-voice-sip-cluster-service']),
  );
});

test('an exec line that writes something else fails, and the server refuses it what it would refuse it in production', async () => {
  const description = 'a new inbound call at a routing point is streamed with ANI and DNIS';
  const result = await verified(`${sipNodeScript}\nredis SET spare 1 2> '${folder}/refusal'; true`, description);
  expect(explain(result)).toEqual([
    {
      where: `connection 49 Voice SIP Cluster Service -> Redis, source, "${description}"`,
      sentences: [
        expect.stringMatching(/^source: expected no further message, got SET spare\n.*no interaction has this/),
      ],
      fix: 'change what Voice SIP Cluster Service sends, or the contract where it asks too much; "voxpact show 49" prints what is promised',
    },
  ]);
  expect(await readFile(join(folder, 'refusal'), 'utf8')).toMatch(/^NOPERM/);
});

test('an exec line finds each PEM in a file as well, which is gone with it', async () => {
  const exercise = execSource(
    `cat "$VOXPACT_CA_FILE" > '${folder}/ca' && stat -c %a "$VOXPACT_STATE_CLIENTKEY_FILE" > '${folder}/mode' &&` +
      ` echo "$VOXPACT_STATE_CLIENTKEY_FILE" > '${folder}/path' && test -z "$VOXPACT_STATE_PROXY_FILE"`,
    signal,
  );
  const pem = '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n';
  const at = { host: '127.0.0.1', port: 1, ca: pem };
  const values = { clientKey: pem, proxy: 'http://127.0.0.1:2' };
  await exercise(contract.interactions[0] as Contract['interactions'][number], at, values);
  expect(await readFile(join(folder, 'ca'), 'utf8')).toBe(pem);
  expect(await readFile(join(folder, 'mode'), 'utf8')).toBe('600\n');
  await expect(readFile((await readFile(join(folder, 'path'), 'utf8')).trim())).rejects.toThrow('ENOENT');
});
