import { describe, expect, test } from '@jest/globals';
import { assumed, type Contract, ContractError, destination, type Interaction, source } from './contract.ts';
import { defineContract } from './define-contract.ts';
import { integer } from './matchers.ts';

const good: Interaction = {
  description: 'read back',
  basis: assumed('for this test'),
  given: [],
  steps: [source({ method: 'GET' }), destination({ status: integer(200) })],
  negative: true,
};
const contract = (more: Partial<Contract>): Contract => ({ connection: 26, interactions: [good], ...more });
const withInteraction = (more: Partial<Interaction>): Contract => contract({ interactions: [{ ...good, ...more }] });

describe('a good contract', () => {
  test('is frozen through and through', () => {
    const defined = defineContract(contract({}));
    expect(Object.isFrozen(defined.interactions[0]?.steps[0])).toBe(true);
    expect(() => Object.assign(defined.interactions[0] as object, { description: 'other' })).toThrow(TypeError);
  });
});

describe('a malformed contract', () => {
  const cases: [string, Contract, string][] = [
    ['an unknown number', contract({ connection: 61 }), 'connection 61 is not in the connections table'],
    [
      'a port that the row does not have',
      contract({ port: 9101 }),
      'connection 26, port: the table prints 9100, not 9101',
    ],
    [
      'a part with a name that no file can end with',
      contract({ part: { name: 'Of the S3' } }),
      'connection 26, part.name: expected lower case and hyphens, and not main, got "Of the S3"',
    ],
    ['no interactions', contract({ interactions: [] }), 'connection 26: no interactions'],
    [
      'a description twice',
      contract({ interactions: [good, good] }),
      'connection 26, "read back": two interactions have this description',
    ],
    [
      'no negative interaction',
      contract({ interactions: [{ ...good, negative: undefined as never }] }),
      'connection 26: no negative interaction; mark at least one error or refusal',
    ],
    ['no description', withInteraction({ description: ' ' }), 'connection 26: an interaction has no description'],
    [
      'no basis',
      withInteraction({ basis: undefined as never }),
      'connection 26, "read back", basis: expected documented(source), inferred(reason) or assumed(assumption)',
    ],
    [
      'an empty basis',
      withInteraction({ basis: assumed('') }),
      'connection 26, "read back", basis: it names no source, reason or assumption',
    ],
    [
      'no steps',
      withInteraction({ steps: [] }),
      'connection 26, "read back", steps: an interaction without a step proves nothing',
    ],
    [
      'a one-sided interaction without reason',
      withInteraction({ only: { side: 'source', reason: '' } }),
      'connection 26, "read back", only.reason: say why only one side can be judged',
    ],
    [
      'a free part without reason',
      withInteraction({ free: [{ path: '$.headers.date', reason: ' ' }] }),
      'connection 26, "read back", free[0].reason: say why nobody relies on $.headers.date',
    ],
    [
      'a free part that is no path',
      withInteraction({ free: [{ path: 'headers.date', reason: 'set by the stack' }] }),
      'connection 26, "read back", free[0].path: expected a path like $.headers.date, with .* and [*] for any key and any index, got "headers.date"',
    ],
    [
      'a new connection where none can be lost',
      withInteraction({ steps: [source({ method: 'GET' }, { reconnected: true })] }),
      'connection 26, "read back", steps[0].reconnected: expected a step of the source of a connection over SIP/TCP',
    ],
    [
      'a step from nobody',
      withInteraction({ steps: [{ from: 'server' as never, content: {} }] }),
      'connection 26, "read back", steps[0].from: expected source or destination',
    ],
  ];

  test.each(cases)('with %s is refused', (_, malformed, sentence) => {
    expect(() => defineContract(malformed)).toThrow(new ContractError(sentence));
  });

  test('with a template that cannot be compiled is refused, naming the step and the path', () => {
    const bad = withInteraction({ steps: [source({ body: { a: { 'pact:matcher:type': 'no-such-matcher' } } })] });
    expect(() => defineContract(bad)).toThrow(
      /^connection 26, "read back", steps\[0\]\.content: .*\$\.body\.a.*no-such-matcher/,
    );
  });
});
