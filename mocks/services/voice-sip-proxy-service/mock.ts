import { world } from '../../../contracts/world.ts';
import { always, dialledState, type SipServiceMock, switchState } from '../../protocols/sip/service.ts';

const LIMIT_REACHED = 'the limit of new dialogs is reached';

/** Stands for the SIP Proxy and for all that it would forward to: it answers calls itself, by the dialled number. */
const mock: SipServiceMock = {
  system: 'Voice SIP Proxy Service',
  switches: [LIMIT_REACHED],
  states: {
    'the proxy is in service': always,
    'a DN answers': dialledState(world.dns.answering.number),
    'a DN rings and is not answered': dialledState(world.dns.ringing.number),
    'a DN is busy': dialledState(world.dns.busy.number),
    'a number is in no dial plan': dialledState(world.dns.unknown.number),
    [LIMIT_REACHED]: switchState(LIMIT_REACHED),
  },
  notModelled: [
    'forwarding: no second leg, so no Via, Record-Route or Max-Forwards of a proxy',
    'the rate limit counts nothing: it is reached or not',
    'requests within a dialog other than ACK, CANCEL and BYE',
  ],
};

export default mock;
