/**
 * Runs the official Verifier of pact-js on the jobs that the parent sends, and sends back its reports. A process of its own,
 * since the native part of the Verifier writes to the standard output, past Jest.
 */
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { Verifier, type VerifierOptions } from '@pact-foundation/pact';
import { formKept, signed } from './request-filters.ts';
import type { ExampleMessage, VerifierJob } from './verifier.ts';

type StateHandlers = NonNullable<VerifierOptions['stateHandlers']>;
type MessageProviders = NonNullable<VerifierOptions['messageProviders']>;

const filters = { signed, formKept } as const;

/** One handler for each state that the files name; all of them ask the control of the mock. */
function stateHandlers(files: readonly string[], url: string): StateHandlers {
  const names = files.flatMap((file) => {
    const { interactions } = JSON.parse(readFileSync(file, 'utf8')) as {
      interactions: { providerStates: { name: string }[] }[];
    };
    return interactions.flatMap(({ providerStates }) => providerStates.map(({ name }) => name));
  });
  const change = async (state: string, params: unknown, action: string) => {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify({ state, params, action }) });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as { [name: string]: string };
  };
  const handler = (name: string) => ({
    setup: (params?: unknown) => change(name, params, 'setup'),
    teardown: (params?: unknown) => change(name, params, 'teardown'),
  });
  return Object.fromEntries([...new Set(names)].map((name) => [name, handler(name)]));
}

/** Gives the example for the request that is the example; otherwise nothing like it. */
function messageProviders(messages: Readonly<Record<string, ExampleMessage>>): MessageProviders {
  const provider =
    ({ request, metadata, content }: ExampleMessage) =>
    async (asked: { content?: unknown }) =>
      isDeepStrictEqual(asked.content, request)
        ? { __pactMessageMetadata: metadata, message: content }
        : `the request came as ${JSON.stringify(asked.content)}`;
  return Object.fromEntries(Object.entries(messages).map(([name, message]) => [name, provider(message)]));
}

async function run({ provider, files, at, states, filter, messages }: VerifierJob): Promise<string> {
  const options = {
    provider,
    pactUrls: [...files],
    validateSSL: false,
    logLevel: 'error',
    ...(at && { providerBaseUrl: at }),
    ...(states && { stateHandlers: stateHandlers(files, states) }),
    ...(filter && { requestFilter: filters[filter] }),
    ...(messages && { messageProviders: messageProviders(messages) }),
  } as VerifierOptions;
  // The answer of a good verification and the message of a bad one's error hold the same report.
  return await new Verifier(options).verifyProvider().catch((error: Error) => error.message);
}

process.on('message', (job: VerifierJob) => {
  void run(job).then((report) => process.send?.(report));
});
