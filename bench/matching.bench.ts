/** Prints how many microseconds one match of a typical message takes, and how many one compilation. Run: node bench/matching.bench.ts */
import { performance } from 'node:perf_hooks';
import * as m from '../contracts/matchers.ts';
import { compile, match } from '../contracts/matching.ts';

const template = {
  status: 200,
  headers: { 'content-type': m.regex('application/json(;.*)?', 'application/json') },
  body: {
    tenantId: m.uuid('9350e2fc-a1dd-4c65-8d40-1f75a2e080dd'),
    revision: m.integer(3),
    name: m.string('Main'),
    enabled: m.boolean(true),
    updated: m.datetime("yyyy-MM-dd'T'HH:mm:ss.SSSX", '2024-01-31T10:20:30.123Z'),
    settings: m.like({ language: 'en', timeoutSeconds: 30, tags: ['a', 'b'] }),
    numbers: m.eachLike({ dn: m.regex('\\d{4,}', '5001'), type: 'extension', order: m.integer(1) }),
  },
};

const compiled = compile(template);
const number = { dn: '7001', type: 'extension', order: 2 };
const fitting = {
  ...JSON.parse(JSON.stringify(compiled.example)),
  body: { ...JSON.parse(JSON.stringify(compiled.example)).body, numbers: [number, number, number] },
};
const wrong = { ...fitting, body: { ...fitting.body, revision: '3', name: undefined, extra: 1 } };

function microseconds(rounds: number, work: () => unknown): number {
  for (let round = 0; round < rounds / 10; round += 1) work();
  const start = performance.now();
  for (let round = 0; round < rounds; round += 1) work();
  return ((performance.now() - start) * 1000) / rounds;
}

const options = { strict: ['$.body'] };
const lines: [name: string, rounds: number, work: () => unknown][] = [
  ['match, value fits', 100_000, () => match(compiled, fitting, options)],
  ['match, three mismatches', 50_000, () => match(compiled, wrong, options)],
  ['compile', 2_000, () => compile(template)],
];
for (const [name, rounds, work] of lines) {
  console.log(`${name.padEnd(24)} ${microseconds(rounds, work).toFixed(1).padStart(7)} µs`);
}
