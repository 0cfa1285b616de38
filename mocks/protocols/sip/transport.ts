import type { Contract } from '../../../contracts/contract.ts';
import { rowOf } from '../../../contracts/parts.ts';

export type SipTransport = 'TCP' | 'UDP';

/** The transport that the table gives for a connection. @throws Error when it is no SIP connection. */
export function transportOf(contract: Contract): SipTransport {
  const { protocol } = rowOf(contract);
  if (protocol === 'SIP/TCP') return 'TCP';
  if (protocol === 'SIP/UDP') return 'UDP';
  throw new Error(`connection ${contract.connection} is ${protocol}, not a SIP connection`);
}
