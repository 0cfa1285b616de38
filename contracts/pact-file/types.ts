import type { Json } from '../matchers.ts';

/** A pact file of version 4, as far as we write it. Source: Pact specification V4. */
export interface PactFile {
  consumer: { name: string };
  provider: { name: string };
  interactions: PactInteraction[];
  metadata: {
    pactSpecification: { version: '4.0' };
    voxpact: { omitted: Omitted[] };
  };
}

/** An interaction that a pact file cannot express, or not wholly. */
export interface Omitted {
  connection: number;
  description: string;
  reason: string;
}

/** One interaction in the form of the file; which parts it has follows from its type. */
export interface PactInteraction {
  type: 'Synchronous/HTTP' | 'Synchronous/Messages' | 'Asynchronous/Messages';
  key: string;
  description: string;
  providerStates: { name: string; params: Readonly<Record<string, Json>> }[];
  comments: { text: string[] };
  [part: string]: unknown;
}
