import { documented, type Interaction, type ProviderState } from '../contract.ts';
import type { SipMessage } from '../messages/sip.ts';
import { answeredCall } from './sip-calls.ts';
import { sipSteps } from './sip-dialog.ts';

/** A call whose connection is lost while it is up, and which is released over a new one. @param given where the number answers */
export function reconnectedCall(number: string, given: ProviderState): Interaction<SipMessage> {
  const { bye, released } = sipSteps('TCP');
  return {
    description: 'a call whose connection is lost goes on over a new one',
    basis: documented('RFC 3261, sections 12 (a dialog knows no connection), 12.2.1.1 and 18.1.1'),
    given: [given],
    steps: [...answeredCall('TCP', number), { ...bye(), reconnected: true }, released()],
    only: { side: 'destination', reason: 'a mock does not see over which connection a message comes' },
  };
}
