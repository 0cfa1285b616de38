/**
 * Kafka: topics, groups, and names inside of records. The topics `voice-callthread` and `voice-agentstate` and the group
 * `callthread` are public, the rest is assumed; a site may still put its own name before a topic's.
 */
export const kafka = {
  topics: {
    callThread: 'voice-callthread',
    agentState: 'voice-agentstate',
    agentRequest: 'voice-agentrequest',
    /** Where requests go that cannot be read. */
    agentRequestDead: 'voice-agentrequest.dlq',
    outbound: 'voice-outbound',
    sipTransaction: 'voice-sipproxy',
  },
  groups: { callState: 'callthread', agentState: 'agentstate' },
  /** Headers of a record. */
  headers: { eventId: 'event-id' },
  agentRequests: {
    login: 'RequestAgentLogin',
    ready: 'RequestAgentReady',
    notReady: 'RequestAgentNotReady',
    logout: 'RequestAgentLogout',
  },
  outbound: {
    callResult: 'OutboundCallResult',
    campaignStatus: 'CampaignStatus',
    statusAttribute: 'GSW_CAMPAIGN_STATUS',
    statuses: { started: 'started', stopped: 'stopped' },
  },
  sip: { transaction: 'SipTransaction' },
} as const;
