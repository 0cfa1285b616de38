import { systemSlug } from '../architecture.ts';
import { basisText, type Contract, type Interaction } from '../contract.ts';
import type { Json } from '../matchers.ts';

/** The version of the documents: that of the package whose contracts they show. */
export const documentVersion = '0.1.0';

export const license = { name: 'Apache-2.0' };

/** One interaction as a part of a document names it as its source. */
export type SourceEntry = {
  readonly connection: number;
  readonly description: string;
  readonly basis: string;
  readonly negative?: true;
};

/** An interaction that a document does not show, or not wholly. */
export type Omitted = { readonly connection: number; readonly description: string; readonly reason: string };

/** What a part of a document comes from. */
export interface Origin {
  readonly connection: number;
  readonly interaction: Interaction;
}

/** The extension `x-voxpact` of a part: the connections and the interactions it comes from, each with its basis. */
export function sourceOf(origins: readonly Origin[]): { [member: string]: Json } {
  const byInteraction = new Map(origins.map((origin) => [origin.interaction, origin]));
  return {
    connections: [...new Set(origins.map(({ connection }) => connection))],
    interactions: [...byInteraction.values()].map(entryOf),
  };
}

function entryOf({ connection, interaction: { description, basis, negative } }: Origin): SourceEntry {
  return { connection, description, basis: basisText(basis), ...(negative === undefined ? {} : { negative }) };
}

/** The name of an example: the connection and the description of its interaction. */
export function exampleName({ connection, interaction }: Origin): string {
  return `${connection}-${systemSlug(interaction.description)}`;
}

/** Contracts in an order that depends on nothing but themselves. */
export function inOrder(contracts: readonly Contract[]): Contract[] {
  const place = ({ connection, part }: Contract) => `${String(connection).padStart(2, '0')} ${part?.name ?? ''}`;
  return [...contracts].sort((a, b) => (place(a) < place(b) ? -1 : 1));
}
