import { destination, type Interaction, inferred, type ProviderState, source } from '../contract.ts';
import { includes, regex, string, type Template, text } from '../matchers.ts';
import type { HttpMessage } from '../messages/http.ts';

/** `application/json`, with or without the charset that RFC 8259 makes superfluous. */
export const jsonType = regex('^application/json(; ?charset=[uU][tT][fF]-8)?$', 'application/json; charset=utf-8');

/** `text/plain` with any parameters. */
export const plainTextType = regex('^text/plain(;[^,]*)?$', 'text/plain');

/** A date in a header (RFC 9110, section 5.6.7). */
export const httpDate = regex(
  '^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT$',
  'Thu, 09 Oct 2025 08:53:20 GMT',
);

/** A time in JSON: ISO 8601, UTC. */
export const utcTime = text(
  regex('^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?Z$', '2025-10-09T08:53:20Z'),
);

/** The error body of the services inside the cluster: a code and a sentence, in the envelope of the platform's public APIs. */
export const errorBody = (code: number, messageExample: string) => ({
  status: { code, message: string(messageExample) },
});

/** As {@link errorBody}, of an error whose sentence has to name something. */
export const errorNaming = (code: number, name: string, messageExample: string) => ({
  status: { code, message: text(includes(name, messageExample)) },
});

/**
 * What a source meets while the destination behind its sidecar is gone: a short text, which nobody may parse.
 * @param request any request of the contract
 * @param given the state that takes the destination away
 */
export function sidecarWithoutUpstream(
  description: string,
  given: ProviderState,
  request: Template<HttpMessage>,
): Interaction<HttpMessage> {
  return {
    description,
    negative: true,
    basis: inferred('requests pass an Envoy sidecar, which answers for an upstream that is gone'),
    given: [given],
    steps: [
      source<HttpMessage>(request),
      destination<HttpMessage>({
        status: 503,
        headers: { 'content-type': plainTextType },
        body: string('no healthy upstream'),
      }),
    ],
  };
}
