import { state } from '../contract.ts';
import { world } from '../world.ts';

const { call, dns, otherSipNode, sipNode } = world;
const [agent] = world.persons;
const ofCall = { callUuid: call.uuid, dn: dns.routePoint.number };

/** The provider states of one SIP node of the Voice SIP Cluster Service, by what they say. */
export const states = {
  ownsCall: state(`node ${sipNode.id} owns call ${call.uuid}`, ofCall),
  callWaits: state(`call ${call.uuid} waits on route point ${dns.routePoint.number}`, ofCall),
  otherNodeOwnsCall: state(`node ${otherSipNode.id} owns call ${call.uuid}`, ofCall),
  callReleasing: state(`call ${call.uuid} is releasing`, ofCall),
  dnRegistered: state(`DN ${dns.agent.number} registered`, { dn: dns.agent.number }),
  agentLoggedIn: state(`agent ${agent.employeeId} logged in on ${agent.dn}`, { dn: agent.dn }),
  queueFull: state('node queue is full'),
  restarting: state('sip server is restarting'),
  delays: state(`node ${sipNode.id} delays`, { delayMs: 600 }),
  up: state(`node ${sipNode.id} is up`),
  down: state('voice sip cluster service is down'),
};
