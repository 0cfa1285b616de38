import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { voxpact } from './voxpact.ts';

const bin = resolve(import.meta.dirname, '../../harness/bin.ts');
const packageVersion = /^\d+\.\d+\.\d+/;

describe('voxpact list', () => {
  test('prints 60 rows as plain lines in a pipe', async () => {
    const { exitCode, stdout, stderr } = await voxpact('list');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const lines = stdout.split('\n');
    expect(lines).toHaveLength(61);
    expect(lines[26]).toMatch(
      /^26\tTenant Service\tConfig Service\tHTTP\t9100\t\d+\t\d+\t\d+ documented, \d+ inferred, \d+ assumed$/,
    );
  });

  test('--json is one JSON document of schema voxpact/list/1', async () => {
    const { exitCode, stdout } = await voxpact('list', '--json');
    expect(exitCode).toBe(0);
    const { schema, connections } = JSON.parse(stdout);
    expect(schema).toBe('voxpact/list/1');
    expect(connections).toHaveLength(60);
    expect(connections[25]).toMatchObject({
      number: 26,
      source: 'Tenant Service',
      destination: 'Config Service',
      protocol: 'HTTP',
      ports: [9100],
      basis: { documented: expect.any(Number), inferred: expect.any(Number), assumed: expect.any(Number) },
    });
    expect(connections[25].interactions).toBeGreaterThan(connections[25].negative);
    expect(connections[25].negative).toBeGreaterThan(0);
  });
});

describe('voxpact show', () => {
  test('prints a contract with states, bases and messages', async () => {
    const { exitCode, stdout } = await voxpact('show', '26');
    expect(exitCode).toBe(0);
    expect(stdout.split('\n')[0]).toBe('connection 26 Tenant Service -> Config Service');
    expect(stdout).toMatch(/\(negative\)/);
    expect(stdout).toMatch(/given /);
    expect(stdout).toMatch(/-> source\n {7}method: "POST"/);
  });
});

describe('bad usage ends with 2 and one sentence', () => {
  test.each([
    [['verify', '61'], 'voxpact: "61" is no connection; expected a number from 1 to 60'],
    [['verify', '--service', 'nobody'], 'voxpact: there is no service "nobody"; the services are'],
    [['verify', '26', '--at', 'ftp://x'], 'voxpact: "ftp://x" is not an address for HTTP'],
    [['verify', '26', '--at', '127.0.0.1:1', '--source'], 'voxpact: --at names a destination under test'],
    [['verify', '26', '--states', 'http://127.0.0.1:1'], 'voxpact: --states sets the provider states of a destination'],
    [['verify', '3', '26', '--at', '127.0.0.1:1'], 'voxpact: --at is one address, but these connections end at'],
    [['verify', '49', '--external', 'redis'], 'voxpact: --external "redis": expected a service and its address'],
    [['show', 'abc'], 'voxpact: "abc" is no connection'],
    [['mock', 'cx-contact', '--ports', 'ephemeral'], 'voxpact: there is no contract that ends at CX Contact'],
    [['mock', 'config-service', '--ports', 'some'], 'voxpact: --ports is documented or ephemeral, not "some"'],
  ])('%j', async (args, sentence) => {
    const { exitCode, stdout, stderr } = await voxpact(...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr.split('\n')[0]).toContain(sentence);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('an unknown command or option', async () => {
    expect(await voxpact('frobnicate')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("unknown command 'frobnicate'"),
    });
    expect(await voxpact('list', '--frob')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("unknown option '--frob'"),
    });
  });

  test('--help and --version end with 0', async () => {
    expect(await voxpact('--help')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('verify') });
    expect(await voxpact('--version')).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(packageVersion) });
  });
});

describe('voxpact verify', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'voxpact-cli-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('26 passes on both sides against our own mock; JSON alone on stdout, reports in the folder', async () => {
    const { exitCode, stdout } = await voxpact('verify', '26', '--json', '--report', join(folder, 'reports'));
    const run = JSON.parse(stdout);
    expect(run).toMatchObject({ schema: 'voxpact/verify/1', verdict: 'passed' });
    expect(run.connections).toHaveLength(1);
    const [{ number, destination, source }] = run.connections;
    expect([number, destination.verdict, source.verdict]).toEqual([26, 'passed', 'passed']);
    expect(destination.interactions.length).toBeGreaterThan(4);
    expect(destination.interactions[0]).toMatchObject({
      verdict: 'passed',
      mismatches: [],
      durationMs: expect.any(Number),
    });
    expect(JSON.parse(readFileSync(join(folder, 'reports', 'report.json'), 'utf8'))).toEqual(run);
    expect(exitCode).toBe(0);
  });

  test('a destination that nobody listens at is an error, not a broken contract: exit code 2', async () => {
    const { exitCode, stdout } = await voxpact('verify', '26', '--at', 'http://127.0.0.1:1', '--json');
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'error' });
  });

  test('a foreign destination that answers wrongly is a broken contract: exit code 1, and the text says what and where', async () => {
    const server = createServer((request, response) => {
      request.resume();
      if (request.url === '/states') response.end('{}');
      else response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end('{"tenantUuid":5}');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    try {
      const base = `http://127.0.0.1:${port}`;
      const { exitCode, stdout } = await voxpact(
        'verify',
        '--service',
        'config-service',
        '--at',
        base,
        '--states',
        `${base}/states`,
      );
      expect(exitCode).toBe(1);
      expect(stdout).toContain('connection 26 Tenant Service -> Config Service, destination, "');
      expect(stdout).toMatch(/\$\.body\.tenantUuid: expected .*, got 5 \(number\)/);
      expect(stdout).toContain('Fix: change what Config Service sends');
    } finally {
      server.close();
    }
  });

  test('a source under test that sends nothing is a broken contract', async () => {
    const { exitCode, stdout } = await voxpact('verify', '26', '--exec', 'true');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/step 1 of 2, from the source: expected .*, got nothing/);
  });

  test('a report folder that cannot be written to is said before anything runs', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const { exitCode, stderr, stdout } = await voxpact('verify', '26', '--report', join(file, 'x'));
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`voxpact: the report folder ${join(file, 'x')} cannot be written to`);
  });
});

describe('voxpact mock', () => {
  test('says where it listens, answers, and Ctrl-C ends it with 130 and frees the port', async () => {
    const child = execa('node', [bin, 'mock', 'config-service', '--ports', 'ephemeral'], {
      reject: false,
      stdin: 'ignore',
      timeout: 60_000,
    });
    const address = await new Promise<string>((found, lost) => {
      child.stdout.on('data', (text) => {
        const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(String(text)) ?? [];
        if (url !== undefined) found(url);
      });
      child.stdout.on('end', () => lost(new Error('it ended without an address')));
    });
    const response = await fetch(`${address}/no/such/route`);
    expect(response.status).toBe(500);
    expect(await response.text()).toContain('no interaction has this message: GET /no/such/route');
    child.kill('SIGINT');
    const { exitCode, stderr } = await child;
    expect(exitCode).toBe(130);
    expect(stderr).toContain('voxpact: interrupted, everything that was started is stopped');
    await expect(fetch(address)).rejects.toThrow('fetch failed');
  });

  test('a port in use is one sentence and exit code 2', async () => {
    // An address of this test's own: two copies of the suite may run at once.
    const host = `127.61.${process.pid % 250}.${(Math.floor(process.pid / 250) % 250) + 1}`;
    const taken = createServer();
    await new Promise<void>((done) => taken.listen(9100, host, done));
    try {
      const { exitCode, stderr } = await voxpact('mock', 'config-service', '--host', host);
      expect(exitCode).toBe(2);
      expect(stderr).toContain(`port 9100 on ${host} is in use`);
    } finally {
      taken.close();
    }
  });
});
