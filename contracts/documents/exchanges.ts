import { type Connection, connectionTitle } from '../architecture.ts';
import { type Contract, ContractError, type Interaction } from '../contract.ts';
import { httpProfile, isHttpFault, isHttpRequest, isHttpResponse } from '../messages/http.ts';
import { portOf, rowOf } from '../parts.ts';
import { type PathTemplate, pathTemplate } from './fixture.ts';
import { type Place, placeOf } from './schema.ts';
import { exampleName, type Omitted, type Origin } from './source.ts';

/** One request and its response. */
export interface Exchange extends Origin {
  readonly row: Connection;
  readonly port: number | undefined;
  readonly method: string;
  readonly path: PathTemplate;
  /** Undefined where no source that keeps the contract sends it: only the response belongs into a document. */
  readonly request: Place | undefined;
  readonly response: Place;
  /** Names the examples. */
  readonly name: string;
}

/** What a document shows of a contract, and what it cannot show. */
export interface Shown {
  exchanges: Exchange[];
  omitted: Omitted[];
}

/** The methods that OpenAPI 3.1 has, in the order of a document. */
export const methods: readonly string[] = ['get', 'head', 'options', 'trace', 'post', 'put', 'patch', 'delete'];

/** The exchanges of an HTTP contract, in their order. @throws {ContractError} where a request has no response */
export function exchangesOf(contract: Contract): Shown {
  const shown: Shown = { exchanges: [], omitted: [] };
  for (const interaction of contract.interactions) {
    const omit = (reason: string) =>
      shown.omitted.push({ connection: contract.connection, description: interaction.description, reason });
    if (interaction.steps.some((step) => isHttpFault(step.content))) {
      omit('OpenAPI has no word for a request that gets no response');
      continue;
    }
    if (interaction.forbidden?.length) {
      omit('in the document without its forbidden messages: OpenAPI cannot say what must not be sent');
    }
    for (const exchange of pairs(contract, interaction)) {
      if (methods.includes(exchange.method)) shown.exchanges.push(exchange);
      else omit(`in the document without its ${exchange.method.toUpperCase()}: OpenAPI has no such method`);
    }
  }
  return shown;
}

function pairs(contract: Contract, interaction: Interaction): Exchange[] {
  const contents = interaction.steps.map(({ content }) => content);
  const row = rowOf(contract);
  const isExpected = (content: unknown, at: number) =>
    at % 2 === 0 ? isHttpRequest(content) : isHttpResponse(content);
  if (contents.length % 2 !== 0 || !contents.every(isExpected)) {
    throw new ContractError(
      `${connectionTitle(row)}, "${interaction.description}": expected requests and responses in turns`,
    );
  }
  const origin = { connection: contract.connection, interaction };
  const isOnly = contents.length === 2;
  return contents.filter(isHttpRequest).map((content, at) => {
    const request = placeOf(content, httpProfile.strict.source);
    const { method, path } = request.example as { method: string; path: string };
    return {
      ...origin,
      row,
      port: portOf(contract),
      method: method.toLowerCase(),
      path: pathTemplate(path),
      request: isNeverSent(interaction) ? undefined : request,
      response: placeOf(contents[2 * at + 1], httpProfile.strict.destination),
      name: `${exampleName(origin)}${isOnly ? '' : `-${at + 1}`}`,
    };
  });
}

/** A request that no source which keeps the contract sends: the destination alone is judged by how it refuses. */
function isNeverSent({ negative, only }: Interaction): boolean {
  return negative === true && only?.side === 'destination';
}
