import { world } from '../../../contracts/world.ts';
import { always, dialledState, type SipServiceMock, switchState } from '../../protocols/sip/service.ts';

const CAPACITY_USED_UP = 'the capacity for calls is used up';

/** The SIP side of the gateway between browsers and SIP; the agent's browser is played by the dialled number. */
const mock: SipServiceMock = {
  system: 'WebRTC Media Service',
  switches: [CAPACITY_USED_UP],
  states: {
    'the service is up': always,
    'an agent has a browser session': dialledState(world.dns.webrtc.number),
    'an agent has no browser session': dialledState(world.dns.offline.number),
    'an agent rejects calls': dialledState(world.dns.busy.number),
    'an agent lets calls ring': dialledState(world.dns.ringing.number),
    [CAPACITY_USED_UP]: switchState(CAPACITY_USED_UP),
  },
  notModelled: [
    'media: nothing is sent to the ports of the session descriptions',
    'the browser side: WebSocket signalling, ICE, DTLS',
    'registration of agents, and requests within a dialog other than ACK, CANCEL and BYE',
  ],
};

export default mock;
