import { type CallEventName, callEvent, callEvents, callTypes, connId } from '../common/call-event.ts';
import { foreignTopic, wrongPassword } from '../common/kafka-access.ts';
import { anyCompression, damagedBatch } from '../common/kafka-batches.ts';
import type { AnyRecordOf, Attributes, KafkaContent as Content, RecordTemplate } from '../common/kafka-steps.ts';
import { assumed, destination, documented, type Interaction, inferred, type Step, source, state } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { bind, bound, equal, type Json, like, notEmpty, nullValue, regex, type Template, text } from '../matchers.ts';
import type { KafkaRecord } from '../messages/kafka.ts';
import { world } from '../world.ts';

/**
 * Every event of a call goes to one topic, keyed by tenant and call thread, so that readers get it in order. No header is
 * required: which ones there are is not public, and readers have to do without. Nor is a partition: client libraries
 * choose it differently.
 */
const { call, dns, tenant } = world;
const topic = dialect.kafka.topics.callThread;
const topicExists = state('topic exists', { topic });

const uuidVersion4 = '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$';
const newKey = {
  tenant: bind('tenant', regex(uuidVersion4, tenant.uuid)),
  subject: bind('call thread', notEmpty<string>(call.threadId)),
};
const sameKey = { tenant: bound('tenant', tenant.uuid), subject: bound('call thread', call.threadId) };

const record = (key: Template<KafkaRecord['key']>, value: Template<Json>): Template<Content> => ({ topic, key, value });
/** The first record of an interaction: its key says what all others have to carry. */
const first = (event: CallEventName, more?: Attributes): Step<Content> =>
  source(record(newKey, callEvent(event, more)));
const next = (event: CallEventName, more?: Attributes): Step<Content> =>
  source(record(sameKey, callEvent(event, more)));

const wrong = (part: Template<AnyRecordOf>): Step<Content> => source<Content>(part);

const newCall: Attributes = { CallType: callTypes.inbound, ConnID: bind('call', connId(call.connId)) };
const sameCall: Attributes = { CallType: callTypes.inbound, ConnID: bound('call', call.connId) };
const consult: Attributes = { CallType: callTypes.consult, PreviousConnID: bound('call', call.connId) };
const newConsult: Attributes = { ...consult, ConnID: bind('consultation', connId(call.consultConnId)) };
const sameConsult: Attributes = { ...consult, ConnID: bound('consultation', call.consultConnId) };
const at = (dn: string): Attributes => ({ ThisDN: text(notEmpty(dn)) });
const transferring = 'the DN of the agent who transfers';
const atTransferring: Attributes = { ThisDN: bound(transferring, dns.agent.number) };

const guide = 'Voice Microservices, Events and models';
const sameThread = 'all events of one call thread carry one key, and one key is one order';

const inbound: Interaction<Content> = {
  description: 'an inbound call from queue to release, in order on one key',
  basis: inferred(
    `${guide}, Topics: topic, key and JSON are public; SIP Cluster is the service that publishes call events; ${sameThread}`,
  ),
  given: [topicExists],
  steps: [
    first('EventQueued', newCall),
    next('EventRouteRequest', sameCall),
    next('EventRouteUsed', sameCall),
    next('EventDiverted', sameCall),
    next('EventRinging', sameCall),
    next('EventEstablished', sameCall),
    next('EventReleased', sameCall),
  ],
};

const hold: Interaction<Content> = {
  description: 'a call is held and retrieved',
  basis: inferred(`${guide}, Topics: EventHeld and EventRetrieved are events of a call thread; ${sameThread}`),
  given: [topicExists],
  steps: [first('EventHeld', newCall), next('EventRetrieved', sameCall)],
};

const transfer: Interaction<Content> = {
  description: 'a two-step transfer: the consultation names the call that it grew from',
  basis: inferred(
    `${guide}, Call handling, transfer and conference events: PreviousConnID is there when the call is a consultation; T-Library holds the first call before it dials the second`,
  ),
  given: [topicExists],
  steps: [
    first('EventHeld', { ...newCall, ThisDN: bind(transferring, text(notEmpty(dns.agent.number))) }),
    next('EventDialing', { ...newConsult, ...atTransferring }),
    next('EventRinging', { ...sameConsult, ...at(dns.secondAgent.number) }),
    next('EventEstablished', { ...sameConsult, ...at(dns.secondAgent.number) }),
    next('EventPartyChanged', { ...at(dns.secondAgent.number), TransferConnID: connId(call.connId) }),
    // Which of these are published, and how they mix with the others, is not public.
    ...[
      next('EventEstablished', { ...sameConsult, ...atTransferring }),
      next('EventReleased', { ...sameCall, ...atTransferring }),
      next('EventReleased', { ...sameConsult, ...atTransferring }),
    ].map((step): Step<Content> => ({ ...step, optional: true, lane: 'the agent who transfers' })),
  ],
};

const conference: Interaction<Content> = {
  description: 'a party is added to a conference without CallID',
  basis: documented(`${guide}, Attributes: CallID is not mandatory in EventPartyAdded`),
  given: [topicExists],
  steps: [first('EventPartyAdded', newCall)],
};

const multisite: Interaction<Content> = {
  description: 'a call between sites carries its NetworkCallID as text',
  basis: assumed('NetworkCallID has 64 bits without sign, which JSON numbers do not hold, so it is decimal text'),
  given: [topicExists],
  steps: [first('EventRinging', { ...newCall, NetworkCallID: text(regex('^[0-9]{1,20}$', call.networkCallId)) })],
};

const refusalLeavesNothing = {
  side: 'source',
  reason: 'a broker takes any key and any value; what is forbidden here, only a source can do',
} as const;

const foreignKey: Interaction<Content> = {
  description: 'a key that names anything but the call thread of its event is never written',
  basis: documented(`${guide}, Topics: the key is {tenant_id}:{callthread_id}`),
  given: [topicExists],
  steps: [first('EventRinging', newCall)],
  forbidden: [
    wrong({
      topic,
      // The leg's id in the place of the thread's: the two are told apart by their form.
      key: { tenant: notEmpty<string>(tenant.uuid), subject: bind('leg', connId(call.connId)) },
      value: {
        ConnID: bound('leg', call.connId),
        CallThreadID: regex('^(.{0,15}|.{17,}|.*[^0-9a-f].*)$', call.threadId),
      },
    }),
    // The tenant's number or name in the place of its UUID.
    wrong({ topic, key: { tenant: regex('^[^-]*$', String(tenant.sid)), subject: like('') } }),
    wrong({ topic, key: { tenant: like(tenant.uuid), subject: '' } }),
    wrong({ topic, key: nullValue() }),
  ],
  negative: true,
  only: refusalLeavesNothing,
};

const noConnId: Interaction<Content> = {
  description: 'an event without a connection id is never written',
  basis: callEvents.EventRinging.basis,
  given: [topicExists],
  // An event that lacks the attribute altogether breaks this step; the two others are forbidden by their values.
  steps: [first('EventRinging', newCall)],
  forbidden: [
    wrong({ topic, value: { ConnID: nullValue() } }),
    wrong({ topic, value: { ConnID: equal('') } }),
    wrong({ topic, value: { ConnID: regex('^0+$', '0000000000000000') } }),
  ],
  negative: true,
  only: refusalLeavesNothing,
};

/** Room for any of these events, but not for the note below. */
const maxRecordBytes = 2_048;

const tooLarge: Interaction<Content> = {
  description: 'a record above the limit is refused and the next event goes on',
  basis: documented('Apache Kafka protocol guide, error codes: 10 MESSAGE_TOO_LARGE; it is not retriable'),
  given: [topicExists, state('topic takes records up to', { topic, maxRecordBytes })],
  steps: [
    first('EventEstablished', { ...newCall, UserData: { Note: like('x'.repeat(2 * maxRecordBytes)) } }),
    destination({ error: 'MESSAGE_TOO_LARGE', code: 10, topic }),
    next('EventReleased', sameCall),
    destination({ acknowledged: true }),
  ],
  negative: true,
  only: { side: 'destination', reason: 'a refused record leaves nothing behind by which a source could be judged' },
};

const ringing: RecordTemplate = { topic, key: newKey, value: callEvent('EventRinging', newCall) };

export default defineContract<Content>({
  connection: 50,
  interactions: [
    inbound,
    hold,
    transfer,
    conference,
    multisite,
    foreignKey,
    noConnId,
    tooLarge,
    anyCompression(ringing),
    damagedBatch(ringing),
    foreignTopic(ringing, dialect.kafka.topics.agentState),
    wrongPassword,
  ],
});
