import type { Json } from '../matchers.ts';
import { headerOf } from './content.ts';
import { below, type Place } from './schema.ts';

/** The ways in which a request proves who sends it. A parameter called `authorization` would be ignored (OpenAPI 3.1). */
const schemes: Readonly<Record<string, { scheme: Json; isUsed(request: Place): boolean }>> = {
  authorization: {
    scheme: { type: 'apiKey', in: 'header', name: 'authorization' },
    isUsed: (request) => headerOf(request, 'authorization') !== undefined,
  },
  clientCertificate: {
    scheme: { type: 'mutualTLS' },
    isUsed: (request) => below(request, 'clientCertificate') !== undefined,
  },
};

/** The names of the security schemes that a request uses. */
export function schemesOf(request: Place): string[] {
  return Object.keys(schemes).filter((name) => schemes[name]?.isUsed(request));
}

/** The security schemes that any of the requests uses, by name. */
export function securitySchemes(requests: readonly Place[]): { [name: string]: Json } {
  const used = Object.entries(schemes).filter(([, { isUsed }]) => requests.some(isUsed));
  return Object.fromEntries(used.map(([name, { scheme }]) => [name, scheme]));
}
