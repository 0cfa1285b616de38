import type { Contract } from '../../../contracts/contract.ts';
import { compile, testOf } from '../../../contracts/matching.ts';
import { type TcpMessage, type TcpValue, tcpProfile } from '../../../contracts/messages/tcp.ts';
import { type Candidate, candidate, NearMissSearch, type UnmatchedMessageError } from '../../../contracts/near-miss.ts';

const strict = tcpProfile.strict.source;

interface Known extends Candidate {
  /** Attributes that must have one plain value, with that value. */
  fixed: ReadonlyMap<string, unknown>;
  fits(message: TcpMessage): boolean;
}

/** Messages of one name, found by the attribute that tells most of them apart. */
interface Namesakes {
  key: string | undefined;
  byValue: ReadonlyMap<unknown, readonly Known[]>;
  /** Those that leave that attribute open. */
  open: readonly Known[];
}

/** Every message that a source may send by contract, found by its name. */
export class ContractIndex {
  readonly #byName: ReadonlyMap<string, Namesakes>;
  readonly #search: NearMissSearch;

  constructor(contracts: readonly Contract[]) {
    const all = messagesOf(contracts);
    const named = Map.groupBy(all, ({ compiled }) => tcpProfile.title(compiled.example));
    this.#byName = new Map([...named].map(([name, known]) => [name, namesakes(known)]));
    this.#search = new NearMissSearch(all, 'source', tcpProfile);
  }

  /** Undefined for a message that some contract holds; otherwise what is wrong with it. */
  stray(message: TcpMessage): UnmatchedMessageError | undefined {
    const named = this.#byName.get(message.name);
    if (named !== undefined) {
      const { key, byValue, open } = named;
      const told = key === undefined ? undefined : byValue.get(message.attributes[key]);
      if ((told !== undefined && isIn(told, message)) || isIn(open, message)) return undefined;
    }
    return this.#search.unmatched(message);
  }
}

function messagesOf(contracts: readonly Contract[]): Known[] {
  const known = new Map<string, Known>();
  for (const contract of contracts) {
    for (const interaction of contract.interactions) {
      for (const { from, content } of interaction.steps) {
        const text = JSON.stringify(content);
        if (from !== 'source' || known.has(text)) continue;
        const compiled = compile(content);
        const fits = testOf(compiled, { strict });
        known.set(text, { ...candidate(contract, interaction, compiled), fixed: fixedAttributes(content), fits });
      }
    }
  }
  return [...known.values()];
}

function fixedAttributes(content: unknown): ReadonlyMap<string, unknown> {
  const { attributes } = content as { attributes?: { [name: string]: TcpValue } };
  if (attributes === undefined || 'pact:matcher:type' in attributes) return new Map();
  return new Map(Object.entries(attributes).filter(([, value]) => typeof value !== 'object'));
}

function namesakes(known: readonly Known[]): Namesakes {
  const names = new Set(known.flatMap(({ fixed }) => [...fixed.keys()]));
  let best: Namesakes = { key: undefined, byValue: new Map(), open: known };
  for (const key of names) {
    const byValue = Map.groupBy(
      known.filter(({ fixed }) => fixed.has(key)),
      ({ fixed }) => fixed.get(key),
    );
    if (byValue.size > best.byValue.size) best = { key, byValue, open: known.filter(({ fixed }) => !fixed.has(key)) };
  }
  return best;
}

function isIn(known: readonly Known[], message: TcpMessage): boolean {
  for (const each of known) if (each.fits(message)) return true;
  return false;
}
