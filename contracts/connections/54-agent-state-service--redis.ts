import { workMode, workModes } from '../common/agent-event.ts';
import { states } from '../common/agent-record.ts';
import { refused } from '../common/redis-steps.ts';
import { streamWriter } from '../common/stream-writer.ts';
import {
  afterCallWork,
  agentEntry,
  ofNewAgent,
  tenantStream as stream,
  tenantEntry,
  tenantStates,
} from '../common/tenant-stream.ts';
import { documented, type Interaction, inferred } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { equal, nullValue, regex, string } from '../matchers.ts';
import { command, type RedisContent } from '../messages/redis.ts';
import { xread } from '../messages/redis-streams.ts';

const { tenantEvents } = dialect.redis;
const { appends, writes, never } = streamWriter(stream, tenantEvents.maxLength, tenantEntry);
/** The login makes revision 1 of the agent's record (connection 37), and every event after it the next. */
const nobody = [tenantStates.empty, states.nobody];
const ready = [tenantStates.empty, states.active('ready')];
const guide = 'Voice Microservices, Events and models';
const login = agentEntry('EventAgentLogin', 1, ofNewAgent);

/** The bodies are those of connection 55: what Kafka and Redis carry of one agent has to agree. */
const shift: Interaction<RedisContent> = {
  description: 'login, ready, not ready and logout are in order, each with the revision of the record',
  basis: inferred(`${guide}, Topics: the events are public; the same ones are on Kafka, and both carriers must agree`),
  given: nobody,
  steps: writes(
    login,
    agentEntry('EventAgentReady', 2, { AgentWorkMode: workMode(workModes.manualIn) }),
    agentEntry('EventAgentNotReady', 3, { AgentWorkMode: workMode(workModes.auxiliary) }),
    agentEntry('EventAgentLogout', 4),
  ),
};

const afterCall: Interaction<RedisContent> = {
  description: 'after-call work is not ready with work mode 3',
  basis: inferred(
    `${guide}, Attributes: AgentWorkMode; T-Library: after-call work is its value 3, and the event of its own is obsolete`,
  ),
  given: ready,
  steps: writes(agentEntry('EventAgentNotReady', 3, { ...ofNewAgent, ...afterCallWork })),
};

const reasons: Interaction<RedisContent> = {
  description: 'what an agent gave as reasons is passed on word for word',
  basis: inferred(`${guide}, Attributes: Reasons; hardware reasons stand in Extensions`),
  given: ready,
  steps: writes(
    agentEntry('EventAgentNotReady', 3, {
      ...ofNewAgent,
      AgentWorkMode: workMode(workModes.auxiliary),
      Reasons: { ReasonCode: string('Lunch') },
      Extensions: { ReasonCode: string('Lunch') },
    }),
  ),
};

const nameless: Interaction<RedisContent> = {
  description: 'an event without ThisDN is never written',
  basis: documented(`${guide}, Agent state and DN events: ThisDN is mandatory`),
  given: nobody,
  // An event that lacks it altogether breaks this step; those with nothing in its place are forbidden by it.
  steps: appends(login),
  forbidden: [never({ body: { ThisDN: equal('') } }), never({ body: { ThisDN: nullValue() } })],
  negative: true,
  only: { side: 'source', reason: 'Redis stores any text: only the producer can keep it out' },
};

const badWorkMode: Interaction<RedisContent> = {
  description: 'a work mode that T-Library does not know, or that is a word, is never written',
  basis: documented('T-Library, TAgentWorkMode: the modes are numbered from 0 to 7'),
  given: nobody,
  steps: appends(login, agentEntry('EventAgentReady', 2, { AgentWorkMode: workMode(workModes.manualIn) })),
  forbidden: [
    never({ body: { AgentWorkMode: regex('^([89]|[1-9][0-9]+)$', '8') } }),
    never({ body: { AgentWorkMode: string('ACW') } }),
  ],
  negative: true,
  only: { side: 'source', reason: 'Redis stores any text: only the producer can keep it out' },
};

const writeOnly: Interaction<RedisContent> = {
  description: 'the producer may neither read nor empty the bus',
  basis: inferred('row 54 only streams agent events; Redis answers NOPERM to what an ACL user may not do'),
  given: [tenantStates.empty],
  steps: [
    ...refused(xread(stream, { id: '0', count: null, blockMs: null }), 'NOPERM'),
    ...refused(command('XTRIM', stream, 'MAXLEN', '0'), 'NOPERM'),
  ],
  negative: true,
  only: { side: 'destination', reason: 'the service never tries it; the harness does, to prove the refusal' },
};

export default defineContract<RedisContent>({
  connection: 54,
  interactions: [shift, afterCall, reasons, nameless, badWorkMode, writeOnly],
});
