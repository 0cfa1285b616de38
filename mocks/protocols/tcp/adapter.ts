import { tcpProfile } from '../../../contracts/messages/tcp.ts';
import type { Carries, ProtocolAdapter } from '../../adapter.ts';
import type { AdapterOptions } from '../../registry.ts';
import type { Codec } from './codec.ts';
import { defaultCodec } from './default-codec.ts';
import { defaultTcpLimits, type TcpLimits } from './limits.ts';
import { openLine } from './line.ts';
import { loadCodec } from './load-codec.ts';
import { play } from './play.ts';
import { serve } from './serve.ts';
import { tap } from './tap.ts';

/**
 * The TCP adapter, for one codec.
 * @param codec how messages become bytes; {@link loadCodec} gets another one than the default
 * @param changed limits that differ from the defaults
 */
export function createTcpAdapter(
  codec: Codec = defaultCodec,
  changed: Partial<TcpLimits> = {},
): ProtocolAdapter & Carries {
  const limits = { ...defaultTcpLimits, ...changed };
  return {
    profile: tcpProfile,
    play: (performance, at, signal) => play(performance, at, signal, { codec, limits }),
    serve: (options) => serve(options, codec, limits),
    tap: (listen, forward) => tap(listen, forward, codec, limits),
    openLine: () => openLine(codec, limits),
  };
}

/** TCP with the default codec. */
export const adapter: ProtocolAdapter & Carries = createTcpAdapter();

/** TCP with the codec of a file. @throws {CodecError} when it cannot be loaded */
export async function adapterWith({ codec }: AdapterOptions): Promise<ProtocolAdapter> {
  return codec === undefined ? adapter : createTcpAdapter(await loadCodec(codec));
}
