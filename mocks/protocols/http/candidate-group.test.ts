import { expect, test } from '@jest/globals';
import contract from '../../../contracts/connections/26-tenant-service--config-service.ts';
import type { Contract, Interaction } from '../../../contracts/contract.ts';
import { regex } from '../../../contracts/matchers.ts';
import { compile } from '../../../contracts/matching.ts';
import { candidate } from '../../../contracts/near-miss.ts';
import { CandidateGroup } from './candidate-group.ts';

/** The places in their order of the templates that may fit a message, counted from 0. */
function placesFor(message: unknown, ...templates: unknown[]): number[] {
  const interaction = contract.interactions[0] as Interaction;
  const all = templates.map((template) => candidate(contract as Contract, interaction, compile(template)));
  return new CandidateGroup(all).for(message).map((each) => all.indexOf(each));
}

const order = (tier: unknown, region = 'eu') => ({ query: { region }, body: { customer: [{ tier }] } });

test.each<[what: string, message: unknown, templates: unknown[], places: number[]]>([
  [
    'the text that is asked for leaves those that ask for it',
    order('b'),
    ['a', 'b', 'c', 'b'].map((t) => order(t)),
    [1, 3],
  ],
  ['any other text leaves none', order('d'), [order('a'), order('b')], []],
  ['no such place leaves none', { body: { customer: null } }, [order('a'), order('b')], []],
  [
    'of two places the one with more different texts counts',
    order('b', 'us'),
    [order('a'), order('b', 'us'), order('c')],
    [1],
  ],
  ['where one takes more than one text, all are left', order('b'), [order('a'), order(regex('.', 'b'))], [0, 1]],
  ['where one has no such place, all are left', order('b'), [order('a'), { query: {} }], [0, 1]],
  ['where all ask for the same, all are left', order('b'), [order('a'), order('a')], [0, 1]],
  ['where what is asked for is no text, all are left', order(1), [order(1), order(2)], [0, 1]],
  ['of none, none is left', order('a'), [], []],
])('%s', (_, message, templates, places) => {
  expect(placesFor(message, ...templates)).toEqual(places);
});
