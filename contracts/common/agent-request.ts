import { dialect } from '../dialect.ts';
import { bound, integer, type Json, like, notEmpty, type Template, text } from '../matchers.ts';
import { world } from '../world.ts';
import { workMode, workModes } from './agent-event.ts';
import { newKey, type RecordTemplate, type Subject, sameKey } from './kafka-steps.ts';

/**
 * What an agent asks for, as the FrontEnd Service writes it (48) and the Agent State Service reads it (55): one schema for
 * both halves of the topic.
 */

const { now, persons } = world;
const [agent] = persons;
const topic = dialect.kafka.topics.agentRequest;

/** Who asks: the second part of the key, and AgentID of the value. */
export const requester: Subject = {
  name: 'agent',
  like: notEmpty<string>(agent.employeeId),
  example: agent.employeeId,
};
export const referenceIdExample = 77;

type Attributes = { readonly [name: string]: Template<Json> };
export type AgentRequestName = (typeof dialect.kafka.agentRequests)[keyof typeof dialect.kafka.agentRequests];

const names = dialect.kafka.agentRequests;

/**
 * The JSON of a request. Its AgentID is the one that the interaction has bound as `agent`. All but a logout say how the agent
 * is going to work.
 */
export function agentRequest(name: AgentRequestName, more: Attributes = {}): Template<Json> {
  return {
    id: name,
    ...(name === names.logout ? {} : { AgentWorkMode: workMode(workModes.manualIn) }),
    AgentID: bound(requester.name, requester.example),
    ThisDN: text(notEmpty(agent.dn)),
    Reasons: like({}),
    Extensions: like({}),
    ReferenceID: integer(referenceIdExample),
    time: { sec: integer(now.sec), usec: integer(now.usec) },
    ...more,
  };
}

/** The first request of an interaction: its key says what the others carry too. */
export const firstRequest = (name: AgentRequestName, more?: Attributes): RecordTemplate => ({
  topic,
  key: newKey(requester),
  value: agentRequest(name, more),
});
/** A later request of the same agent. */
export const laterRequest = (name: AgentRequestName, more?: Attributes): RecordTemplate => ({
  topic,
  key: sameKey(requester),
  value: agentRequest(name, more),
});
