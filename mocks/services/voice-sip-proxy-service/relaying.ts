import { answeredCall } from '../../../contracts/common/sip-calls.ts';
import { platformDomain } from '../../../contracts/common/sip-treatment.ts';
import { exchange } from '../../../contracts/common/sip-within.ts';
import type { Interaction } from '../../../contracts/contract.ts';
import { mirrored } from '../../../contracts/mirrored.ts';
import { world } from '../../../contracts/world.ts';
import type { Place, Relaying } from '../../protocols/sip/proxy/relaying.ts';

const { call, dns, pstn, tenant } = world;

/** Agents at a browser, and what becomes of a call to each. */
const browsers = [
  dns.webrtc,
  dns.busy,
  dns.ringing,
  dns.declining,
  dns.holding,
  dns.leaving,
  dns.otherCodec,
  dns.rigid,
  dns.glaring,
];

/** Phones at the far ends; some of their numbers are a browser's where there is one. */
const phones = [
  dns.answering,
  dns.talking,
  dns.timed,
  dns.longTimed,
  dns.leaving,
  dns.ringing,
  dns.busy,
  dns.declining,
];

const places: readonly Place[] = [
  ...browsers.map(({ number }): Place => ({ number, at: 'WebRTC Media Service' })),
  ...Object.values(pstn).map((number): Place => ({ number, at: 'Session Border Controller' })),
  ...phones.map(({ number }): Place => ({ number })),
  // It is the proxy itself that stays on the route, and that gives up.
  { number: dns.routed.number, at: 'Session Border Controller', as: pstn.answering },
  { number: dns.routed.number, as: dns.answering.number },
  { number: dns.silent.number, as: dns.ringing.number, ringsMs: 500 },
  { number: dns.offline.number, refused: { status: 480, reason: 'Temporarily Unavailable' } },
  { number: dns.unreachable.number, isDown: true },
  { number: dns.routePoint.number, isSource: true },
  { number: call.dnis, isSource: true, as: dns.routePoint.number },
];

const calling = 'a caller dials a route point';

/** As whoever dials sends it, before the proxy has it. */
const callFromOutside = [
  ...answeredCall('TCP', dns.routePoint.number, { anonymous: true }),
  ...exchange('TCP', 'callee', 'BYE', { number: 1, first: true }),
];

/** How the SIP Proxy relays; see `protocols/sip/proxy`. */
export const relaying: Relaying = {
  domain: tenant.sipDomain,
  places,
  sourceDomains: [platformDomain],
  asking: 'the proxy asks whether a node is in service',
  asFarEnd: (interaction: Interaction) =>
    interaction.given.some(({ name }) => name === calling)
      ? { ...interaction, steps: mirrored(callFromOutside) }
      : interaction,
};
