import { world } from '../../../contracts/world.ts';
import {
  always,
  beginning,
  credentials,
  dialledState,
  type SipServiceMock,
  switchState,
} from '../../protocols/sip/service.ts';

const CAPACITY_USED_UP = 'the capacity for calls is used up';
const { dns, phoneLogin } = world;

/** States in which an agent's phone registers, with what it needs for it. */
const registrations = {
  'an agent comes, stays and goes': {},
  'an agent registers with a password': credentials(phoneLogin),
  'an agent registers with a wrong password': credentials({ ...phoneLogin, password: 'another-password' }),
  'an agent registers an unknown DN': {},
  'an agent registers too briefly': {},
};

/** The SIP side of the gateway between browsers and SIP; the agent's browser is played by the dialled number. */
const mock: SipServiceMock = {
  system: 'WebRTC Media Service',
  switches: [CAPACITY_USED_UP],
  states: {
    'the service is up': always,
    'an agent has a browser session': dialledState(dns.webrtc.number),
    'an agent has no browser session': dialledState(dns.offline.number),
    'an agent rejects calls': dialledState(dns.busy.number),
    'an agent lets calls ring': dialledState(dns.ringing.number),
    'an agent answers when it is told to talk': dialledState(dns.talking.number),
    'an agent holds the call and takes it back': dialledState(dns.holding.number),
    'an agent answers and hangs up': dialledState(dns.leaving.number),
    'an agent declines calls': dialledState(dns.declining.number),
    'an agent has no codec in common': dialledState(dns.otherCodec.number),
    'an agent takes no change of the session': dialledState(dns.rigid.number),
    'an agent changes the session at the same time': dialledState(dns.glaring.number),
    ...Object.fromEntries(Object.entries(registrations).map(([name, values]) => [name, beginning(name, values)])),
    [CAPACITY_USED_UP]: switchState(CAPACITY_USED_UP),
  },
  notModelled: [
    'media: nothing is sent to the ports of the session descriptions',
    'the browser side: WebSocket signalling, ICE, DTLS',
    'time: nothing is registered again when its time is up, and no change is tried again after a glare',
  ],
};

export default mock;
