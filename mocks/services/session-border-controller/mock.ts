import { world } from '../../../contracts/world.ts';
import {
  always,
  beginning,
  credentials,
  dialledState,
  type SipServiceMock,
  streamLimits,
  switchState,
} from '../../protocols/sip/service.ts';

const OVERLOADED = 'the carrier is overloaded';
const CALLER_DIALS = 'a caller dials a number of the tenant';
const { pstn, sbc } = world;

/** The carrier's side of a trunk, and the public network behind it, played by the dialled number. */
const mock: SipServiceMock = {
  system: 'Session Border Controller',
  switches: [OVERLOADED],
  states: {
    'the trunk is up': always,
    'a number of the public network answers': dialledState(pstn.answering),
    'a number plays an announcement and answers': dialledState(pstn.announcing),
    'a number wants its announcement acknowledged': dialledState(pstn.confirming),
    [CALLER_DIALS]: beginning(CALLER_DIALS),
    'the trunk is asked who it is': async (world, params) => ({
      ...(await dialledState(pstn.guarded)(world, params)),
      values: credentials(sbc.login),
    }),
    'a trunk permits no REFER': dialledState(pstn.unreferable),
    'a carrier wants long sessions': dialledState(pstn.longTimed),
    'a number takes digits as telephone events': dialledState(pstn.keyed),
    'a number answers and hangs up': dialledState(pstn.leaving),
    'a number plays an announcement and does not answer': dialledState(pstn.waiting),
    'a number is busy': dialledState(pstn.busy),
    'a number is not assigned': dialledState(pstn.unassigned),
    'a number is incomplete': dialledState(pstn.incomplete),
    'a subscriber is not available': dialledState(pstn.unavailable),
    'a subscriber declines calls': dialledState(pstn.declining),
    'a number has moved': dialledState(pstn.moved),
    [OVERLOADED]: switchState(OVERLOADED),
  },
  notModelled: [
    'media: nothing is sent to the ports of the session descriptions',
    'the answer to a challenge: it is taken as it is, since SIPp reads credentials of a proxy only to write them',
    'several trunks, each on a port of its own',
    ...streamLimits,
    'time: a session is as long as its dialog, and an announcement as long as it takes to say so',
  ],
};

export default mock;
