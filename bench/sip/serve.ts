import webrtcContract from '../../contracts/connections/57-voice-sip-proxy-service--webrtc-media-service.ts';
import sbcContract from '../../contracts/connections/59-voice-sip-proxy-service--session-border-controller.ts';
import type { Contract } from '../../contracts/contract.ts';
import { adapter } from '../../mocks/protocols/sip/adapter.ts';
import type { SipTransport } from '../../mocks/protocols/sip/transport.ts';
import sbc from '../../mocks/services/session-border-controller/mock.ts';
import webrtc from '../../mocks/services/webrtc-media-service/mock.ts';
import { callSteps } from './call.ts';

const served = {
  UDP: { contracts: [webrtcContract as Contract], service: webrtc },
  TCP: { contracts: [sbcContract as Contract], service: sbc },
};

/** The mock as everybody gets it. It sends its port, and when it is asked, how many calls its record holds, and how many of them whole. */
const server = await adapter.serve({
  ...served[process.argv[2] as SipTransport],
  listen: { host: '127.0.0.1', port: 0 },
});
process.once('disconnect', () => server.close().then(() => process.exit()));
process.on('message', async () => {
  await server.settled();
  const exchanges = server.exchanges();
  const whole = exchanges.filter(({ messages, failure }) => messages.length === callSteps && failure === undefined);
  process.send?.({ calls: exchanges.length, whole: whole.length });
});
process.send?.(server.address.port);
