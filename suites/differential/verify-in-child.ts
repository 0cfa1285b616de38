/** Runs Pact's Verifier on one file and sends the result of each interaction to the parent: port and file are the arguments. */
import { Verifier } from '@pact-foundation/pact-core';

interface Results {
  interactionResults: { description: string; result: string }[];
}

const [port, file = ''] = process.argv.slice(2);
const verifier = new Verifier({
  provider: 'pact',
  providerBaseUrl: `http://127.0.0.1:${port}`,
  pactUrls: [file],
  logLevel: 'error',
});
// A failed verification is rejected with the same JSON that a successful one resolves with.
const text = await verifier.verify().catch((error: Error) => error.message);
const { interactionResults } = JSON.parse(text) as Results;
process.send?.(
  interactionResults.map(({ description, result }) => [description, result === 'OK']),
  () => process.disconnect(),
);
