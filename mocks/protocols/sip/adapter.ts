import { sipProfile } from '../../../contracts/messages/sip-profile.ts';
import type { Carries, Dials, ProtocolAdapter, Relays, Respells } from '../../adapter.ts';
import { dial } from './calls/dial.ts';
import { openLine } from './line.ts';
import { play as playDialog } from './play.ts';
import { canRelay } from './proxy/relaying.ts';
import { serveRelay } from './proxy/serve.ts';
import { respell } from './respell.ts';
import { serve } from './serve.ts';
import { tap } from './tap.ts';

const play: ProtocolAdapter['play'] = async (performance, at, signal) => {
  try {
    return await playDialog(performance, at, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    return { messages: [], failure: new Error(`the play was aborted: ${reason}`, { cause: error }) };
  }
};

/** SIP over TCP and UDP. SIPp plays both ends, Kamailio a proxy between them; the tap is ours. */
export const adapter: ProtocolAdapter & Respells & Carries & Relays & Dials = {
  profile: sipProfile,
  play,
  serve,
  relays: canRelay,
  serveBetween: serveRelay,
  dial,
  tap,
  respell,
  openLine,
};
