import { compile, generate } from '../../../contracts/matching.ts';
import { type HttpFault, type HttpRequest, isHttpFault, isHttpRequest } from '../../../contracts/messages/http.ts';
import {
  type Address,
  type Observed,
  type ObservedMessage,
  type Performance,
  UnreachableError,
} from '../../adapter.ts';
import { serviceMock } from '../../registry.ts';
import { send } from './client.ts';
import { defaultStepTimeoutMs } from './limits.ts';
import { isHttpServiceMock } from './service.ts';

/**
 * Acts as the source: sends the interaction's request and returns it with what came back.
 * `failure` is set where the exchange ended early and the interaction is not about that.
 * @throws {TypeError} when the interaction has not exactly one request
 */
export async function play(performance: Performance, at: Address, signal: AbortSignal): Promise<Observed> {
  const { interaction } = performance;
  const request = await prepared(performance, at, theRequest(performance));
  const messages: ObservedMessage[] = [{ from: 'source', content: request, atMs: Date.now() }];
  try {
    const timeoutMs = interaction.stepTimeoutMs ?? defaultStepTimeoutMs;
    const content = await send(request, at, { timeoutMs, signal });
    messages.push({ from: 'destination', content, atMs: Date.now() });
    const expected = interaction.steps.some((step) => step.from === 'destination' && isHttpFault(step.content));
    if (!isHttpFault(content) || expected) return { messages };
    const text = faultText(request, at, content);
    return { messages, failure: content.fault === 'refused' ? new UnreachableError(text) : new Error(text) };
  } catch (cause) {
    const reason = signal.aborted ? 'the play was aborted' : cause instanceof Error ? cause.message : String(cause);
    return { messages, failure: new Error(`${request.method} ${request.path}: ${reason}`, { cause }) };
  }
}

function theRequest({ interaction, values }: Performance): HttpRequest {
  const requests = interaction.steps.filter((step) => step.from === 'source');
  const [step] = requests;
  if (step === undefined || requests.length > 1 || !isHttpRequest(step.content)) {
    throw new TypeError(
      `"${interaction.description}": an HTTP interaction has one request, this one has ${requests.length}`,
    );
  }
  return generate(compile(step.content), values) as unknown as HttpRequest;
}

/** Lets the destination's mock complete the request; only it knows what a contract cannot hold. */
async function prepared(performance: Performance, at: Address, request: HttpRequest): Promise<HttpRequest> {
  const { contract, interaction, values } = performance;
  const service = await serviceMock(contract);
  if (service === undefined || !isHttpServiceMock(service) || service.prepare === undefined) return request;
  return service.prepare(request, { at, interaction, values });
}

function faultText({ method, path }: HttpRequest, { host, port }: Address, { fault, detail }: HttpFault): string {
  const reasons = {
    timeout: `no answer: ${detail}`,
    refused: `nobody listens at ${host}:${port} (${detail})`,
    tls: `TLS with ${host}:${port} failed (${detail})`,
    closed: `${host}:${port} ended the connection before its answer was whole (${detail})`,
  } as const;
  return `${method} ${path}: ${reasons[fault]}`;
}
