import type { ProtocolName, SystemName } from '../../contracts/architecture.ts';
import type { Contract } from '../../contracts/contract.ts';
import { rowOf } from '../../contracts/parts.ts';
import type { Mock, ProtocolAdapter } from '../../mocks/adapter.ts';
import { adapterFor, isSameWire } from '../../mocks/registry.ts';
import type { Destination } from './destinations.ts';

/** A mock of a system that listens nowhere on a wire, and opens connections there when it is asked to. */
export interface Caller {
  system: SystemName;
  protocol: ProtocolName;
  adapter: ProtocolAdapter;
  /** Those whose source the system is. */
  contracts: readonly Contract[];
  server: Mock;
}

/**
 * Stands in for the sources of contracts, but for those systems that are up as a destination of the same wire: these open their
 * connections themselves.
 */
export async function startCallers(dials: readonly Contract[], up: readonly Destination[]): Promise<Caller[]> {
  const bySystem = Map.groupBy(dials, (contract) => rowOf(contract).dials);
  const callers = [...bySystem].map(async ([system, contracts]): Promise<Caller | undefined> => {
    const { protocol } = rowOf(contracts[0] as Contract);
    if (up.some((each) => each.system === system && isSameWire(each.protocol, protocol))) return undefined;
    const adapter = await adapterFor(protocol);
    const server = adapter.dial?.({ dials: contracts });
    return server === undefined ? undefined : { system, protocol, adapter, contracts, server };
  });
  return (await Promise.all(callers)).filter((caller) => caller !== undefined);
}
