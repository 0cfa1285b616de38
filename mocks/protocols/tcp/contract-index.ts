import type { Contract } from '../../../contracts/contract.ts';
import { compile, type Mismatch, match } from '../../../contracts/matching.ts';
import { type TcpMessage, tcpProfile } from '../../../contracts/messages/tcp.ts';
import { type Candidate, candidate, type UnmatchedMessageError, unmatched } from '../../../contracts/near-miss.ts';

interface Known extends Candidate {
  /** The attributes that must have one plain value: looked at first, as a full match costs far more. */
  fixed: readonly (readonly [name: string, value: unknown])[];
}

/** Every message that a source may send by contract, found by its name. */
export class ContractIndex {
  readonly #byName = new Map<string, Known[]>();

  constructor(contracts: readonly Contract[]) {
    const seen = new Set<string>();
    for (const contract of contracts) {
      for (const interaction of contract.interactions) {
        for (const { from, content } of interaction.steps) {
          const text = JSON.stringify(content);
          if (from !== 'source' || seen.has(text)) continue;
          seen.add(text);
          this.#add({ ...candidate(contract, interaction, compile(content)), fixed: fixedAttributes(content) });
        }
      }
    }
  }

  /** Undefined for a message that some contract holds; otherwise what is wrong with it. */
  stray(message: TcpMessage): UnmatchedMessageError | undefined {
    const namesakes = this.#byName.get(message.name) ?? [];
    const { attributes } = message;
    for (const known of namesakes) {
      if (
        known.fixed.every(([name, value]) => attributes[name] === value) &&
        mismatchesOf(known, message).length === 0
      ) {
        return undefined;
      }
    }
    return unmatched(message, 'source', [...this.#byName.values()].flat(), tcpProfile);
  }

  #add(known: Known): void {
    const name = tcpProfile.title(known.compiled.example);
    const others = this.#byName.get(name);
    if (others === undefined) this.#byName.set(name, [known]);
    else others.push(known);
  }
}

function mismatchesOf({ compiled }: Known, message: TcpMessage): Mismatch[] {
  return match(compiled, message, { strict: tcpProfile.strict.source, bindings: new Map() });
}

function fixedAttributes(content: unknown): (readonly [string, unknown])[] {
  const { attributes } = content as { attributes?: object };
  if (attributes === undefined || 'pact:matcher:type' in attributes) return [];
  return Object.entries(attributes).filter(([, value]) => typeof value !== 'object');
}
