import { dialect } from '../../../contracts/dialect.ts';
import type { StorageAccount } from './shared-key.ts';

/**
 * The account of the storage emulator with the key that Microsoft publishes for it ("Use the Azurite emulator", section
 * "Well-known storage account and key"). No secret: a service that is set up for the emulator finds it here as it is.
 */
export const emulatorAccount: StorageAccount = {
  name: dialect.http.objectStorage.account,
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
};
