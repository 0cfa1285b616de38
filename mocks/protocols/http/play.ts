import type { Interaction, Side, Step } from '../../../contracts/contract.ts';
import { Conversation } from '../../../contracts/conversation.ts';
import { compile, generate } from '../../../contracts/matching.ts';
import {
  type HttpFault,
  type HttpRequest,
  type HttpResponse,
  httpProfile,
  isHttpFault,
  isHttpRequest,
} from '../../../contracts/messages/http.ts';
import {
  type Address,
  type Observed,
  type ObservedMessage,
  type Performance,
  UnattainableStateError,
  UnreachableError,
} from '../../adapter.ts';
import { serviceMock } from '../../registry.ts';
import { defaultStepTimeoutMs } from './limits.ts';
import { Route } from './route.ts';
import { isHttpServiceMock } from './service.ts';

/**
 * Acts as the source: sends the requests of the interaction, each after the answer to the one before, and returns them with
 * what came back. `failure` is set where an exchange ended early and the interaction is not about that.
 * @throws {TypeError} when the interaction has no request, or one that is none
 * @throws {UnattainableStateError} when the provider states did not give what the source needs: a proxy, a certificate
 */
export async function play(performance: Performance, at: Address, signal: AbortSignal): Promise<Observed> {
  const route = new Route(at, performance.values);
  try {
    return await playOn(route, performance, at, signal);
  } finally {
    route.end();
  }
}

async function playOn(route: Route, performance: Performance, at: Address, signal: AbortSignal): Promise<Observed> {
  const { interaction, values } = performance;
  const conversation = new Conversation(interaction, httpProfile, { values });
  const messages: ObservedMessage[] = [];
  for (const template of requestsOf(interaction)) {
    // What was remembered from an answer is filled in; a request that its source may leave out is sent as it stands.
    const next = template.optional ? generate(compile(template.content), values) : conversation.nextFromSource();
    // The answer before was none that the interaction goes on from.
    if (next === undefined) break;
    const request = await prepared(performance, at, next as HttpRequest);
    const { answer, failure } = await exchange(request, interaction, { route, at, signal });
    for (const message of [said('source', request), ...(answer === undefined ? [] : [said('destination', answer)])]) {
      messages.push(message);
      conversation.feed(message);
    }
    if (failure !== undefined) return { messages, failure };
    // Without its tunnel, a source that goes through a proxy has no way on.
    if (request.method === 'CONNECT' && !route.isTunnelled) break;
  }
  return { messages };
}

const said = (from: Side, content: unknown): ObservedMessage => ({ from, content, atMs: Date.now() });

interface Answered {
  answer?: HttpResponse | HttpFault;
  failure?: Error;
}

async function exchange(
  request: HttpRequest,
  interaction: Interaction,
  { route, at, signal }: { route: Route; at: Address; signal: AbortSignal },
): Promise<Answered> {
  try {
    const timeoutMs = interaction.stepTimeoutMs ?? defaultStepTimeoutMs;
    const answer = await route.send(request, { timeoutMs, signal });
    const expected = interaction.steps.some((step) => step.from === 'destination' && isHttpFault(step.content));
    if (!isHttpFault(answer) || expected) return { answer };
    const text = faultText(request, at, answer);
    return { answer, failure: answer.fault === 'refused' ? new UnreachableError(text) : new Error(text) };
  } catch (cause) {
    if (cause instanceof UnattainableStateError) throw cause;
    const reason = signal.aborted ? 'the play was aborted' : cause instanceof Error ? cause.message : String(cause);
    return { failure: new Error(`${request.method} ${request.path}: ${reason}`, { cause }) };
  }
}

function requestsOf({ description, steps }: Interaction): Step[] {
  const requests = steps.filter((step) => step.from === 'source');
  if (requests.length === 0 || !requests.every(({ content }) => isHttpRequest(content))) {
    throw new TypeError(`"${description}": what the source of an HTTP interaction sends is one request or more`);
  }
  return requests;
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
