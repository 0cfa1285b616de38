import { isIPv6 } from 'node:net';
import type { Contract } from '../../../contracts/contract.ts';
import { rowOf } from '../../../contracts/parts.ts';

export type SipTransport = 'TCP' | 'UDP';

/** The scenarios and the SDP in them are written for IPv4 (`IN IP4`). @throws Error with one sentence for an address of IPv6 */
export function assertIpv4(host: string): void {
  if (isIPv6(host))
    throw new Error(`SIP is spoken over IPv4 here, not with ${host}; give an address such as 127.0.0.1.`);
}

/** The transport that the table gives for a connection. @throws Error when it is no SIP connection. */
export function transportOf(contract: Contract): SipTransport {
  const { protocol } = rowOf(contract);
  if (protocol === 'SIP/TCP') return 'TCP';
  if (protocol === 'SIP/UDP') return 'UDP';
  throw new Error(`connection ${contract.connection} is ${protocol}, not a SIP connection`);
}
