import { expect, test } from '@jest/globals';
import { loadContracts } from '../../../contracts/catalogue.ts';
import type { Json } from '../../../contracts/matchers.ts';
import { compile, glanceOf, match } from '../../../contracts/matching.ts';
import { type TcpMessage, tcpProfile } from '../../../contracts/messages/tcp.ts';
import { rowOf } from '../../../contracts/parts.ts';
import { ContractIndex } from './contract-index.ts';
import { Random, randomMessage } from './random-messages.ts';

const strict = tcpProfile.strict.source;
const contracts = (await loadContracts()).filter((contract) => rowOf(contract).protocol === 'TCP');
const templates = contracts
  .flatMap(({ interactions }) => interactions.flatMap(({ steps }) => steps))
  .filter(({ from }) => from === 'source')
  .map(({ content }) => compile(content));
const index = new ContractIndex(contracts);

const isContracted = (message: TcpMessage) =>
  templates.some((compiled) => match(compiled, message, { strict, bindings: new Map() }).length === 0);

/** The attributes with one place changed: another value, a key more or less. */
function changed(attributes: TcpMessage['attributes'], random: Random): TcpMessage['attributes'] {
  const copy = structuredClone(attributes) as { [key: string]: Json };
  let place = copy;
  for (;;) {
    const keys = Object.keys(place);
    const key = keys[random.below(keys.length + 1)] ?? 'unexpected';
    const inner = place[key];
    if (typeof inner === 'object' && inner !== null && random.below(3) > 0) {
      place = inner as { [key: string]: Json };
      continue;
    }
    const values: readonly [Json, ...Json[]] = [0, 7, 7.5, '', 'text', 'A1001', true, null, [], {}, { dbid: 1 }, ['x']];
    if (random.below(4) === 0) delete place[key];
    else place[key] = random.pick(values);
    return copy;
  }
}

test('most messages of the contracts are told at a glance', () => {
  const told = templates.filter((compiled) => glanceOf(compiled, { strict })(compiled.example) === 'fits');
  expect(told.length / templates.length).toBeGreaterThan(0.8);
});

test('a message is a stray where no template of any contract fits it, whatever is changed in it', () => {
  const random = new Random(20_251_126);
  const seen = { contracted: 0, stray: 0 };
  for (const { example } of templates) {
    const known = example as unknown as TcpMessage;
    for (let round = 0; round < 3; round += 1) {
      const message = round < 2 ? { ...known, attributes: changed(known.attributes, random) } : randomMessage(random);
      const stray = index.stray(message) !== undefined;
      expect({ message, stray }).toEqual({ message, stray: !isContracted(message) });
      seen[stray ? 'stray' : 'contracted'] += 1;
    }
  }
  expect(Math.min(seen.contracted, seen.stray)).toBeGreaterThan(100);
});
