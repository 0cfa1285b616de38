import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { assumed, type Contract, documented, inferred, source } from '../../contracts/contract.ts';
import type { Run } from '../verify/run.ts';
import { combine, type InteractionResult } from '../verify/verdict.ts';
import { prepareReportFolder, writeReports } from './files.ts';
import { htmlPage } from './html.ts';
import { verifyJson } from './json.ts';
import { junitXml } from './junit.ts';
import { failuresText, runTable, skippedText, totalsText } from './text.ts';

const steps = [source<unknown>({ method: 'GET' })];
const contract: Contract = {
  connection: 26,
  interactions: [
    { description: 'good', basis: documented('a page'), given: [], steps },
    { description: 'bad <field>', basis: inferred('a reason'), given: [], steps, negative: true },
    { description: 'one side', basis: assumed('a choice'), given: [], steps },
    { description: 'no state', basis: assumed('a choice'), given: [], steps },
  ],
};
const interactions: InteractionResult[] = [
  {
    description: 'good',
    verdict: 'passed',
    mismatches: [],
    messages: 2,
    unreached: [{ step: 2, title: 'GET', optional: true }],
    durationMs: 1.5,
  },
  {
    description: 'bad <field>',
    verdict: 'failed',
    messages: 2,
    unreached: [],
    durationMs: 2,
    mismatches: [
      {
        side: 'destination',
        step: 2,
        title: '200',
        path: '$.body.revision',
        rule: 'integer',
        expected: 'an integer like 3',
        got: '"3" (string)',
        message: '$.body.revision: expected an integer like 3, got "3" (string)',
      },
    ],
  },
  {
    description: 'one side',
    verdict: 'skipped',
    reason: 'only sources can',
    mismatches: [],
    messages: 0,
    unreached: [],
    durationMs: 0,
  },
  {
    description: 'no state',
    verdict: 'error',
    reason: 'no handler for state "x"',
    during: 'setup',
    mismatches: [],
    messages: 0,
    unreached: [{ step: 1, title: 'GET', optional: false }],
    durationMs: 0,
  },
];
const run: Run = {
  startedAt: '2026-01-02T03:04:05.000Z',
  durationMs: 1234,
  verdict: 'error',
  connections: [
    {
      contract,
      destination: { verdict: 'error', interactions },
      source: { verdict: 'error', reason: 'port 6379 is in use', interactions: [] },
    },
  ],
};
const pipe = { terminal: false };

describe('a run with one of each verdict', () => {
  test('is counted in JSON, with every mismatch', () => {
    const json = verifyJson(run);
    expect(json.schema).toBe('voxpact/verify/1');
    expect(json.totals).toEqual({
      connections: { passed: 0, failed: 0, skipped: 0, error: 1 },
      interactions: { passed: 1, failed: 1, skipped: 1, error: 1 },
    });
    expect(json.connections[0]?.destination?.interactions[1]?.mismatches).toEqual([
      {
        step: 2,
        title: '200',
        path: '$.body.revision',
        rule: 'integer',
        expected: 'an integer like 3',
        got: '"3" (string)',
        message: '$.body.revision: expected an integer like 3, got "3" (string)',
      },
    ]);
  });

  test('is a failure, an error and a skip in JUnit', () => {
    const xml = junitXml(run);
    expect(xml).toContain(
      '<testsuite name="connection 26 Tenant Service -> Config Service, destination" tests="4" failures="1" errors="1" skipped="1">',
    );
    expect(xml).toContain('message="$.body.revision: expected an integer like 3, got &quot;3&quot; (string)"');
    expect(xml).toContain('type="contract"');
    expect(xml).toContain('message="no handler for state &quot;x&quot;" type="harness"');
    expect(xml).toContain('port 6379 is in use');
  });

  test('says in text where, what and how to fix', () => {
    expect(failuresText(run, pipe).split('\n\n')).toEqual([
      [
        'connection 26 Tenant Service -> Config Service, destination, "bad <field>"',
        '  200: $.body.revision: expected an integer like 3, got "3" (string)',
        '  Fix: change what Config Service sends, or the contract where it asks too much; "voxpact show 26" prints what is promised',
      ].join('\n'),
      [
        'connection 26 Tenant Service -> Config Service, destination, "no state"',
        '  no handler for state "x"',
        '  Fix: provide a handler for the provider state; "voxpact show 26" prints what is promised',
      ].join('\n'),
      [
        'connection 26 Tenant Service -> Config Service, source',
        '  port 6379 is in use',
        '  Fix: see that Config Service can be started or reached, then run it again; nothing was proven',
      ].join('\n'),
    ]);
    expect(skippedText(run)).toBe('skipped: connection 26, destination, "one side": only sources can');
  });

  test('prints all 60 rows, holes included', () => {
    const lines = runTable(run, [contract.connection], pipe).split('\n');
    expect(lines).toHaveLength(61);
    expect(lines[26]).toBe('26\tTenant Service\tConfig Service\tHTTP\terror 1/3\terror 0/0');
    expect(lines[27]).toBe('27\tVoice SIP Cluster Service\tDial Plan Service\tHTTP\tno contract\t');
    expect(totalsText(run, pipe)).toBe(
      'error: 1 connections, 2 sides: 0 passed, 0 failed, 1 error, 59 not verified, 1 interactions passed, 1 skipped, 1.2 s',
    );
  });
});

describe('the report folder', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'voxpact-report-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('gets all three reports, the page with its text escaped and without any outside reference', async () => {
    const target = join(folder, 'new', 'reports');
    await prepareReportFolder(target);
    await writeReports(run, target);
    const page = readFileSync(join(target, 'report.html'), 'utf8');
    expect(page).toContain('bad &lt;field&gt;');
    expect(page).not.toMatch(/(src|href)="?https?:/);
    expect(JSON.parse(readFileSync(join(target, 'report.json'), 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(verifyJson(run))),
    );
    expect(readFileSync(join(target, 'junit.xml'), 'utf8')).toBe(junitXml(run));
  });

  test('that cannot be made is said before the run', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    await expect(prepareReportFolder(join(file, 'reports'))).rejects.toThrow(
      `the report folder ${join(file, 'reports')} cannot be written to`,
    );
  });
});

describe('a conversation', () => {
  const seen = {
    messages: [
      { at: 1, from: 'source' as const, title: 'INVITE sip:<1>', dialog: 'Call-ID a', number: 'CSeq 1', faults: [] },
      { at: 2, from: 'destination' as const, title: '200', dialog: 'Call-ID a', number: 'CSeq 1', faults: ['no tag'] },
    ],
    before: 0,
    after: 0,
  };
  const drawn = (verdict: 'passed' | 'failed'): Run => ({
    ...run,
    connections: [
      {
        contract: { ...contract, connection: 51 },
        destination: { verdict, interactions: [{ ...interactions[0], description: 'call', verdict, seen } as never] },
      },
    ],
  });

  test('that failed is drawn in the text and in the page', () => {
    expect(failuresText(drawn('failed'), pipe)).toMatch(
      /\n {2}Fix: .*\n {6}Voice SIP Cluster Service +Voice SIP Proxy Service\n.*\n {4}1 \|-- INVITE .*\n! {3}2 \|<-.*\n.* no tag /,
    );
    const page = htmlPage(drawn('failed'));
    expect(page.match(/<svg class="ladder" role="img"[^>]*><title>/g)).toHaveLength(1);
    expect(page).toContain('INVITE sip:&lt;1&gt;, CSeq 1</text>');
    expect(page).not.toMatch(/(src|href)="?https?:/);
  });

  test('that passed is in the page for whoever opens it', () => {
    expect(failuresText(drawn('passed'), pipe)).toBe('');
    expect(htmlPage(drawn('passed'))).toContain('<details><summary>call</summary><svg class="ladder"');
  });
});

test('a whole is only as good as its worst part, and nothing at all proves nothing', () => {
  expect(combine([])).toBe('error');
  expect(combine([{ verdict: 'passed' }, { verdict: 'skipped' }])).toBe('passed');
  expect(combine([{ verdict: 'skipped' }])).toBe('skipped');
  expect(combine([{ verdict: 'passed' }, { verdict: 'failed' }])).toBe('failed');
  expect(combine([{ verdict: 'failed' }, { verdict: 'error' }])).toBe('error');
});
