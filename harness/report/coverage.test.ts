import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connections } from '../../contracts/architecture.ts';
import { assumed, type Contract, destination, source } from '../../contracts/contract.ts';
import { requireAll } from '../verify/require.ts';
import type { Run } from '../verify/run.ts';
import type { InteractionResult } from '../verify/verdict.ts';
import { coverageOf } from './coverage.ts';
import { writeReports } from './files.ts';
import { htmlPage } from './html.ts';
import { listJson, verifyJson } from './json.ts';
import { junitXml } from './junit.ts';
import { StoredReport } from './stored.ts';
import { coverageText, exercisedText, failuresText, holesText, totalsText } from './text.ts';

const pipe = { terminal: false };
const basis = assumed('for this test');
const asks = source<unknown>({ method: 'GET', path: '/a' });
const answers = destination<unknown>({ status: 200 });
const hint = destination<unknown>({ status: 103 }, { optional: true });

const contract: Contract = {
  connection: 26,
  interactions: [
    { description: 'read', basis, given: [], steps: [asks, hint, answers] },
    { description: 'refuse', basis, given: [], steps: [asks, answers], negative: true },
    {
      description: 'never write',
      basis,
      given: [],
      steps: [asks],
      negative: true,
      only: { side: 'source', reason: 'it takes anything' },
    },
  ],
};

function result(description: string, messages: number, more: Partial<InteractionResult> = {}): InteractionResult {
  return { description, verdict: 'passed', mismatches: [], messages, unreached: [], durationMs: 1, ...more };
}

const skipped = { verdict: 'skipped', reason: 'it takes anything' } as const;
const unset = { verdict: 'error', reason: 'no handler for state "x"' } as const;
const passed: Run = {
  startedAt: '2026-01-02T03:04:05.000Z',
  durationMs: 1234,
  verdict: 'passed',
  withoutContract: [27, 28],
  connections: [
    {
      contract,
      destination: {
        verdict: 'passed',
        interactions: [
          result('read', 2, { unreached: [{ step: 2, title: '103', optional: true }] }),
          result('refuse', 2),
          result('never write', 0, skipped),
        ],
      },
      source: {
        verdict: 'passed',
        interactions: [result('read', 1), result('refuse', 1), result('never write', 1)],
      },
    },
  ],
};
const [only] = passed.connections as [Run['connections'][number]];
/** The same with one interaction that did not come about, and with a message that belongs nowhere. */
const holed: Run = {
  ...passed,
  connections: [
    {
      ...only,
      source: {
        verdict: 'failed',
        interactions: [result('read', 1), result('refuse', 0, unset), result('never write', 1)],
        strays: [{ title: 'GET /b', message: 'no interaction has this message: GET /b.\nNearest: "read", but' }],
      },
    },
  ],
};
const rows = (...numbers: number[]) => connections.filter(({ number }) => numbers.includes(number));

describe('the coverage of a run', () => {
  test('counts every interaction once, and negative and one-sided ones and optional steps apart', () => {
    expect(coverageOf(passed)).toEqual({
      interactions: { total: 3, exercised: 3 },
      negative: { total: 2, exercised: 2 },
      oneSided: { total: 1, exercised: 1 },
      optionalSteps: { total: 1, exercised: 0 },
      neverExercised: [],
      neverSeen: [{ connection: 26, side: 'destination', interaction: 'read', step: 2, title: '103' }],
      notJudged: [{ connection: 26, side: 'destination', interaction: 'never write', reason: 'it takes anything' }],
      withoutContract: [27, 28],
    });
  });

  test('names what was never exercised on a side that can be judged', () => {
    expect(coverageText(holed)).toBe(
      [
        'never exercised: connection 26, source, "refuse" (negative)',
        'never seen: connection 26, destination, "read": optional step 2 103',
        'no contract: 2 of 60 connections (27, 28)',
        'exercised: 3 of 3 interactions, 2 of 2 negative ones, 1 of 1 one-sided ones, 0 of 1 optional steps',
      ].join('\n'),
    );
  });

  test('counts what did not start as not exercised', () => {
    const absent: Run = {
      ...passed,
      connections: [{ contract, source: { verdict: 'error', reason: 'port 9100 is in use', interactions: [] } }],
    };
    expect(coverageOf(absent)).toMatchObject({
      interactions: { total: 3, exercised: 0 },
      optionalSteps: { total: 0, exercised: 0 },
    });
    expect(coverageOf(absent).neverExercised.map(({ interaction }) => interaction)).toEqual([
      'read',
      'refuse',
      'never write',
    ]);
  });

  test('counts what two connections have alike for each of them', () => {
    const alike: Contract = { ...contract, connection: 15 };
    const absent = { verdict: 'error', reason: 'port 9100 is in use', interactions: [] } as const;
    const run: Run = { ...passed, connections: [only, { contract: alike, source: absent }] };
    expect(coverageOf(run)).toMatchObject({
      interactions: { total: 6, exercised: 3 },
      negative: { total: 4, exercised: 2 },
      oneSided: { total: 2, exercised: 1 },
    });
  });

  test('is in the JSON, for each interaction too, and in the page', () => {
    const json = verifyJson(passed);
    expect(json.coverage).toEqual(coverageOf(passed));
    expect(json.connections[0]?.destination?.interactions.map(({ exercised }) => exercised)).toEqual([1, 1, 0]);
    expect(json.connections[0]?.destination?.interactions[0]?.unreached).toEqual([
      { step: 2, title: '103', optional: true },
    ]);
    const page = htmlPage(holed).replaceAll(/\s+/g, ' ');
    expect(page).toContain('3 of 3 interactions, 2 of 2 negative ones, 1 of 1 one-sided ones, 0 of 1 optional steps.');
    expect(page).toContain('<li>never exercised: connection 26, source, refuse (negative)</li>');
    expect(page).toContain('<li>never seen: connection 26, destination, read, optional step 2: 103</li>');
    expect(page).toContain('<p>No contract: connections 27, 28.</p>');
  });
});

describe('a message that belongs to no interaction', () => {
  test('is a failure in every report', () => {
    expect(failuresText(holed, pipe)).toContain(
      [
        'connection 26 Tenant Service -> Config Service, source, between the interactions',
        '  no interaction has this message: GET /b.',
        '  Nearest: "read", but',
        '  Fix: stop what Tenant Service sends beside its contracts, or write a contract for it',
      ].join('\n'),
    );
    expect(verifyJson(holed).connections[0]?.source?.strays).toEqual(holed.connections[0]?.source?.strays);
    expect(junitXml(holed)).toContain('name="between the interactions: GET /b"');
    expect(junitXml(holed)).toContain('failures="1"');
  });
});

describe('--require all', () => {
  test('is kept by a run that exercised everything asked for', () => {
    const run = requireAll(passed, rows(26));
    expect({ verdict: run.verdict, holes: run.holes }).toEqual({ verdict: 'passed', holes: [] });
    expect(junitXml(run)).toContain('name="nothing is missing"');
    expect(htmlPage(run)).toContain('Nothing is missing.');
  });

  test('is broken by a connection without contract, by what was not exercised and by strays, a sentence each', () => {
    const run = requireAll(holed, rows(26, 27));
    expect(run.verdict).toBe('failed');
    expect(holesText(run).split('\n')).toEqual([
      'required: connection 26 Tenant Service -> Config Service, source, "refuse" was not exercised: no handler for state "x"',
      'required: connection 26 Tenant Service -> Config Service, source: GET /b was seen, which is in no interaction of a connection',
      'required: connection 27 Voice SIP Cluster Service -> Dial Plan Service has no contract',
    ]);
    expect(verifyJson(run)).toMatchObject({ verdict: 'failed', holes: run.holes });
    expect(totalsText(run, pipe)).toContain('3 of what is required missing');
    expect(junitXml(run)).toContain(
      '<testsuite name="voxpact verify --require all" tests="3" failures="3" errors="0" skipped="0">',
    );
    expect(htmlPage(run)).toContain(
      '<li>connection 27 Voice SIP Cluster Service -&gt; Dial Plan Service has no contract</li>',
    );
  });

  test('asks nothing of a side that was not asked for, and makes no error better', () => {
    const { destination: alone } = only;
    if (alone === undefined) throw new Error('the run has no destination');
    const run: Run = { ...passed, connections: [{ contract, destination: alone }] };
    expect(requireAll(run, rows(26)).holes).toEqual([]);
    expect(requireAll({ ...holed, verdict: 'error' }, rows(26)).verdict).toBe('error');
  });
});

describe('voxpact list --report', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'voxpact-stored-'));
    await writeReports(holed, folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('says of each interaction how often the run exercised it', () => {
    const text = exercisedText(rows(26, 27), [contract], StoredReport.read(folder), pipe);
    const place = '26\tTenant Service\tConfig Service';
    expect(text.split('\n')).toEqual([
      '#\tsource\tdestination\tinteraction\tas destination\tas source',
      `${place}\tread\t1\t1`,
      `${place}\trefuse (negative)\t1\t0`,
      `${place}\tnever write (negative)\tnot judged\t1`,
      '27\tVoice SIP Cluster Service\tDial Plan Service\tno contract\t\t',
      '',
      'times exercised in the run of 2026-01-02T03:04:05.000Z, which ended as passed',
    ]);
  });

  test('has in JSON a number where there is one', () => {
    const json = listJson(rows(26), [contract], StoredReport.read(folder));
    expect(json.run).toEqual({ startedAt: '2026-01-02T03:04:05.000Z', verdict: 'passed' });
    expect(json.connections[0]).toMatchObject({
      number: 26,
      interactions: 3,
      exercised: [
        { description: 'read', destination: 1, source: 1 },
        { description: 'refuse', destination: 1, source: 0 },
        { description: 'never write', source: 1 },
      ],
    });
  });

  test('knows a connection that the run was not about', () => {
    const other: Contract = { ...contract, connection: 15 };
    expect(StoredReport.read(folder).times(other, other.interactions[0] as Contract['interactions'][number])).toEqual({
      destination: 'not asked for',
      source: 'not asked for',
    });
  });

  test('refuses a folder without a report, and a file that is none', () => {
    const missing = join(folder, 'nowhere');
    expect(() => StoredReport.read(missing)).toThrow(
      `${join(missing, 'report.json')} cannot be read; write one with "voxpact verify --report ${missing}"`,
    );
    const file = join(folder, 'report.json');
    for (const text of ['{', 'null', '{"schema":"voxpact/list/1"}', '{"schema":"voxpact/verify/1"}']) {
      writeFileSync(file, text);
      expect(() => StoredReport.read(folder)).toThrow(
        `${file} is no report of schema voxpact/verify/1 with coverage; write one with`,
      );
    }
  });
});
