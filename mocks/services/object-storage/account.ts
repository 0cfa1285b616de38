import { dialect } from '../../../contracts/dialect.ts';

/** Who may use a store: an account and its key in base64 at Azure, an access key id and its secret access key at S3. */
export interface StorageAccount {
  name: string;
  key: string;
}

/**
 * The account of the storage emulator with the key that Microsoft publishes for it ("Use the Azurite emulator", section
 * "Well-known storage account and key"). No secret: a service that is set up for the emulator finds it here as it is.
 */
export const emulatorAccount: StorageAccount = {
  name: dialect.http.objectStorage.account,
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
};

/** The access key that AWS prints in its documentation ("Signing and authenticating REST requests"). No secret. */
export const exampleAccessKey: StorageAccount = {
  name: 'AKIAIOSFODNN7EXAMPLE',
  key: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
