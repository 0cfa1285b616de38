import { destination, type Interaction, inferred, type ProviderState, source } from '../contract.ts';
import { includes, regex, string, text } from '../matchers.ts';
import type { HttpMessage } from '../messages/http.ts';

/** `application/json`, with or without the charset that RFC 8259 makes superfluous. */
export const jsonType = regex('^application/json(; ?charset=[uU][tT][fF]-8)?$', 'application/json; charset=utf-8');

/** `text/plain` with any parameters. */
export const plainTextType = regex('^text/plain(;[^,]*)?$', 'text/plain');

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
  request: HttpMessage,
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
