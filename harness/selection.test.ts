import { getCACertificates } from 'node:tls';
import { describe, expect, test } from '@jest/globals';
import { assumed, type Contract, destination } from '../contracts/contract.ts';
import { parseAddress } from './address.ts';
import { UsageError } from './errors.ts';
import { parseAsked, parseSystem, select } from './selection.ts';

function contract(connection: number): Contract {
  const step = destination<unknown>({ status: 200 });
  return { connection, interactions: [{ description: 'x', basis: assumed('test'), given: [], steps: [step] }] };
}

describe('a selection', () => {
  const contracts = [contract(9), contract(26)];

  test('is everything when nothing is asked for', () => {
    expect(select(contracts, { asked: [] })).toEqual(contracts);
  });

  test('is what a service has a part in, on either side', () => {
    expect(select(contracts, { asked: [], service: 'Config Service' })).toEqual([contracts[1]]);
    expect(select(contracts, { asked: [], service: 'Tenant Service' })).toEqual(contracts);
  });

  test('refuses connections without a contract, by number', () => {
    expect(() => select(contracts, { asked: [{ number: 26 }, { number: 27 }, { number: 28 }] })).toThrow(
      new UsageError('connections 27, 28 have no contract; see "voxpact list"'),
    );
  });

  test('may name one part of a connection', () => {
    const azure = contract(24);
    const s3 = { ...contract(24), part: { name: 's3' } };
    const all = [...contracts, azure, s3];
    expect(select(all, { asked: [parseAsked('24')] })).toEqual([azure, s3]);
    expect(select(all, { asked: [parseAsked('24.s3'), parseAsked('9')] })).toEqual([contracts[0], s3]);
    expect(select(all, { asked: [parseAsked('24.main')] })).toEqual([azure]);
    expect(() => select(all, { asked: [parseAsked('24.gcs')] })).toThrow(
      new UsageError('connection 24 has no part "gcs"; it has main, s3'),
    );
  });

  test('refuses to verify nothing', () => {
    expect(() => select(contracts, { asked: [], service: 'Kafka' })).toThrow(
      new UsageError('no contract fits; nothing would be verified for Kafka'),
    );
  });

  test.each(['0', '61', 'x', '-1', '9.5', '', '0x1', '24.', '24.S3'])('refuses "%s" as a connection', (word) => {
    expect(() => parseAsked(word)).toThrow(`"${word}" is no connection; expected a number from 1 to 60`);
  });

  test('knows a service by its printed name and by its slug', () => {
    expect(parseSystem('config-service')).toBe('Config Service');
    expect(parseSystem('External/customer')).toBe('External/customer');
    expect(() => parseSystem('confg')).toThrow(
      /^there is no service "confg"; the services are cx-contact, tenant-service/,
    );
  });
});

describe('an address', () => {
  test('is a URL of its protocol, or host and port', () => {
    expect(parseAddress('http://127.0.0.1:9100', 'HTTP')).toEqual({ host: '127.0.0.1', port: 9100 });
    expect(parseAddress('127.0.0.1:8888', 'TCP')).toEqual({ host: '127.0.0.1', port: 8888 });
    expect(parseAddress('https://localhost', 'HTTPS')).toMatchObject({ host: 'localhost', port: 443 });
    expect(parseAddress('sip:127.0.0.2:5080', 'SIP/TCP')).toEqual({ host: '127.0.0.2', port: 5080 });
    expect(parseAddress('redis://admin:p%40ss@[::1]:6379', 'Redis')).toEqual({
      host: '::1',
      port: 6379,
      user: 'admin',
      password: 'p@ss',
    });
    expect(parseAddress('postgres://t100:pw@127.0.0.1:5432/t100', 'Postgres')).toMatchObject({ database: 't100' });
    expect(parseAddress('kafka://127.0.0.1:9092', 'Kafka')).toEqual({ host: '127.0.0.1', port: 9092 });
  });

  test('with TLS trusts what Node trusts', () => {
    const ca = getCACertificates('default').join('\n');
    expect(parseAddress('kafkas://127.0.0.1:9093', 'Kafka')).toEqual({ host: '127.0.0.1', port: 9093, ca });
    const database = 'postgres://127.0.0.1:5432/t100?sslmode=';
    expect(parseAddress(`${database}verify-full`, 'Postgres')).toMatchObject({ database: 't100', ca });
    expect(parseAddress(`${database}disable`, 'Postgres')).not.toHaveProperty('ca');
    expect(() => parseAddress(`${database.replace('//', '//u:secret@')}require`, 'Postgres')).toThrow(
      '"postgres://u:...@127.0.0.1:5432/t100?sslmode=require": sslmode is "require"; expected "verify-full", or "disable" for no TLS',
    );
  });

  test.each([
    [
      'ftp://127.0.0.1:21',
      '"ftp://127.0.0.1:21" is not an address for HTTP; expected something like http://127.0.0.1:9100',
    ],
    ['http://', '"http://" is not an address; expected something like http://127.0.0.1:9100'],
    ['127.0.0.1:99999', '"127.0.0.1:99999" is not an address; expected something like http://127.0.0.1:9100'],
  ])('"%s" is refused in one sentence', (text, sentence) => {
    expect(() => parseAddress(text, 'HTTP')).toThrow(sentence);
  });

  test('without a port is refused where the protocol has no port of its own', () => {
    expect(() => parseAddress('127.0.0.1', 'TCP')).toThrow('"127.0.0.1" has no port');
  });
});
