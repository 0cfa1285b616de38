import { execSource } from '../../harness/verify/exec-source.ts';
import { broken, type Situation, unproven, type Wire } from './situation.ts';
import { from } from './sources.ts';

const { signal } = new AbortController();
const http: Wire = { protocol: 'HTTP', number: 26, interaction: 'read the own tenant back' };

const exec = (
  what: string,
  command: string,
  expected: typeof broken,
  sentence: string | RegExp,
  timeoutMs = 20_000,
): Situation => from(http, what, () => execSource(command, signal, timeoutMs), expected, sentence);

const fetchNoSuchRoute =
  'const {VOXPACT_HOST: host, VOXPACT_PORT: port} = process.env;' +
  "fetch('http://' + host + ':' + port + '/no/such/route').then(({ok}) => process.exit(ok ? 0 : 22))";

/** Exec lines that do nothing, or something wrong. */
export const execLines: readonly Situation[] = [
  exec('whose command does nothing', 'true', broken, /step 1 of 2, from the source: expected GET \S+, got nothing/),
  exec(
    'whose command is not there',
    'no-such-command --once',
    unproven,
    /the exec line ended with exit code 127 for .*not found/,
  ),
  exec(
    'whose command fails',
    'echo no licence >&2; exit 3',
    unproven,
    /the exec line ended with exit code 3 for .*; the last that it said: "no licence"/,
  ),
  exec('whose command is killed', 'kill -9 $$', unproven, /the exec line was ended by SIGKILL for /),
  exec(
    'whose command hangs',
    'sleep 600; true',
    unproven,
    /the exec line did not end within 500 ms for "read the own tenant back"/,
    500,
  ),
  exec(
    'whose command leaves a helper behind that hangs',
    'sleep 600 & exit 0',
    broken,
    /from the source: expected GET \S+, got nothing/,
  ),
  exec(
    'whose command prints garbage without end',
    'yes | head -c 3000000; exit 4',
    unproven,
    /the exec line ended with exit code 4 for /,
  ),
  from(
    http,
    'whose command sends something else and fails for it',
    () => execSource(`'${process.execPath}' -e "${fetchNoSuchRoute}"`, signal, 20_000),
    broken,
    /\$\.path: expected "\S+", got "\/no\/such\/route"(.|\n)*the exec line ended with exit code 22 for /,
  ),
];
