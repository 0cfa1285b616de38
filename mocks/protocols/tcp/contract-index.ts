import { connectionByNumber, connectionTitle } from '../../../contracts/architecture.ts';
import { contractFileName } from '../../../contracts/catalogue.ts';
import type { Contract, Interaction } from '../../../contracts/contract.ts';
import { type Compiled, compile, type Mismatch, match } from '../../../contracts/matching.ts';
import { type TcpMessage, tcpProfile } from '../../../contracts/messages/tcp.ts';

/** A message that no contract holds. Its text is the near miss: the nearest interaction and every difference from it. */
export class UnmatchedMessageError extends Error {
  override name = 'UnmatchedMessageError';
}

interface Known {
  contract: Contract;
  interaction: Interaction;
  compiled: Compiled;
  /** The attributes that must have one plain value: looked at first, as a full match costs far more. */
  fixed: readonly (readonly [name: string, value: unknown])[];
}

interface Near extends Known {
  mismatches: Mismatch[];
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
          this.#add({ contract, interaction, compiled: compile(content), fixed: fixedAttributes(content) });
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
    const [nearest] = namesakes
      .map((known) => ({ ...known, mismatches: mismatchesOf(known, message) }))
      .sort((a, b) => a.mismatches.length - b.mismatches.length);
    return nearest === undefined ? this.#unknownName(message) : nearMiss(message, nearest);
  }

  #add(known: Known): void {
    const name = tcpProfile.title(known.compiled.example);
    const others = this.#byName.get(name);
    if (others === undefined) this.#byName.set(name, [known]);
    else others.push(known);
  }

  #unknownName({ name }: TcpMessage): UnmatchedMessageError {
    const names = [...this.#byName.keys()].join(', ');
    return new UnmatchedMessageError(`no contract has a message ${name}; known are ${names === '' ? 'none' : names}`);
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

function nearMiss({ name }: TcpMessage, { contract, interaction, mismatches }: Near): UnmatchedMessageError {
  const number = contract.connection;
  const row = connectionByNumber(number);
  return new UnmatchedMessageError(
    [
      `[${row === undefined ? `connection ${number}` : connectionTitle(row)}] no interaction has this ${name}.`,
      `Nearest: "${interaction.description}", but`,
      ...mismatches.map((mismatch) => `  ${mismatch.message}`),
      `Fix: correct the message; or, if it is right, add an interaction to contracts/connections/${contractFileName(number)}.ts.`,
    ].join('\n'),
  );
}
