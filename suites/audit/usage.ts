import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin, inChild, inFolder, junitIn, verifyHere, verifyInChild, verifyWithout } from './run.ts';
import { type Aftermath, broken, type Situation, unproven } from './situation.ts';

const asked = (name: string, args: readonly string[], sentence: string | RegExp): Situation => ({
  name,
  happen: () => verifyHere(...args),
  ...unproven,
  sentence,
});

async function withReport(folder: string): Promise<Aftermath> {
  return {
    ...(await inChild(process.execPath, [bin, 'verify', '26', '--json', '--report', folder])),
    ...junitIn(folder),
  };
}

/** A verification that cannot even begin: what was asked for does not exist, or makes no sense. */
export const usage: readonly Situation[] = [
  asked('an unknown connection', ['61'], '"61" is no connection; expected a number from 1 to 60'),
  {
    ...asked('a connection without contract', ['22'], 'connection 22 has no contract; see "voxpact list"'),
    happen: () => verifyWithout(22, '22'),
  },
  asked(
    'an unknown service',
    ['--service', 'nobody'],
    /there is no service "nobody"; the services are .*config-service/,
  ),
  asked(
    'a service on the other side than the one asked for',
    ['--service', 'redis', '--source'],
    'no contract has Redis on the side that is asked for',
  ),
  {
    ...asked('an unknown option', ['--frobnicate'], "error: unknown option '--frobnicate'"),
    // Nobody knows yet that a report was asked for.
    junit: 'none',
  },
  asked(
    'an address of another protocol',
    ['26', '--at', 'ftp://127.0.0.1:21'],
    '"ftp://127.0.0.1:21" is not an address for HTTP',
  ),
  asked(
    'an address that is none',
    ['26', '--at', 'http://127.0.0.1:99999'],
    '"http://127.0.0.1:99999" is not an address',
  ),
  asked('an address without its port', ['49', '--at', 'redis://127.0.0.1'], '"redis://127.0.0.1" has no port'),
  asked(
    'a login that is not percent-encoded',
    ['49', '--at', 'redis://admin:%zz@127.0.0.1:6379'],
    'the login in "redis://admin:...@127.0.0.1:6379" is not percent-encoded as in a URL',
  ),
  asked(
    'one address for two systems',
    ['3', '26', '--at', '127.0.0.1:9100'],
    /--at is one address, but these connections end at Tenant Service at port 8888 over TCP, Config Service at port 9100 over HTTP/,
  ),
  asked(
    'a source under test with an address',
    ['26', '--source', '--at', '127.0.0.1:9100'],
    '--at names a destination',
  ),
  asked('state changes of nobody', ['26', '--states', 'http://127.0.0.1:9100'], 'name it with --at'),
  asked(
    'a state-change URL that is none',
    ['26', '--at', '127.0.0.1:9100', '--states', '/states'],
    '"/states" is no state-change URL; expected something like http://127.0.0.1:9100/states',
  ),
  {
    ...asked(
      'a gate over connections without contract',
      ['--service', 'config-service', '--require', 'all'],
      'connection 22 Dial Plan Service -> Config Service has no contract',
    ),
    happen: () => verifyWithout(22, '--service', 'config-service', '--require', 'all'),
    ...broken,
  },
  asked('a codec that is not there', ['3', '--codec', '/nowhere/codec.ts'], 'codec /nowhere/codec.ts cannot be loaded'),
  {
    name: 'a codec that is none',
    happen: () =>
      inFolder((folder) => {
        const file = join(folder, 'codec.mjs');
        writeFileSync(file, 'export default { encode() {} };\n');
        return verifyInChild(['3', '--codec', file]);
      }),
    ...unproven,
    sentence:
      /codec .*codec\.mjs: expected a default export with the functions encode, control, decoder; it has no control/,
  },
  {
    name: 'a codec that throws while it is loaded',
    happen: () =>
      inFolder((folder) => {
        const file = join(folder, 'codec.mjs');
        writeFileSync(file, 'throw new Error("no licence");\n');
        return verifyInChild(['3', '--codec', file]);
      }),
    ...unproven,
    sentence: /codec .*codec\.mjs cannot be loaded: no licence/,
  },
  {
    name: 'a report folder that is a file',
    happen: () =>
      inFolder((folder) => {
        const file = join(folder, 'file');
        writeFileSync(file, '');
        return withReport(file);
      }),
    ...unproven,
    junit: 'none',
    sentence: /the report folder .*file cannot be written to: EEXIST/,
  },
  {
    name: 'a report folder that nobody may write to',
    happen: () => withReport('/proc/self'),
    ...unproven,
    junit: 'none',
    sentence: 'the report folder /proc/self cannot be written to',
  },
  {
    name: 'a disk that is full before the run',
    happen: () => withReport('/dev/full'),
    ...unproven,
    junit: 'none',
    sentence: 'the report folder /dev/full cannot be written to',
  },
  {
    name: 'a disk that is full when the reports are written',
    // The exec line fills the disk while the run is under way.
    happen: () =>
      inFolder(async (folder) => ({
        ...(await inChild(process.execPath, [
          bin,
          ...['verify', '26', '--json', '--report', folder],
          ...['--exec', `ln -sf /dev/full '${join(folder, 'report.json')}'`],
        ])),
        ...junitIn(folder),
      })),
    ...unproven,
    sentence: /the reports could not be written to .*: ENOSPC/,
  },
  {
    name: 'a standard output that is full',
    happen: () => inChild('bash', ['-c', 'exec node "$0" verify 26 --json > /dev/full', bin]),
    exitCode: 2,
    json: undefined,
    junit: 'none',
    sentence: 'voxpact: the output could not be written: ENOSPC',
  },
];
