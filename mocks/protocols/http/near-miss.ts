import { connectionByNumber, connectionTitle } from '../../../contracts/architecture.ts';
import { contractFileName } from '../../../contracts/catalogue.ts';
import { type HttpRequest, httpProfile } from '../../../contracts/messages/http.ts';
import type { Near } from './request-index.ts';

/** A request that no contract holds. Its message is the near miss: the nearest interaction and every difference from it. */
export class UnmatchedRequestError extends Error {
  override name = 'UnmatchedRequestError';
}

/** Says of a request that matched nothing which interaction came closest, where it differs, and what to do. */
export function nearMiss(system: string, request: HttpRequest, near: Near | undefined): UnmatchedRequestError {
  const title = httpProfile.title(request);
  if (near === undefined) {
    return new UnmatchedRequestError(`${system} has no contract with any request, and got ${title}. Fix: write one.`);
  }
  const number = near.contract.connection;
  const row = connectionByNumber(number);
  return new UnmatchedRequestError(
    [
      `[${row === undefined ? `connection ${number}` : connectionTitle(row)}] no interaction has the request ${title}.`,
      `Nearest: "${near.interaction.description}", but`,
      ...near.mismatches.map((mismatch) => `  ${mismatch.message}`),
      `Fix: correct the request; or, if it is right, add an interaction to contracts/connections/${contractFileName(number)}.ts` +
        ` ("voxpact show ${number}" prints what is there).`,
    ].join('\n'),
  );
}
