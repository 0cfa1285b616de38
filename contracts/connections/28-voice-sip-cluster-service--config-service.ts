import { notRead, objectPath, requestType } from '../common/config-service.ts';
import { refusedLookUp, storeLost, unknownDnRefused } from '../common/config-service-errors.ts';
import {
  anySections,
  dnWith,
  lookUp,
  storedObject,
  switchWith,
  telephonySection,
} from '../common/config-service-look-ups.ts';
import { states } from '../common/config-service-states.ts';
import { sidecarWithoutUpstream } from '../common/http-common.ts';
import { assumed } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import type { HttpMessage, HttpRequest } from '../messages/http.ts';
import { world } from '../world.ts';

const { sipNode, dns } = world;

const getDn: HttpRequest = {
  method: 'GET',
  path: objectPath(world.tenant.uuid, 'DN'),
  query: { number: dns.agent.number },
};

/** The Voice SIP Cluster Service reads DNs with their switch, the switch it serves, and its own options. */
export default defineContract<HttpMessage>({
  connection: 28,
  port: 9100,
  interactions: [
    lookUp(
      {
        description: 'look up a DN with its switch',
        given: states.dnExists,
        basis: assumed('a node needs the switch of a DN to know whether the DN is its own'),
        free: notRead('Voice SIP Cluster Service', 'dnType', 'annex'),
      },
      'DN',
      { number: dns.agent.number },
      dnWith(dns.agent, { switchDbid: world.switch.dbid }),
    ),
    lookUp(
      {
        description: 'look up the switch of the T-Server',
        given: states.switchOfTServerExists,
        basis: requestType('Switch_by_TServerDBID'),
        free: notRead('Voice SIP Cluster Service', 'annex'),
      },
      'Switch',
      { TServerDBID: String(world.switch.tserverDbid) },
      switchWith({ tserverDbid: world.switch.tserverDbid }),
    ),
    lookUp(
      {
        description: 'look up the options of the own application',
        given: states.applicationExists,
        basis: assumed('the options of an application are in its annex, as those of every other object'),
      },
      'Application',
      { name: sipNode.application },
      storedObject('Application', sipNode.serverDbid, {
        name: sipNode.application,
        annex: anySections(telephonySection, 'sip-address', 'voice-sip-0.voice.example'),
      }),
    ),
    unknownDnRefused('look up a DN that does not exist'),
    refusedLookUp('look up the own application by a key that its type does not have', 'Application', {
      TServerDBID: String(world.switch.tserverDbid),
    }),
    storeLost('look up a DN while the service has lost Redis', getDn),
    sidecarWithoutUpstream('look up a DN while the service is down', states.down, getDn),
  ],
});
