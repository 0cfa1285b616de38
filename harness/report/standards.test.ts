import { describe, expect, test } from '@jest/globals';
import { assumed, type Contract, source } from '../../contracts/contract.ts';
import type { Standard, StandardRule } from '../../contracts/messages/standard.ts';
import type { Run } from '../verify/run.ts';
import type { BrokenRule, StandardFindings } from '../verify/standard.ts';
import { htmlPage } from './html.ts';
import { verifyJson } from './json.ts';
import { junitXml } from './junit.ts';
import { standardsText } from './standards.ts';
import { failuresText } from './text.ts';

const must: StandardRule = { id: 'T1', section: 'RFC 1, section 2', says: 'nobody <shouts>', level: 'error' };
const should: StandardRule = { id: 'T2', section: 'RFC 1, section 3', says: 'nobody whispers', level: 'warning' };
const idle: StandardRule = { id: 'T3', section: 'RFC 1, section 4', says: 'nobody sings', level: 'error' };
const standard: Standard = { name: 'Test', rules: [must, should, idle], check: () => new Map() };

function broken(rule: StandardRule, more: Partial<BrokenRule> = {}): BrokenRule {
  const sentence = `BYE: $.x: ${rule.section} (${rule.id}): ${rule.says}; it has to be absent`;
  const place = { message: 3, title: 'BYE', path: '$.x', text: 'it has to be absent', sentence };
  return { rule, by: 'destination', own: false, ...place, ...more };
}

function findings(...found: BrokenRule[]): StandardFindings {
  return {
    standard,
    messages: 4,
    occasions: new Map([
      ['T1', 4],
      ['T2', 1],
    ]),
    broken: found,
  };
}

const steps = [source<unknown>({ method: 'BYE' })];
const contract: Contract = {
  connection: 51,
  interactions: ['one', 'two', 'three'].map((description) => ({
    ...{ description, basis: assumed('for this test'), given: [], steps },
  })),
};
const result = { mismatches: [], messages: 4, unreached: [], durationMs: 1 };
const run: Run = {
  startedAt: '2026-01-02T03:04:05.000Z',
  durationMs: 1,
  verdict: 'failed',
  connections: [
    {
      contract,
      destination: {
        verdict: 'failed',
        interactions: [
          { ...result, description: 'one', verdict: 'failed', standard: findings(broken(must), broken(must)) },
          { ...result, description: 'two', verdict: 'passed', standard: findings(broken(should)) },
          {
            ...{ ...result, description: 'three', verdict: 'error', during: 'judging', reason: 'a rule of its own' },
            standard: findings(broken(must, { by: 'source', own: true })),
          },
        ],
      },
      source: {
        ...{
          verdict: 'error',
          reason: 'of its own too',
          interactions: [{ ...result, description: 'one', verdict: 'passed' }],
        },
        between: findings(broken(must, { by: 'source' }), broken(must, { own: true })),
      },
    },
  ],
};
const sentence = 'BYE: $.x: RFC 1, section 2 (T1): nobody <shouts>; it has to be absent';

describe('rules of a standard', () => {
  test('are in the text: what was checked, what is broken and what never had an occasion', () => {
    expect(standardsText(run).split('\n')).toEqual([
      'Test rules: 2 of 3 checked, 20 occasions in 16 messages, 6 broken',
      `  broken: connection 51, destination, "one": ${sentence} (2 times)`,
      '  warning: connection 51, destination, "two": BYE: $.x: RFC 1, section 3 (T2): nobody whispers; it has to be absent',
      `  broken, of the harness itself: connection 51, destination, "three": ${sentence}`,
      `  broken: connection 51, source, between the interactions: ${sentence}`,
      `  broken, of the harness itself: connection 51, source, between the interactions: ${sentence}`,
      '  never had an occasion: T3',
    ]);
  });

  test('are not mentioned where no protocol has any', () => {
    const none: Run = { ...run, connections: [] };
    expect(standardsText(none)).toBe('');
    expect(verifyJson(none)).not.toHaveProperty('standards');
    expect(htmlPage(none)).not.toContain('rules</h2>');
  });

  test('are in the JSON, with every place where one is broken', () => {
    const [found, ...others] = verifyJson(run).standards ?? [];
    expect(others).toEqual([]);
    expect(found).toMatchObject({ name: 'Test', messages: 16, withoutOccasion: ['T3'] });
    expect(found?.rules).toEqual([
      { ...must, occasions: 16, broken: 5 },
      { ...should, occasions: 4, broken: 1 },
      { ...idle, occasions: 0, broken: 0 },
    ]);
    expect(found?.broken.map(({ rule, interaction, by, own }) => [rule, interaction, by, own])).toEqual([
      ['T1', 'one', 'destination', false],
      ['T1', 'one', 'destination', false],
      ['T2', 'two', 'destination', false],
      ['T1', 'three', 'source', true],
      ['T1', undefined, 'source', false],
      ['T1', undefined, 'destination', true],
    ]);
    expect(found?.broken[0]).toEqual({
      ...{ rule: 'T1', section: 'RFC 1, section 2', level: 'error', by: 'destination', own: false, message: 3 },
      ...{ connection: 51, side: 'destination', interaction: 'one', title: 'BYE', path: '$.x' },
      ...{ text: 'it has to be absent', sentence },
    });
  });

  test('that are broken are what failed, with the fix; a warning is not', () => {
    expect(failuresText(run, { terminal: false }).split('\n\n')).toEqual([
      [
        'connection 51 Voice SIP Cluster Service -> Voice SIP Proxy Service, destination, "one"',
        `  ${sentence}`,
        `  ${sentence}`,
        '  Fix: change what Voice SIP Proxy Service sends; the standard of the protocol asks for it, and no contract can allow it',
      ].join('\n'),
      [
        'connection 51 Voice SIP Cluster Service -> Voice SIP Proxy Service, destination, "three"',
        '  a rule of its own',
        '  Fix: report it: what the harness sends has to keep the rules too',
      ].join('\n'),
      [
        'connection 51 Voice SIP Cluster Service -> Voice SIP Proxy Service, source, between the interactions',
        `  ${sentence}`,
        `  the harness broke a rule itself, so nothing is proven: ${sentence}`,
        '  Fix: change what Voice SIP Cluster Service sends; the standard of the protocol asks for it, and no contract can allow it',
      ].join('\n'),
    ]);
  });

  test('that are broken are failures in JUnit, and an error where the harness broke one', () => {
    const xml = junitXml(run);
    const escaped = sentence.replace('<', '&lt;');
    expect(xml).toContain(`<failure message="${escaped}" type="standard">`);
    expect(xml).toContain('<error message="a rule of its own" type="harness">');
    expect(xml).toMatch(/name="between the interactions: T1"[^>]*>\s*<failure .*type="standard"/);
    expect(xml).toMatch(
      /<error message="of its own too" type="error">[^\]]*Fix: change what Voice SIP Cluster Service/,
    );
    expect(xml).toMatch(/destination" tests="3" failures="1" errors="1"/);
  });

  test('are in the page, escaped', () => {
    const page = htmlPage(run);
    expect(page).toContain('<h2>Test rules</h2>');
    expect(page).toContain(
      '<td>T3</td><td>RFC 1, section 4</td><td>nobody sings</td><td>error</td><td class="n">never</td>',
    );
    expect(page).toContain('broken, of the harness itself: connection 51, destination, &quot;three&quot;: BYE: $.x');
    expect(page).toContain('nobody &lt;shouts&gt;');
  });
});
