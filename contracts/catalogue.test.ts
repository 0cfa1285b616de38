import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Connection, systems } from './architecture.ts';
import { contractedNumbers, contractFileName, loadContracts } from './catalogue.ts';
import { rowOf } from './parts.ts';

describe('the catalogue', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'voxpact-catalogue-'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const base = () => pathToFileURL(`${folder}/`);
  const load = (numbers?: readonly number[]) => loadContracts(numbers, base());
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

  test('finds our contracts by folder scan, in the order of their numbers', async () => {
    const numbers = (await loadContracts()).map(({ connection }) => connection);
    expect(numbers).toEqual(expect.arrayContaining([3, 9, 13, 24, 26, 44, 49, 50, 51, 57]));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  });

  test('loads the contracts of the connections that are asked for, all their parts, and no others', async () => {
    write('24-voicemail--object-storage.js', 'export default { connection: 24, interactions: [] };');
    write(
      '24-voicemail--object-storage.s3.js',
      'export default { connection: 24, part: { name: "s3" }, interactions: [] };',
    );
    write('26-tenant-service--config-service.js', 'throw new Error("nobody asked for it");');
    expect((await load([24, 27])).map(({ part }) => part?.name)).toEqual([undefined, 's3']);
    expect(await load([])).toEqual([]);
    await expect(load([26])).rejects.toThrow('nobody asked for it');
  });

  test('knows which connections have a contract without loading one', () => {
    write('24-voicemail--object-storage.js', 'throw new Error("nobody asked for it");');
    write('24-voicemail--object-storage.s3.js', 'throw new Error("nobody asked for it");');
    write('26-tenant-service--config-service.js', 'throw new Error("nobody asked for it");');
    write('99-moon--sun.js', '');
    write('README.md', '');
    expect(contractedNumbers(undefined, base())).toEqual([24, 26]);
    expect(contractedNumbers(['Tenant Service', 'ORS'], base())).toEqual([26]);
    expect(contractedNumbers(['Redis'], base())).toEqual([]);
  });

  test('stops at a file without a contract', async () => {
    write('26-tenant-service--config-service.js', 'export const x = 1;');
    await expect(load()).rejects.toThrow(
      'contracts/connections/26-tenant-service--config-service.js: expected a default export made by defineContract()',
    );
  });

  test('stops at a file that is named for another connection', async () => {
    write('27-x.js', 'export default { connection: 26, interactions: [] };');
    await expect(load()).rejects.toThrow(
      'contracts/connections/27-x.js: it holds connection 26, whose file is called 26-tenant-service--config-service',
    );
  });

  test('stops at an interaction that two parts of a connection have', async () => {
    const text = (part: string) =>
      `export default { connection: 24, ${part} interactions: [{ description: 'read a message' }] };`;
    write('24-voicemail--object-storage.js', text(''));
    write('24-voicemail--object-storage.s3.js', text('part: { name: "s3" },'));
    await expect(load()).rejects.toThrow(
      'contracts/connections/24-voicemail--object-storage.s3.js: "read a message" is an interaction of ' +
        '24-voicemail--object-storage.js already',
    );
  });

  test('stops at a file that cannot be loaded, with the reason', async () => {
    write('26-tenant-service--config-service.js', 'throw new Error("the field is bad");');
    await expect(load()).rejects.toThrow(
      'contracts/connections/26-tenant-service--config-service.js: the field is bad',
    );
  });
});

test.each(systems)('the contracts that have %s at one end are found by the names of their files', async (system) => {
  const ends = ({ dials, listens }: Connection) => dials === system || listens === system;
  const all = (await loadContracts()).filter(
    (contract) => ends(rowOf(contract)) || ends(rowOf({ connection: contract.connection })),
  );
  expect(contractedNumbers([system])).toEqual([...new Set(all.map(({ connection }) => connection))]);
});

test('a contract file is named by number, source and destination', () => {
  expect(contractFileName({ connection: 3 })).toBe('03-billing-data-service--tenant-service');
  expect(contractFileName({ connection: 44 })).toBe('44-designer-application-server--external-customer');
  expect(contractFileName({ connection: 24, part: { name: 's3' } })).toBe('24-voicemail--object-storage.s3');
  const part = { name: 'start', destination: 'Redis' } as const;
  expect(contractFileName({ connection: 10, part })).toBe('10-genesys-engagement-service--redis.start');
  expect(contractFileName({ connection: 61 })).toBeUndefined();
});
