import { answered, notRead, objectPath } from '../common/config-service.ts';
import { agentDn, getStatus, loggedInAgent } from '../common/config-service-devices.ts';
import { refusedLookUp, storeLost, unknownDnRefused } from '../common/config-service-errors.ts';
import { anyOptions, dnWith, lookUp, switchWith, telephonySection } from '../common/config-service-look-ups.ts';
import { states } from '../common/config-service-states.ts';
import { sidecarWithoutUpstream } from '../common/http-common.ts';
import { assumed, inferred, source } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import type { HttpMessage, HttpRequest } from '../messages/http.ts';
import { world } from '../world.ts';

const { dialPlanSection } = dialect.http.configService;

const getDn: HttpRequest = {
  method: 'GET',
  path: objectPath(world.tenant.uuid, 'DN'),
  query: { number: world.dns.agent.number },
};

/** The Dial Plan Service reads what a number is, which dial plan its switch has, and whether somebody is there. */
export default defineContract<HttpMessage>({
  connection: 22,
  port: 9100,
  interactions: [
    lookUp(
      {
        description: 'look up the called DN',
        given: states.dnExists,
        basis: assumed('a call is routed by the type, the switch and the options of the DN'),
      },
      'DN',
      { number: world.dns.agent.number },
      dnWith(world.dns.agent, {
        dnType: 'Extension',
        switchDbid: world.switch.dbid,
        annex: { [telephonySection]: anyOptions('sip-cti-control', 'talk') },
      }),
    ),
    lookUp(
      {
        description: 'look up the switch with its dial plan',
        given: states.switchExists,
        basis: inferred(
          'the sample deployment names one switch for all, and a dial plan of the predecessor is a section of options',
        ),
        free: notRead('Dial Plan Service', 'tserverDbid'),
      },
      'Switch',
      { name: world.switch.name },
      switchWith({ annex: { [dialPlanSection]: anyOptions('dial-plan-rule-1', '7XXX=>7XXX') } }),
    ),
    {
      description: 'read whether an agent is at the device before a call is forwarded',
      basis: assumed('a call to a device where nobody is logged in is forwarded, so the status has to name the agent'),
      given: [states.registeredAndLoggedIn],
      free: notRead('Dial Plan Service', 'contact', 'expiresAt'),
      steps: [source<HttpMessage>(getStatus), answered({ dn: agentDn, registered: true, agent: loggedInAgent })],
    },
    unknownDnRefused('look up a called DN that does not exist'),
    refusedLookUp('look up a switch by a key that its type does not have', 'Switch', {
      number: world.dns.agent.number,
    }),
    storeLost('look up the called DN while the service has lost Redis', getDn),
    sidecarWithoutUpstream('look up the called DN while the service is down', states.down, getDn),
  ],
});
