import { type Connection, systemSlug } from './architecture.ts';
import { basisText, type Contract, type Interaction, type Step } from './contract.ts';
import { isHttpFault, isHttpRequest } from './messages/http.ts';
import { bodyMatchersLost, listRulesLost, pactRequest, pactResponse } from './pact-file/http.ts';
import { pactMessage } from './pact-file/messages.ts';
import type { Omitted, PactFile, PactInteraction } from './pact-file/types.ts';
import { rowOf } from './parts.ts';

export type { PactFile } from './pact-file/types.ts';

/** Who asks and who is relied on, by the names of the table. */
export interface Pacticipants {
  consumer: string;
  provider: string;
}

/**
 * Consumer and provider of an interaction. Pact asks who relies on whom: the consumer is the one who would break if the
 * other side changed what it sends. Where something is answered, that is who opened the connection and waits for the answer (in rows 14 and 55 the
 * reader, though the table prints the infrastructure as the source). Where the
 * source only tells (a Kafka record, a stream entry), it is whoever reads there: the source made the message and answers
 * for its shape. Where the destination only tells, it provides what the source listens to.
 */
export function pacticipants(row: Connection, interaction: Interaction): Pacticipants {
  const answered = interaction.steps.some((step) => step.from === 'destination');
  return answered ? { consumer: row.dials, provider: row.listens } : { consumer: row.listens, provider: row.dials };
}

/**
 * Writes contracts as Pact V4 files, one for each pair of consumer and provider, in an order that depends on the contracts
 * alone. What a file cannot express is left out, and said in its metadata with the reason.
 * @returns file contents by file name
 * @throws {ContractError} when a contract's connection is not in the table
 */
export function toPact(contracts: readonly Contract[]): Map<string, PactFile> {
  const files = new Map<string, PactFile>();
  const partOf = ({ part }: Contract) => part?.name ?? '';
  const ordered = [...contracts].sort((a, b) => a.connection - b.connection || partOf(a).localeCompare(partOf(b)));
  for (const contract of ordered) {
    const row = rowOf(contract);
    for (const interaction of contract.interactions) {
      const { interactions, omitted } = toInteractions(row, interaction);
      const file = fileOf(files, pacticipants(row, interaction), alternativeOf(contract));
      file.interactions.push(...interactions);
      file.metadata.voxpact.omitted.push(...omitted);
    }
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A pact file as it is written: two spaces, one newline at the end. */
export function formatPact(file: PactFile): string {
  return `${JSON.stringify(file, null, 2)}\n`;
}

/**
 * A part between the same two systems that has no port of its own is another form of the connection: no provider has both
 * forms, so each has a file of its own.
 */
function alternativeOf({ part, port }: Contract): string {
  const isForm =
    part !== undefined && part.source === undefined && part.destination === undefined && port === undefined;
  return isForm ? `.${part.name}` : '';
}

function fileOf(files: Map<string, PactFile>, { consumer, provider }: Pacticipants, alternative: string): PactFile {
  const name = `${systemSlug(consumer)}--${systemSlug(provider)}${alternative}.json`;
  const known = files.get(name);
  if (known !== undefined) return known;
  const file: PactFile = {
    consumer: { name: consumer },
    provider: { name: provider },
    interactions: [],
    metadata: { pactSpecification: { version: '4.0' }, voxpact: { omitted: [] } },
  };
  files.set(name, file);
  return file;
}

interface Expressed {
  interactions: PactInteraction[];
  omitted: Omitted[];
}

function toInteractions(row: Connection, interaction: Interaction): Expressed {
  const { steps, description } = interaction;
  const omit = (reason: string): Omitted => ({ connection: row.number, description, reason });
  if (row.protocol === 'HTTP' || row.protocol === 'HTTPS') {
    const unsayable = steps.map(({ content }) => whyUnsayable(content)).find((reason) => reason !== undefined);
    if (unsayable !== undefined) return { interactions: [], omitted: [omit(unsayable)] };
    const lost = steps.some((step) => bodyMatchersLost(step.content))
      ? [omit('in the file with a body of fixed bytes: Pact has no matchers for parts of a binary or multipart body')]
      : [];
    const cut =
      steps.length > 2 ? [omit('in the file with its first exchange only: Pact has one request and one response')] : [];
    const lists = [...new Set(steps.slice(0, 2).flatMap(({ content }) => listRulesLost(content)))].map((name) =>
      omit(`in the file without its header ${name}: Pact holds a rule against each item of a list by itself`),
    );
    return { interactions: [httpInteraction(row, interaction)], omitted: [...lost, ...cut, ...lists] };
  }
  const forbidden = interaction.forbidden?.length
    ? [omit('in the file without its forbidden messages: Pact cannot say what must not be sent')]
    : [];
  const sides = new Set(steps.map((step) => step.from));
  const interactions =
    sides.size > 1
      ? [synchronous(row, interaction)]
      : steps.map((step, at) => asynchronous(row, interaction, step, at));
  return { interactions, omitted: forbidden };
}

/** Why a pact file can hold nothing of an interaction with such a message; undefined where it can. */
function whyUnsayable(content: unknown): string | undefined {
  if (isHttpFault(content)) return 'Pact has no word for a request that gets no response';
  if (!isHttpRequest(content)) return undefined;
  if (content.method === 'CONNECT') return 'Pact has no word for a tunnel through a proxy';
  return content.clientCertificate === undefined ? undefined : 'Pact has no word for the certificate of a client';
}

function httpInteraction(row: Connection, interaction: Interaction): PactInteraction {
  const [request, response] = interaction.steps;
  return {
    ...head(row, interaction, 'Synchronous/HTTP'),
    request: pactRequest(request?.content),
    response: pactResponse(response?.content),
  };
}

/** The whole conversation: its first step is the request, all that follow are the responses, whoever sends them. */
function synchronous(row: Connection, interaction: Interaction): PactInteraction {
  const [first, ...others] = interaction.steps;
  return {
    ...head(row, interaction, 'Synchronous/Messages'),
    request: pactMessage(first as Step),
    response: others.map(pactMessage),
  };
}

/** One of the messages of an interaction in which only one side speaks. */
function asynchronous(row: Connection, interaction: Interaction, step: Step, at: number): PactInteraction {
  const count = interaction.steps.length;
  const place = count === 1 ? '' : ` (message ${at + 1} of ${count})`;
  return { ...head(row, interaction, 'Asynchronous/Messages', place), ...pactMessage(step) };
}

function head(row: Connection, interaction: Interaction, type: PactInteraction['type'], place = ''): PactInteraction {
  const description = `${interaction.description}${place}`;
  return {
    type,
    key: `${row.number}-${systemSlug(description)}`,
    description,
    providerStates: interaction.given.map(({ name, params }) => ({ name, params })),
    comments: { text: [`connection ${row.number}`, basisText(interaction.basis)] },
  };
}
