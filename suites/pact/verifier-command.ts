import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { execa } from 'execa';
import type { MockServer, StateSet } from '../../mocks/adapter.ts';

const verifyTimeoutMs = 20_000;

/** What the official Verifier asks of a state change URL. */
interface StateChange {
  action: 'setup' | 'teardown';
  state: string;
  params?: Record<string, string | number | boolean>;
}

/**
 * Runs the official `pact verifier` on a pact file against a mock. It is the same engine as the Verifier of pact-js, without
 * the proxy that pact-js puts before it: that one sends a form on as JSON under the form's content type.
 * @returns OK or Error by description
 */
export async function verifyByCommand(server: MockServer, file: string): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'voxpact-verifier-'));
  const report = join(folder, 'report.json');
  const states = await stateChangeServer(server);
  const verifier = createRequire(import.meta.url).resolve('@pact-foundation/pact-cli/bin/pact-verifier.js');
  const { host, port, ca } = server.address;
  try {
    const at = ['--transport', ca === undefined ? 'http' : 'https', '--hostname', host, '--port', String(port)];
    const state = ['--state-change-url', states.url, '--state-change-teardown'];
    const options = [...at, ...state, '--disable-ssl-verification', '--file', file, '--json', report];
    await execa(process.execPath, [verifier, ...options], { timeout: verifyTimeoutMs, reject: false });
    return results(await readFile(report, 'utf8'));
  } finally {
    await states.close();
    await rm(folder, { recursive: true });
  }
}

/** The verdicts of a report of the official Verifier, by description. */
export function results(report: string): Record<string, string> {
  const { interactionResults } = JSON.parse(report) as {
    interactionResults: { description: string; result: string }[];
  };
  return Object.fromEntries(interactionResults.map(({ description, result }) => [description, result]));
}

async function stateChangeServer(server: MockServer) {
  const sets = new Map<string, StateSet>();
  const change = async ({ action, state, params = {} }: StateChange) => {
    if (action === 'setup') sets.set(state, await server.setState({ name: state, params }));
    else await sets.get(state)?.undo();
  };
  const http = createServer((request, response) => {
    void json(request)
      .then((body) => change(body as StateChange))
      .then(
        () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
        (error: Error) => response.writeHead(500).end(error.message),
      );
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const close = () =>
    new Promise((resolve) => {
      http.close(resolve);
      http.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}/`, close };
}
