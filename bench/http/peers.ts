import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../mocks/ports.ts';
import { host, type Launched, moduleOf, mountebankPackage, run, startMountebank, workFolder } from '../peers.ts';
import type { Stub } from './stubs.ts';

/** The other mocks by their names, each with what starts it. Each is run in the kindest way that it documents. */
export const peers: Readonly<Record<string, (all: readonly Stub[]) => Promise<Launched>>> = {
  mountebank,
  prism,
  wiremock,
};

/** What they are in the package registry. */
export const peerPackages: readonly string[] = [mountebankPackage, '@stoplight/prism-cli@5.16.0', 'wiremock@3.13.2'];

const json = { 'Content-Type': 'application/json' };

/** mountebank ends a connection after each answer unless the stub says otherwise, and answers 200 where no stub fits. */
function mountebank(all: readonly Stub[]): Promise<Launched> {
  const stubs = all.map(({ method, path, query, headers, tier, answer }) => ({
    predicates: [
      { equals: { method, path, query, headers } },
      ...(tier === undefined ? [] : [{ equals: { body: tier }, jsonpath: { selector: '$.customer.tier' } }]),
    ],
    responses: [{ is: { statusCode: 200, headers: { ...json, Connection: 'Keep-Alive' }, body: answer } }],
  }));
  const imposter = { protocol: 'http', defaultResponse: { statusCode: 404 }, stubs };
  return startMountebank(`mountebank-${all.length}`, imposter);
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
  const cwd = workFolder(`prism-${all.length}`);
  const document = { openapi: '3.0.3', info: { title: 'bench', version: '1' }, paths };
  writeFileSync(join(cwd, 'openapi.json'), JSON.stringify(document));
  const args = ['mock', '-h', host, '-p', String(port), '-v', 'error', 'openapi.json'];
  return { process: run(process.execPath, [moduleOf('@stoplight/prism-cli/dist/index.js'), ...args], cwd), port };
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
  const cwd = workFolder(`wiremock-${all.length}`);
  mkdirSync(join(cwd, 'mappings'), { recursive: true });
  writeFileSync(join(cwd, 'mappings', 'stubs.json'), JSON.stringify({ mappings }));
  const jar = readdirSync(moduleOf('wiremock/build')).find((name) => name.endsWith('.jar')) ?? '';
  const quiet = ['--no-request-journal', '--disable-request-logging', '--disable-banner', '--root-dir', '.'];
  const args = ['-jar', moduleOf('wiremock/build', jar), '--port', String(port), '--bind-address', host, ...quiet];
  return { process: run('java', args, cwd), port };
}

function equalTo(values: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { equalTo: value }]));
}
