import type { Interaction } from '../../../contracts/contract.ts';
import { compile } from '../../../contracts/matching.ts';
import { isSipRequest, isSipResponse } from '../../../contracts/messages/sip.ts';
import type { SipTransport } from './transport.ts';
import { T1_MS } from './xml.ts';

/** How a message is sent that is repeated until it is answered, or not. */
export const repetition = (repeated: boolean) => (repeated ? { retrans: T1_MS } : {});

/**
 * Whether SIPp repeats a message until it is answered: over UDP a request, and a final response to INVITE (RFC 3261, sections
 * 17.1 and 17.2.1). It takes nothing but the answer to what it repeats, so what crosses another message is sent once.
 */
export function isRepeated({ steps }: Interaction, index: number, transport: SipTransport): boolean {
  const [own, next] = steps.slice(index, index + 2).map(({ content }): unknown => compile(content).example);
  if (transport === 'TCP') return false;
  if (isSipRequest(own)) return own.method !== 'ACK' && !isSipRequest(next);
  const isAwaited = steps[index + 1]?.from !== steps[index]?.from && isSipRequest(next) && next.method === 'ACK';
  return isSipResponse(own) && own.status >= 200 && isAwaited;
}
