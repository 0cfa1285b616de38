import type { StateSet } from '../../mocks/adapter.ts';
import type { SetState } from './interaction.ts';

/** How long a state-change URL may take to answer. */
const stateChangeTimeoutMs = 10_000;

async function post(url: string, body: unknown, signal: AbortSignal): Promise<Record<string, string>> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(stateChangeTimeoutMs)]),
    });
  } catch (cause) {
    throw new Error(`the state-change URL ${url} did not answer`, { cause });
  }
  const text = await response.text();
  if (!response.ok) {
    throw new Error(
      `the state-change URL ${url} answered ${response.status} to ${JSON.stringify(body)}: ${text.slice(0, 200)}`,
    );
  }
  const values: unknown = text === '' ? {} : JSON.parse(text);
  if (typeof values !== 'object' || values === null) return {};
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));
}

/**
 * Sets provider states on a foreign destination the way Pact does: a POST of `{state, params, action}`, where the action
 * is `setup` before an interaction and `teardown` after it. What `setup` answers as JSON are the state's values.
 * Source: Pact, "Provider states", state change URL.
 */
export function stateChangeUrl(url: string, signal: AbortSignal): SetState {
  return async ({ name, params }): Promise<StateSet> => ({
    values: await post(url, { state: name, params, action: 'setup' }, signal),
    undo: async () => {
      await post(url, { state: name, params, action: 'teardown' }, signal);
    },
  });
}

/** For a foreign destination without a state-change URL: it can be asked only what needs no state. */
export const noStates: SetState = ({ name }) =>
  Promise.reject(
    new Error(`nobody can set the provider state "${name}" there; give its state-change URL with --states`),
  );
