/** Redis: keys and streams. Every key carries its tenant's UUID as hash tag, so that a cluster keeps a tenant together. */
export const redis = {
  config: {
    /** What all keys of one tenant's configuration begin with. */
    prefix: (tenant: string) => `config:{${tenant}}:`,
    tenant: (tenant: string) => `config:{${tenant}}:tenant`,
    dn: (tenant: string, number: string) => `config:{${tenant}}:dn:${number}`,
    person: (tenant: string, employeeId: string) => `config:{${tenant}}:person:${employeeId}`,
    /** Counts the committed changes. */
    revision: (tenant: string) => `config:{${tenant}}:rev`,
    changes: (tenant: string) => `config:{${tenant}}:changes`,
    changesMaxLength: 10_000,
    changed: 'ConfigObjectChanged',
  },
  newCalls: {
    stream: (tenant: string) => `ors:{${tenant}}:new`,
    deadLetters: (tenant: string) => `ors:{${tenant}}:new:dead`,
    maxLength: 100_000,
    readers: 'ors',
    /** How ORS reads: so many entries at a time, and so long it waits for one. */
    batch: 50,
    blockMs: 1_000,
    /** What lay unacknowledged for so long is another reader's. */
    idleMs: 30_000,
    /** An entry that was given out so often goes to the dead letters. */
    maxDeliveries: 5,
    deadMaxLength: 10_000,
    events: { interaction: 'EventInteractionSubmitted', startSession: 'StartSession' },
  },
  /** Row 7. */
  interactions: {
    session: (tenant: string, interactionId: string) => `ors:{${tenant}}:ixnsession:${interactionId}`,
    sessionTtlMs: 86_400_000,
  },
  /** Rows 14, 40, 45, 52 and 54. */
  tenantEvents: {
    prefix: (tenant: string) => `tenant:{${tenant}}:`,
    stream: (tenant: string) => `tenant:{${tenant}}:events`,
    maxLength: 100_000,
    /** The last entry that a pod of the tenant has delivered. */
    cursor: (tenant: string, pod: string) => `tenant:{${tenant}}:cursor:${pod}`,
    batch: 50,
    blockMs: 1_000,
    userDataRequests: {
      attach: 'RequestAttachUserData',
      update: 'RequestUpdateUserData',
      deletePair: 'RequestDeletePair',
    },
    routingResults: { routed: 'routed', byDefault: 'default', rejected: 'rejected', abandoned: 'abandoned' },
    targetTypes: { agent: 'agent', queue: 'queue', dn: 'dn', skill: 'skill' },
    registrationReasons: { registered: 'registered', expired: 'expired', removed: 'removed' },
  },
  /** Row 6. */
  rq: {
    prefix: (tenant: string) => `rq:{${tenant}}:`,
    call: (tenant: string, connId: string) => `rq:{${tenant}}:call:${connId}`,
    /** The ConnIDs of all calls, by the time of their last event. */
    calls: (tenant: string) => `rq:{${tenant}}:calls`,
    /** Names the pod that serves the tenant. */
    lease: (tenant: string) => `rq:{${tenant}}:lease`,
    callTtlMs: 14_400_000,
    leaseMs: 10_000,
    states: { queued: 'queued', routing: 'routing', distributed: 'distributed', cleared: 'cleared' },
  },
  /** Row 12. */
  dialPlan: {
    rule: (tenant: string, digits: string) => `config:{${tenant}}:dialplan:${digits}`,
    ruleTtlMs: 60_000,
    targetTypes: { dn: 'dn', trunk: 'trunk', routePoint: 'routepoint', mailbox: 'mailbox' },
  },
  /** Row 17. */
  configService: {
    login: (tenant: string, employeeId: string) => `config:{${tenant}}:login:${employeeId}`,
    loginTtlMs: 43_200_000,
    /** What was looked for and is not provisioned. */
    missing: (tenant: string, kind: string, id: string) => `config:{${tenant}}:missing:${kind}:${id}`,
    missingTtlMs: 5_000,
    /** The UUIDs of all tenants; the one key without a tenant's hash tag. */
    tenants: 'config:tenants',
  },
  /** Row 29. */
  voicemail: {
    prefix: (tenant: string) => `voicemail:{${tenant}}:`,
    mailbox: (tenant: string, number: string) => `voicemail:{${tenant}}:mailbox:${number}`,
    mailboxTtlMs: 3_600_000,
    lock: (tenant: string, number: string) => `voicemail:{${tenant}}:lock:${number}`,
    lockMs: 5_000,
    mailboxTypes: { personal: 'personal', group: 'group' },
  },
  /** Row 36. */
  registrar: {
    prefix: (tenant: string) => `registrar:{${tenant}}:`,
    dn: (tenant: string, number: string) => `registrar:{${tenant}}:dn:${number}`,
    /** The numbers of all registered DNs, by the time at which they run out. */
    expiring: (tenant: string) => `registrar:{${tenant}}:expiring`,
  },
  /** Row 37. */
  agentState: {
    prefix: (tenant: string) => `agent:{${tenant}}:`,
    agent: (tenant: string, agentId: string) => `agent:{${tenant}}:state:${agentId}`,
    byDn: (tenant: string, number: string) => `agent:{${tenant}}:bydn:${number}`,
    loggedIn: (tenant: string) => `agent:{${tenant}}:loggedin`,
    ttlMs: 86_400_000,
    states: { loggedOut: 'loggedOut', ready: 'ready', notReady: 'notReady' },
  },
  /** Row 41. */
  sipCluster: {
    prefix: (tenant: string) => `sip:{${tenant}}:`,
    call: (tenant: string, connId: string) => `sip:{${tenant}}:call:${connId}`,
    callTtlMs: 21_600_000,
    /** The ConnIDs of the calls that a node has. */
    callsOf: (tenant: string, node: string) => `sip:{${tenant}}:calls:${node}`,
    adoption: (tenant: string, connId: string) => `sip:{${tenant}}:adoption:${connId}`,
    adoptionMs: 10_000,
    /** A node serves every tenant, so its sign of life has no hash tag. */
    node: (node: string) => `sip:node:${node}`,
    nodeTtlMs: 15_000,
    userDataLimitBytes: 65_536,
  },
  /** Row 42. */
  callState: {
    prefix: (tenant: string) => `call:{${tenant}}:`,
    thread: (tenant: string, callThreadId: string) => `call:{${tenant}}:thread:${callThreadId}`,
    /** Names the thread that a connection belongs to. */
    connection: (tenant: string, connId: string) => `call:{${tenant}}:conn:${connId}`,
    active: (tenant: string) => `call:{${tenant}}:active`,
    /** Counts from the end of the call: as long as it lives, its thread does not run out. */
    endedTtlMs: 86_400_000,
  },
  /** Row 47. */
  orsCache: {
    sessions: (tenant: string) => `ors:{${tenant}}:session:`,
    session: (tenant: string, sessionId: string) => `ors:{${tenant}}:session:${sessionId}`,
    sessionTtlMs: 86_400_000,
    owners: (tenant: string) => `ors:{${tenant}}:owner:`,
    owner: (tenant: string, sessionId: string) => `ors:{${tenant}}:owner:${sessionId}`,
    ownerMs: 30_000,
    /** The version of the layout of a session's state. */
    stateVersion: '1',
  },
  /** The version that stands in `v` of every stream entry. */
  entrySchema: '1',
} as const;
