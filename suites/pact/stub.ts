import { once } from 'node:events';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { freePort } from '../../mocks/ports.ts';
import { startProcess } from '../../mocks/process.ts';

/** The header in which a request may name the provider state that it means. */
export const stateHeader = 'x-provider-state';

/**
 * Starts Pact's official stub server on a pact file. It has no option for the address it binds, and listens on every one of
 * this machine, so it runs for the length of a test only.
 */
export async function startStub(file: string) {
  const port = await freePort();
  const stub = createRequire(import.meta.url).resolve('@pact-foundation/pact-cli/bin/pact-stub-server.js');
  const server = await startProcess({
    name: 'pact-stub-server',
    command: process.execPath,
    args: [
      stub,
      '--file',
      file,
      '--port',
      String(port),
      '--provider-state-header-name',
      stateHeader,
      '--loglevel',
      'error',
    ],
    ready: async () => {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect').finally(() => socket.destroy());
    },
    readyTimeoutMs: 10_000,
    missing: 'Run "npm ci": it comes with @pact-foundation/pact-cli.',
  });
  return { address: { host: '127.0.0.1', port }, stop: () => server.stop() };
}
