import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, openSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../mocks/ports.ts';
import type { Stub } from './stubs.ts';

/** The other mocks by their names, each with what starts it. Each is run in the kindest way that it documents. */
export const peers: Readonly<
  Record<string, (all: readonly Stub[]) => Promise<{ process: ChildProcess; port: number }>>
> = { mountebank, prism, wiremock };

const packages = ['mountebank@2.9.1', '@stoplight/prism-cli@5.16.0', 'wiremock@3.13.2'];
const folder = join(tmpdir(), 'voxpact-bench-peers');
const module = (...path: string[]) => join(folder, 'node_modules', ...path);
const json = { 'Content-Type': 'application/json' };
const host = '127.0.0.1';

/** Installs the peers into a temporary folder, which stays for the next run. */
export function installPeers(): void {
  mkdirSync(folder, { recursive: true });
  const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel', 'error', '--prefix', folder];
  execFileSync('npm', ['install', ...options, ...packages], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** A folder of its own for what one start writes. */
function workFolder(name: string, all: readonly Stub[]): string {
  const made = join(folder, `${name}-${all.length}`);
  mkdirSync(made, { recursive: true });
  return made;
}

/** Starts a peer; what it prints goes into its folder. */
function run(command: string, args: readonly string[], cwd: string): ChildProcess {
  const log = openSync(join(cwd, 'output.log'), 'w');
  const child = spawn(command, args, { cwd, stdio: ['ignore', log, log] });
  process.once('exit', () => child.kill());
  return child;
}

/** mountebank ends a connection after each answer unless the stub says otherwise, and answers 200 where no stub fits. */
async function mountebank(all: readonly Stub[]) {
  const [admin, port] = [await freePort(), await freePort()];
  const stubs = all.map(({ method, path, query, headers, tier, answer }) => ({
    predicates: [
      { equals: { method, path, query, headers } },
      ...(tier === undefined ? [] : [{ equals: { body: tier }, jsonpath: { selector: '$.customer.tier' } }]),
    ],
    responses: [{ is: { statusCode: 200, headers: { ...json, Connection: 'Keep-Alive' }, body: answer } }],
  }));
  const imposter = { protocol: 'http', host, port, defaultResponse: { statusCode: 404 }, stubs };
  const cwd = workFolder('mountebank', all);
  writeFileSync(join(cwd, 'imposters.json'), JSON.stringify({ imposters: [imposter] }));
  const options = ['--nologfile', '--loglevel', 'error', '--pidfile', join(cwd, 'mb.pid'), '--host', host];
  const files = ['--configfile', 'imposters.json', '--port', String(admin)];
  return { process: run(process.execPath, [module('mountebank/bin/mb'), ...options, ...files], cwd), port };
}

/** Prism knows operations, not stubs: what several stubs on one path ask for becomes an enumeration, with one answer. */
async function prism(all: readonly Stub[]) {
  const port = await freePort();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { method, path, query, headers, answer } of all) {
    const parameter = (where: string) => (entry: [name: string, value: string]) => ({
      name: entry[0],
      in: where,
      required: true,
      schema: { type: 'string', enum: [entry[1]] },
    });
    const tiers = all.filter((stub) => stub.path === path && stub.tier !== undefined).map(({ tier }) => tier);
    const body = {
      required: true,
      content: { 'application/json': { schema: orderSchema(tiers) } },
    };
    paths[path] = {
      ...paths[path],
      [method.toLowerCase()]: {
        parameters: [
          ...Object.entries(query).map(parameter('query')),
          ...Object.entries(headers).map(parameter('header')),
        ],
        ...(method === 'POST' ? { requestBody: body } : {}),
        responses: {
          200: { description: 'found', content: { 'application/json': { example: JSON.parse(answer) } } },
        },
      },
    };
  }
  const cwd = workFolder('prism', all);
  const document = { openapi: '3.0.3', info: { title: 'bench', version: '1' }, paths };
  writeFileSync(join(cwd, 'openapi.json'), JSON.stringify(document));
  const args = ['mock', '-h', host, '-p', String(port), '-v', 'error', 'openapi.json'];
  return { process: run(process.execPath, [module('@stoplight/prism-cli/dist/index.js'), ...args], cwd), port };
}

function orderSchema(tiers: readonly unknown[]) {
  const tier = { type: 'string', enum: tiers };
  const customer = { type: 'object', required: ['tier'], properties: { tier } };
  return { type: 'object', required: ['customer'], properties: { customer } };
}

/** WireMock tries stubs by their priority; told outright, it looks at those that are asked for last, as all others do. */
async function wiremock(all: readonly Stub[]) {
  const port = await freePort();
  const mappings = all.map(({ method, path, query, headers, tier, answer }, at) => ({
    priority: at + 1,
    request: {
      method,
      urlPath: path,
      queryParameters: equalTo(query),
      headers: equalTo(headers),
      ...(tier === undefined
        ? {}
        : { bodyPatterns: [{ matchesJsonPath: { expression: '$.customer.tier', equalTo: tier } }] }),
    },
    response: { status: 200, headers: json, body: answer },
  }));
  const cwd = workFolder('wiremock', all);
  mkdirSync(join(cwd, 'mappings'), { recursive: true });
  writeFileSync(join(cwd, 'mappings', 'stubs.json'), JSON.stringify({ mappings }));
  const jar = readdirSync(module('wiremock/build')).find((name) => name.endsWith('.jar')) ?? '';
  const quiet = ['--no-request-journal', '--disable-request-logging', '--disable-banner', '--root-dir', '.'];
  const args = ['-jar', module('wiremock/build', jar), '--port', String(port), '--bind-address', host, ...quiet];
  return { process: run('java', args, cwd), port };
}

function equalTo(values: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { equalTo: value }]));
}
