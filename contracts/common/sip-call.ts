import { state } from '../contract.ts';
import { dialect } from '../dialect.ts';
import { integer, type Json, like, regex, string, type Template } from '../matchers.ts';
import { world } from '../world.ts';
import { numberOf } from './number-of.ts';
import type { CachedRecord } from './redis-cache.ts';
import { decimalText } from './stream-entry.ts';

const { call, dns, sipNode, otherSipNode } = world;
const keys = dialect.redis.sipCluster;
const tenant = world.tenant.uuid;

/** The cache of the SIP Cluster: connection 41 writes it for the node that takes over, ORS reads it. */

/** A node that is neither the one under test nor the one that is lost. */
export const thirdNode = 'voice-sip-2';

/** A call as a node caches it. */
export interface SipCall {
  /** The node that has the call. */
  node: string;
  /** The state of the agent, the one party that the fixture call has. */
  partyState: string;
  revision: number;
}

/** The fixture call when it rings, when it is answered, and when another node has adopted it. */
export const ringingCall: SipCall = { node: sipNode.id, partyState: 'ringing', revision: 1 };
export const answeredCall: SipCall = { node: sipNode.id, partyState: 'established', revision: 2 };
export const orphanedCall: SipCall = { ...ringingCall, node: otherSipNode.id };
export const adoptedCall: SipCall = { ...ringingCall, revision: 2 };

/** The parties of a call, each with its number in T-Library's list of roles. */
export const parties = ({ partyState }: SipCall): Template<Json[]> => [
  { dn: dns.agent.number, role: numberOf('^([0-9]|10)$', 2), state: partyState },
];

/** The record of a call. */
export const sipCallRecord = (each: SipCall): CachedRecord => ({
  key: keys.call(tenant, call.connId),
  fields: {
    callThreadId: string(call.threadId),
    callId: decimalText(call.callId),
    callType: regex('^[0-4]$', '2'),
    node: each.node,
    parties: parties(each) as CachedRecord['fields'][string],
    userData: like({ RTargetRequested: 'Billing' }),
    sipCallId: string('f81d4fae-7dec-11d0-a765-00a0c91e6bf6'),
    rev: String(each.revision),
  },
});

/** The sign of life of a node: where it is reached, and on which ports of the connections table. */
export const signOfLife: Template<{ [key: string]: Json }> = {
  addr: string('10.0.0.11'),
  sipPort: integer(5080),
  httpPort: integer(11300),
};

const cached = { tenant, connId: call.connId };
/** The provider states, by what they say. */
export const states = {
  noCalls: state('no SIP node caches a call', { tenant }),
  ringing: state('a SIP node caches a call', { ...cached, node: sipNode.id }),
  orphaned: state('a SIP node that is gone has left a call', { ...cached, node: otherSipNode.id }),
  /** Left as above; its node is the one that is gone. */
  beingAdopted: state('a SIP node adopts a call', { ...cached, node: otherSipNode.id, adopter: thirdNode }),
  noSigns: state('no SIP node gives a sign of life'),
  alive: state('a SIP node gives a sign of life', { node: otherSipNode.id }),
};
