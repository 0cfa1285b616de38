import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Codec, CodecError } from './codec.ts';

const members = ['encode', 'control', 'decoder'] as const;

/**
 * The codec of a site's own: the default export of a module.
 * @param path of the module, from the working directory
 * @throws {CodecError} when there is no such file, it fails while loading, or its default export is no codec
 */
export async function loadCodec(path: string): Promise<Codec> {
  if (!existsSync(path)) throw new CodecError(`codec ${path} cannot be loaded: there is no such file`);
  const found = await importDefault(path);
  const missing = members.filter((member) => typeof (found as Partial<Codec> | undefined)?.[member] !== 'function');
  if (missing.length > 0) {
    throw new CodecError(
      `codec ${path}: expected a default export with the functions ${members.join(', ')}; it has no ${missing.join(', no ')}`,
    );
  }
  return found as Codec;
}

async function importDefault(path: string): Promise<unknown> {
  try {
    const module = (await import(pathToFileURL(resolve(path)).href)) as { default?: unknown };
    return module.default;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CodecError(`codec ${path} cannot be loaded: ${reason}`, { cause });
  }
}
