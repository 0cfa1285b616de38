import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http, { type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeConsumerPact } from '@pact-foundation/pact-core';
import type { Json } from '../../contracts/matchers.ts';
import type { MatchingRules } from '../../contracts/matching.ts';

/** What Pact's engine is to judge: either a template in its integration form, or an example with rules. */
export type Subject = { readonly template: unknown } | { readonly example: Json; readonly rules: MatchingRules };

export interface Question {
  readonly subject: Subject;
  /** The bodies to be judged, as JSON texts. */
  readonly bodies: readonly string[];
}

/** `SPECIFICATION_VERSION_V4` of the native library; the package exports the type and not the value. */
const specificationV4 = 5;
const verificationLimitMs = 60_000;

function post(agent: http.Agent, port: number, body: string): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const request = http.request({ host: '127.0.0.1', port, method: 'POST', agent, headers }, (response) => {
    response.resume();
    response.on('end', () => resolve(response.statusCode === 200));
  });
  request.on('error', reject);
  request.end(body);
  return promise;
}

/** One mock server for each subject: it compares a request that does not fit with all its interactions, so more are slow. */
async function judgeSubject({ subject, bodies }: Question): Promise<boolean[]> {
  const pact = makeConsumerPact('differential', 'pact', specificationV4, 'error');
  const interaction = pact.newInteraction('a request');
  interaction.withRequest('POST', '/');
  const expected = 'template' in subject ? subject.template : subject.example;
  interaction.withRequestBody(JSON.stringify(expected), 'application/json');
  if ('rules' in subject && !interaction.withRequestMatchingRules(JSON.stringify({ body: subject.rules }))) {
    throw new Error(`Pact cannot read the rules ${JSON.stringify(subject.rules)}`);
  }
  interaction.withStatus(200);
  const port = pact.createMockServer('127.0.0.1', 0);
  const agent = new http.Agent({ keepAlive: true });
  try {
    const verdicts: boolean[] = [];
    for (const body of bodies) verdicts.push(await post(agent, port, body));
    return verdicts;
  } finally {
    agent.destroy();
    pact.cleanupMockServer(port);
  }
}

/** Asks Pact's mock server, which judges requests: an unexpected key is a mismatch. True where a value matches. */
export async function judgeRequests(questions: readonly Question[]): Promise<boolean[][]> {
  const verdicts: boolean[][] = [];
  for (const question of questions) verdicts.push(await judgeSubject(question));
  return verdicts;
}

/** A response to be judged: what is expected, and what the provider answers. */
export interface Response {
  readonly example: Json;
  readonly rules: MatchingRules;
  readonly value: Json;
  /** The expected status with its rules, and the status that comes. */
  readonly status?: { readonly expected: number; readonly rules: MatchingRules; readonly actual: number };
}

function pactFile(responses: readonly Response[]): string {
  const interactions = responses.map(({ example, rules, status }, index) => ({
    type: 'Synchronous/HTTP',
    description: `case ${index}`,
    request: { method: 'GET', path: `/${index}` },
    response: {
      status: status?.expected ?? 200,
      headers: { 'content-type': ['application/json'] },
      body: { contentType: 'application/json', encoded: false, content: example },
      matchingRules: { body: rules, ...(status === undefined ? {} : { status: status.rules }) },
    },
  }));
  const metadata = { pactSpecification: { version: '4.0' } };
  return JSON.stringify({ consumer: { name: 'differential' }, provider: { name: 'pact' }, interactions, metadata });
}

async function provider(responses: readonly Response[]): Promise<Server> {
  const server = http.createServer((request, answer) => {
    const response = responses[Number(request.url?.slice(1))];
    answer.writeHead(response?.status?.actual ?? 200, { 'content-type': 'application/json' });
    answer.end(JSON.stringify(response?.value));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Runs the Verifier in a process of its own: its native part writes to the standard output, past Jest. */
async function verify(port: number, file: string): Promise<ReadonlyMap<string, boolean>> {
  const child = fork(join(import.meta.dirname, 'verify-in-child.ts'), [String(port), file], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    timeout: verificationLimitMs,
    execArgv: [],
  });
  let results: [string, boolean][] | undefined;
  child.on('message', (message: [string, boolean][]) => {
    results = message;
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (results === undefined) throw new Error(`the Verifier gave no results (exit code ${code}, signal ${signal})`);
  return new Map(results);
}

/** Asks Pact's Verifier, which judges responses: an unexpected key is allowed. True where a response matches. */
export async function judgeResponses(responses: readonly Response[]): Promise<boolean[]> {
  const folder = await mkdtemp(join(tmpdir(), 'voxpact-differential-'));
  const server = await provider(responses);
  try {
    const file = join(folder, 'differential.json');
    await writeFile(file, pactFile(responses));
    const results = await verify((server.address() as AddressInfo).port, file);
    return responses.map((_, index) => {
      const result = results.get(`case ${index}`);
      if (result === undefined) throw new Error(`the Verifier did not judge case ${index}`);
      return result;
    });
  } finally {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}
