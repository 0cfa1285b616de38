#!/usr/bin/env node
import * as nodeModule from 'node:module';

const oldestMajor = 22;
/** What a shell reports for a process that a signal ended, less the signal's number. */
const signalExitBase = 128;
const errorExitCode = 2;
/** How long a command that was interrupted may take to stop what it started and to print what it has. */
const graceMs = 10_000;
const major = Number(process.versions.node.split('.')[0]);

if (major < oldestMajor) {
  process.stderr.write(`voxpact: Node ${oldestMajor} or newer is needed, this is Node ${process.versions.node}\n`);
  process.exit(errorExitCode);
}

// What is compiled once is there at the next start, which takes two thirds of the time then. It lies in the system's temporary folder;
// NODE_DISABLE_COMPILE_CACHE=1 does without. The first releases of Node 22 have none.
nodeModule.enableCompileCache?.();

// Loaded only now: an older Node would stop with a syntax error instead of the sentence above.
const { main } = await import('./cli.ts');
const { contractedNumbers, loadContracts } = await import('../contracts/catalogue.ts');
const { endInGoodOrder } = await import('../mocks/process.ts');
endInGoodOrder(graceMs);
const interrupt = new AbortController();
let outputLost = false;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever read has gone (`voxpact list | head -1`): it knows that itself.
  if (!outputLost && error.code !== 'EPIPE') {
    process.stderr.write(`voxpact: the output could not be written: ${error.message}\n`);
  }
  outputLost = true;
  process.exitCode = errorExitCode;
});
// With nobody to read the notes, the result and the exit code still count.
process.stderr.on('error', () => {});
for (const [signal, number] of [
  ['SIGHUP', 1],
  ['SIGINT', 2],
  ['SIGTERM', 15],
] as const) {
  process.once(signal, () => {
    process.stderr.write('voxpact: interrupted, everything that was started is stopped\n');
    process.exitCode = signalExitBase + number;
    interrupt.abort(signal);
  });
}
const code = await main(process.argv.slice(2), {
  print: (text) => process.stdout.write(`${text}\n`),
  note: (text) => process.stderr.write(`${text}\n`),
  terminal: process.stdout.isTTY === true,
  contracts: (numbers) => loadContracts(numbers),
  contracted: (systems) => contractedNumbers(systems),
  signal: interrupt.signal,
});
if (!interrupt.signal.aborted) process.exitCode = outputLost ? errorExitCode : code;
