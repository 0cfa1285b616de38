import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { alterUserScramCredentialsV0 } from '@platformatic/kafka';
import { execa } from 'execa';
import pg from 'pg';
import { loadContracts } from '../../contracts/catalogue.ts';
import type { Contract } from '../../contracts/contract.ts';
import { exitCodeOf } from '../../harness/commands/verify.ts';
import { explain } from '../../harness/report/explain.ts';
import { execSource } from '../../harness/verify/exec-source.ts';
import { kcatFunctions, writing } from '../../harness/verify/fixtures/kcat.ts';
import { verify } from '../../harness/verify/run.ts';
import type { Address, MockServer } from '../../mocks/adapter.ts';
import { freePort } from '../../mocks/ports.ts';
import { type Certificates, type KeyedCertificate, makeCertificates } from '../../mocks/protocols/http/tls.ts';
import { bareConnection } from '../../mocks/protocols/kafka/client.ts';
import { credentials, usersOf } from '../../mocks/protocols/kafka/logins.ts';
import { type KafkaBroker, startKafka } from '../../mocks/protocols/kafka/server.ts';
import { adapter as postgres } from '../../mocks/protocols/postgres/adapter.ts';
import postgresql from '../../mocks/services/postgresql/mock.ts';
import { tlsPeer, withPeer } from '../audit/bad-peers.ts';
import { bin } from '../audit/run.ts';

const host = '127.0.0.1';
const { signal } = new AbortController();
const bad = ['expired', 'wrong-host', 'untrusted'] as const;
const codes = {
  expired: 'CERT_HAS_EXPIRED',
  'wrong-host': 'ERR_TLS_CERT_ALTNAME_INVALID',
  untrusted: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
} as const;

let certificates: Certificates;
let folder: string;
let contracts: readonly Contract[];
beforeAll(async () => {
  [certificates, folder, contracts] = await Promise.all([
    makeCertificates(host),
    mkdtemp(join(tmpdir(), 'voxpact-tls-')),
    loadContracts([13, 50]),
  ]);
  await writeFile(join(folder, 'ca.pem'), certificates.ca);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const contractOf = (number: number) => contracts.filter(({ connection }) => connection === number);

/** The command line as a user starts it who trusts the authority. */
async function voxpact(...args: string[]) {
  const env = { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') };
  const { exitCode, stdout, stderr } = await execa(process.execPath, [bin, 'verify', ...args], { env, reject: false });
  return { exitCode, output: `${stdout}\n${stderr}` };
}

/** What a run says that finds a server at an address where TLS does not come about. */
async function refusal(system: 'Kafka' | 'PostgreSQL', number: number, at: Address) {
  const external = new Map([[system, { ...at, ca: certificates.ca }]] as const);
  const run = await verify({ contracts: contractOf(number), sides: ['destination'], external, signal });
  return {
    exitCode: exitCodeOf(run),
    sentences: run.connections.flatMap(explain).flatMap(({ sentences }) => sentences),
  };
}

describe('Kafka', () => {
  const admin = { name: 'admin', password: 'letmanage' };
  let broker: KafkaBroker;
  let at: Address;
  beforeAll(async () => {
    const loginPort = await freePort();
    at = { host, port: loginPort, user: admin.name, password: admin.password };
    const { key, cert } = certificates.valid;
    const line = (pem: string) => pem.trim().replaceAll(/\r?\n/g, '\\n');
    broker = await startKafka({
      listen: { host, port: 0 },
      loginPort,
      users: usersOf(contractOf(50), at),
      settings: {
        'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,LOGIN:SASL_SSL,CONTROLLER:PLAINTEXT',
        'super.users': `User:ANONYMOUS;User:${admin.name}`,
        'listener.name.login.ssl.keystore.type': 'PEM',
        'listener.name.login.ssl.keystore.certificate.chain': line(cert),
        'listener.name.login.ssl.keystore.key': line(key),
      },
    });
    const connection = bareConnection(broker.address, 5_000);
    await connection.connect(host, broker.address.port);
    await alterUserScramCredentialsV0.api.async(connection, [], [await credentials(admin)]);
    await connection.close();
  }, 90_000);
  afterAll(() => broker?.close());

  test('row 50 passes over SASL_SSL, with the authority of NODE_EXTRA_CA_CERTS', async () => {
    const address = `kafkas://${at.user}:${at.password}@${host}:${at.port}`;
    const { exitCode, output } = await voxpact('50', '--external', `kafka=${address}`);
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: expect.stringContaining('passed: 1 connections') });
  }, 90_000);

  test('kcat as the source of row 50 passes, with the authority that it is given', async () => {
    const [whole] = contractOf(50);
    const interactions = whole?.interactions.filter(({ description }) => description.includes('is held')) ?? [];
    const lines = interactions.flatMap((each) => writing(each)).join(' && ');
    const run = await verify({
      contracts: [{ connection: 50, interactions }],
      sides: ['source'],
      exercise: execSource(`${kcatFunctions('SASL_SSL')}${lines}`, signal),
      external: new Map([['Kafka', { ...at, ca: certificates.ca }]]),
      signal,
    });
    expect(run.connections.flatMap(explain)).toEqual([]);
    expect(run.verdict).toBe('passed');
  }, 30_000);

  test('a broker that wants TLS lets nobody in without', async () => {
    const external = new Map([['Kafka', at]] as const);
    const run = await verify({ contracts: contractOf(50), sides: ['destination'], external, signal });
    expect(exitCodeOf(run)).toBe(2);
    expect(run.connections.flatMap(explain)[0]?.sentences.join('\n')).toMatch(
      /Connection closed|closed the connection/,
    );
  }, 30_000);

  test.each(bad)('a broker with a certificate that is %s is one sentence and exit code 2', async (kind) => {
    await withPeer(tlsPeer(certificates[kind]), async ({ host, port }) => {
      expect(await refusal('Kafka', 50, { host, port })).toEqual({
        exitCode: 2,
        sentences: [`TLS with the Kafka broker at ${host}:${port} failed (${codes[kind]})`],
      });
      return { exitCode: 2, stdout: '', stderr: '' };
    });
  });
});

describe('PostgreSQL', () => {
  let server: MockServer;
  let isEncrypted = false;
  beforeAll(async () => {
    server = await postgres.serve({ contracts: [], listen: { host, port: 0 }, service: postgresql as never });
    await show(certificates.valid);
  });
  afterAll(() => server?.close());

  async function asSuperuser<T>(use: (session: pg.Client) => Promise<T>): Promise<T> {
    const ssl = isEncrypted ? { rejectUnauthorized: false } : false;
    const session = new pg.Client({ ...server.address, user: 'postgres', ssl });
    await session.connect();
    try {
      return await use(session);
    } finally {
      await session.end();
    }
  }

  /** Has the server show a certificate, and let nobody in without TLS. */
  async function show({ key, cert }: KeyedCertificate): Promise<void> {
    const access = 'local all all trust\nhostssl all all all scram-sha-256\n';
    const files = { 'server.key': key, 'server.crt': cert, 'pg_hba.conf': access };
    const loadedAt = await asSuperuser(async (session) => {
      for (const [name, text] of Object.entries(files)) {
        const lines = `SELECT unnest(string_to_array($$${text}$$, E'\n'))`;
        await session.query(`COPY (${lines}) TO PROGRAM 'umask 077 && cat > ${name}'`);
      }
      await session.query('ALTER SYSTEM SET ssl = on');
      const { rows } = await session.query('SELECT pg_conf_load_time()::text AS at, pg_reload_conf()');
      return String(rows[0].at);
    });
    isEncrypted = true;
    // The server reads its settings a moment after it was told to.
    for (let at = loadedAt; at === loadedAt; ) {
      at = await asSuperuser(async (session) => {
        const { rows } = await session.query('SELECT pg_conf_load_time()::text AS at');
        return String(rows[0].at);
      }).catch(() => loadedAt);
    }
  }

  test('row 13 passes with sslmode=verify-full and the authority of NODE_EXTRA_CA_CERTS', async () => {
    const { port, password } = server.address;
    const address = `postgres://postgres:${password}@${host}:${port}/t100?sslmode=verify-full`;
    const { exitCode, output } = await voxpact('13', '--external', `postgresql=${address}`);
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: expect.stringContaining('passed: 1 connections') });
  }, 90_000);

  test('psql as the source of row 13 passes, with the authority that it is given', async () => {
    const [whole] = contractOf(13);
    const interactions = whole?.interactions.filter(({ description }) => description.includes('a DN is found')) ?? [];
    const read = "SELECT dbid, type, dn_number, state FROM cfg.cfg_dn WHERE switch_dbid = 105 AND dn_number = '7001'";
    const script = `PGSSLMODE=verify-full PGSSLROOTCERT="$VOXPACT_CA_FILE" PGPASSWORD="$VOXPACT_PASSWORD" \\
      psql -X -h "$VOXPACT_HOST" -p "$VOXPACT_PORT" -U "$VOXPACT_USER" -c "${read}" "$VOXPACT_DATABASE" >&2`;
    const run = await verify({
      contracts: [{ connection: 13, interactions }],
      sides: ['source'],
      exercise: execSource(script, signal),
      external: new Map([['PostgreSQL', { ...server.address, user: 'postgres', ca: certificates.ca }]]),
      signal,
    });
    expect(run.connections.flatMap(explain)).toEqual([]);
    expect(run.verdict).toBe('passed');
  }, 30_000);

  test('a server that wants TLS lets nobody in without', async () => {
    const external = new Map([['PostgreSQL', { ...server.address, user: 'postgres' }]] as const);
    const run = await verify({ contracts: contractOf(13), sides: ['destination'], external, signal });
    expect(exitCodeOf(run)).toBe(2);
    expect(run.connections.flatMap(explain)[0]?.sentences.join('\n')).toContain('no encryption');
  });

  test.each(bad)('a server with a certificate that is %s is one sentence and exit code 2', async (kind) => {
    await show(certificates[kind]);
    const { port, password = '' } = server.address;
    expect(await refusal('PostgreSQL', 13, { host, port, password, user: 'postgres', database: 't100' })).toEqual({
      exitCode: 2,
      sentences: [
        `the harness could not enter database t100 of PostgreSQL at ${host}:${port} as postgres: TLS failed (${codes[kind]})`,
      ],
    });
  });
});
