import { getTenant, notRead } from '../common/config-service.ts';
import { refusedLookUp, storeLost, unknownDnRefused } from '../common/config-service-errors.ts';
import { dnWith, lookUp, mailboxAnnex, readTenant, storedObject } from '../common/config-service-look-ups.ts';
import { states } from '../common/config-service-states.ts';
import { sidecarWithoutUpstream } from '../common/http-common.ts';
import { assumed, documented } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { eachLike, integer } from '../matchers.ts';
import type { HttpMessage } from '../messages/http.ts';
import { world } from '../world.ts';

const [agent] = world.persons;
const { agentGroup } = world;

const mailboxOption = documented(
  'SIP Voicemail 8.1 Administration, Managing Mailboxes: option gvm_mailbox in the section TServer',
);

/** Voicemail reads whom a mailbox belongs to, and who logs in to it. */
export default defineContract<HttpMessage>({
  connection: 15,
  port: 9100,
  interactions: [
    readTenant(
      {
        description: 'read the settings of the tenant',
        given: states.tenantExists,
        basis: assumed('Voicemail reads the tenant by its UUID before it serves it'),
        free: notRead('Voicemail', 'tenantId', 'name', 'dbid', 'sipDomain'),
      },
      ['tenantUuid', 'status', 'revision'],
    ),
    lookUp(
      {
        description: 'look up the mailbox of an extension',
        given: states.dnHasMailbox,
        basis: mailboxOption,
        free: notRead('Voicemail', 'dnType', 'switchDbid', 'annex.TServer.sip-cti-control'),
      },
      'DN',
      { number: world.dns.agent.number },
      dnWith(world.dns.agent, mailboxAnnex(world.mailbox.number)),
    ),
    lookUp(
      {
        description: 'look up the mailbox of an agent group',
        given: states.groupHasMailbox,
        basis: mailboxOption,
        free: notRead('Voicemail', 'name'),
      },
      'AgentGroup',
      { dbid: String(agentGroup.dbid) },
      storedObject('AgentGroup', agentGroup.dbid, {
        dbid: agentGroup.dbid,
        members: eachLike(integer(agent.dbid)),
        ...mailboxAnnex(agentGroup.mailbox),
      }),
    ),
    lookUp(
      {
        description: 'look up a user by the name of the login',
        given: states.personWithUserName,
        basis: assumed('a user of Voicemail is the person of that user name'),
        free: notRead('Voicemail', 'agentLogins'),
      },
      'Person',
      { userName: agent.userName },
      storedObject('Person', agent.dbid, {
        userName: agent.userName,
        employeeId: agent.employeeId,
        isAgent: true,
      }),
    ),
    unknownDnRefused('look up the mailbox of an extension that does not exist'),
    refusedLookUp('look up an agent group by a key that its type does not have', 'AgentGroup', {
      name: agentGroup.name,
    }),
    storeLost('read the settings of the tenant while the service has lost Redis', getTenant),
    sidecarWithoutUpstream('read the settings of the tenant while the service is down', states.down, getTenant),
  ],
});
