import { connectionByNumber } from '../../../contracts/architecture.ts';

export type SipTransport = 'TCP' | 'UDP';

/** The transport that the table gives for a connection. @throws Error when it is no SIP connection. */
export function transportOf(connection: number): SipTransport {
  const protocol = connectionByNumber(connection)?.protocol;
  if (protocol === 'SIP/TCP') return 'TCP';
  if (protocol === 'SIP/UDP') return 'UDP';
  throw new Error(`connection ${connection} is ${protocol ?? 'not in the connections table'}, not a SIP connection`);
}
