import type { Config } from 'jest';

const config: Config = {
  testEnvironment: './suites/environment.ts',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  // Most of the time is spent waiting for servers and clients in processes of their own.
  maxWorkers: '100%',
  testTimeout: 60_000,
};

export default config;
