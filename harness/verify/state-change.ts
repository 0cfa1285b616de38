import type { StateSet } from '../../mocks/adapter.ts';
import { UsageError } from '../errors.ts';
import type { SetState } from './interaction.ts';

/** How long a state-change URL may take to answer. */
const stateChangeTimeoutMs = 10_000;
/** The largest answer that is read. */
const answerLimitBytes = 1024 * 1024;
/** How much of a wrong answer is shown. */
const quotedCharacters = 200;

/** Where states are set, and how long that may take. */
interface StateChange {
  url: string;
  signal: AbortSignal;
  timeoutMs: number;
}

async function post({ url, signal, timeoutMs }: StateChange, body: unknown): Promise<string> {
  const timeout = AbortSignal.timeout(timeoutMs);
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, timeout]),
    });
    text = await bodyOf(response);
  } catch (cause) {
    const late = timeout.aborted ? ` within ${timeoutMs} ms` : '';
    throw new Error(`the state-change URL ${url} did not answer${late}`, timeout.aborted ? {} : { cause });
  }
  if (!response.ok) {
    throw new Error(
      `the state-change URL ${url} answered ${response.status} to ${JSON.stringify(body)}: ${text.slice(0, quotedCharacters)}`,
    );
  }
  return text;
}

async function bodyOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > answerLimitBytes) throw new Error(`its answer is larger than ${answerLimitBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** The values of a state: nothing at all, or a JSON object. */
function valuesOf(text: string, url: string): Record<string, string> {
  if (text.trim() === '') return {};
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    // No JSON: said below, with what came.
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    const got = JSON.stringify(text.slice(0, quotedCharacters));
    throw new Error(
      `the state-change URL ${url} answered ${got}; expected nothing, or the state's values as a JSON object`,
    );
  }
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));
}

/**
 * Sets provider states on a foreign destination the way Pact does: a POST of `{state, params, action}`, where the action
 * is `setup` before an interaction and `teardown` after it. What `setup` answers as JSON are the state's values.
 * Source: Pact, "Provider states", state change URL.
 * @throws {UsageError} when it is no URL of HTTP
 */
export function stateChangeUrl(url: string, signal: AbortSignal, timeoutMs = stateChangeTimeoutMs): SetState {
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw new UsageError(`"${url}" is no state-change URL; expected something like http://127.0.0.1:9100/states`);
  }
  const change = { url, signal, timeoutMs };
  return async ({ name, params }): Promise<StateSet> => ({
    values: valuesOf(await post(change, { state: name, params, action: 'setup' }), url),
    undo: async () => {
      await post(change, { state: name, params, action: 'teardown' });
    },
  });
}

/** For a foreign destination without a state-change URL: it can be asked only what needs no state. */
export const noStates: SetState = ({ name }) =>
  Promise.reject(
    new Error(`nobody can set the provider state "${name}" there; give its state-change URL with --states`),
  );
