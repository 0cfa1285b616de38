/**
 * TCP: the names of messages, documented or not, and what the mock and the record must know of them. Which names are
 * documented is said by the basis of the interactions that use them.
 */
export const tcp = {
  /** How a session begins; every connection's first exchange. */
  session: { open: 'SessionOpen', opened: 'SessionOpened', rejected: 'SessionRejected' },
  /** How the end of a connection reads in a contract. */
  closed: 'ConnectionClosed',
  error: 'EventError',
  /** Answers after which more come under the same reference id. */
  partialAnswers: ['EventObjectsRead'],
  /** Requests that a source may leave behind without an answer: they wait for what happens next. */
  mayStayUnanswered: ['RqRead'],
  /** Attributes that are blanked before a message is recorded. */
  secrets: ['userPassword', 'TenantPassword'],
  configuration: {
    clientName: 'default',
    userName: 'default',
    clientApplicationType: 19,
    protocolVersion: '8.5',
    objectTypes: {
      dn: 2,
      person: 3,
      place: 4,
      agentGroup: 5,
      tenant: 7,
      application: 9,
      script: 12,
      skill: 13,
      callingList: 26,
      campaign: 27,
      campaignGroup: 38,
    },
    objectStates: { enabled: 1, disabled: 2 },
    /** Flags such as `isAgent`. */
    flags: { no: 1, yes: 2 },
    filter: { dbid: 'dbid', name: 'name', userName: 'user_name', switch: 'switch_dbid', tenant: 'tenant_dbid' },
    requests: {
      read: 'RequestReadObjects',
      create: 'RequestCreateObject',
      update: 'RequestUpdateObject',
      delete: 'RequestDeleteObject',
      follow: 'RequestRegisterNotification',
      unfollow: 'RequestUnregisterNotification',
    },
    events: {
      read: 'EventObjectsRead',
      sent: 'EventObjectsSent',
      created: 'EventObjectCreated',
      updated: 'EventObjectUpdated',
      deleted: 'EventObjectDeleted',
      followed: 'EventNotificationRegistered',
      unfollowed: 'EventNotificationUnregistered',
    },
    /** The attribute that holds the DBID of an object and, under `changed`, its new values. */
    delta: 'ObjectDelta',
    /** What a notification is asked for: all objects of a type, of a tenant. */
    subscription: { objectType: 'object_type', tenant: 'tenant_id' },
    /** Types of errors; all but the first are examples. */
    errorTypes: {
      notUnique: 'CFGUniquenessViolation',
      notFound: 'CFGObjectNotFound',
      noPermission: 'CFGNoPermission',
      invalidRequest: 'CFGInvalidRequest',
      notReady: 'CFGServerNotReady',
    },
  },
  /** T-Library, without the prefixes of its attributes and with the reference id of the message for its ReferenceID. */
  voice: {
    requests: {
      register: 'RequestRegisterAddress',
      unregister: 'RequestUnregisterAddress',
      login: 'RequestAgentLogin',
      logout: 'RequestAgentLogout',
      ready: 'RequestAgentReady',
      notReady: 'RequestAgentNotReady',
      makeCall: 'RequestMakeCall',
      answer: 'RequestAnswerCall',
      release: 'RequestReleaseCall',
      hold: 'RequestHoldCall',
      retrieve: 'RequestRetrieveCall',
      attach: 'RequestAttachUserData',
    },
    events: {
      registered: 'EventRegistered',
      unregistered: 'EventUnregistered',
      login: 'EventAgentLogin',
      logout: 'EventAgentLogout',
      ready: 'EventAgentReady',
      notReady: 'EventAgentNotReady',
      dialing: 'EventDialing',
      ringing: 'EventRinging',
      established: 'EventEstablished',
      held: 'EventHeld',
      retrieved: 'EventRetrieved',
      released: 'EventReleased',
      busy: 'EventDestinationBusy',
      attached: 'EventAttachedDataChanged',
      linkLost: 'EventLinkDisconnected',
      linkBack: 'EventLinkConnected',
    },
    /** How a DN is registered by a client that shares it with others. */
    registration: { RegisterMode: 'ModeShare', ControlMode: 'RegisterDefault', AddressType: 'DN' },
    workModes: { manualIn: 'ManualIn', autoIn: 'AutoIn' },
    callTypes: { regular: 'Regular' },
    /** Examples only: no public document gives the numbers. */
    errorCodes: { unknownDn: 59, notRegistered: 58, unknownCall: 71, wrongState: 93, unknownAgent: 61, unknown: 50 },
  },
  /** Stat Server, with the reference id of the message for its REQ_ID. */
  statistics: {
    requests: {
      open: 'RequestOpenStatistic',
      openEx: 'RequestOpenStatisticEx',
      peek: 'RequestPeekStatistic',
      close: 'RequestCloseStatistic',
    },
    events: {
      opened: 'EventStatisticOpened',
      invalid: 'EventStatisticInvalid',
      info: 'EventInfo',
      closed: 'EventStatisticClosed',
    },
    modes: { immediate: 'Immediate', periodical: 'Periodical', onRequest: 'NoNotification' },
    objectTypes: { agent: 'Agent' },
    /** Statistics as they are defined in the options of the server. */
    types: { handleTime: 'AverHandleStatusTime' },
    timeProfile: 'Default',
    currentState: { category: 'CurrentState', subject: 'DNAction', intervalType: 'GrowingWindow' },
    /** The attribute of EventInfo in which the state of an agent comes. */
    stateValue: 'StateValue',
    /** Numbers of what an agent does, as three public clients have them. */
    statuses: {
      waitForNextCall: 4,
      callDialing: 6,
      callRinging: 7,
      notReadyForNextCall: 8,
      callOnHold: 13,
      callInbound: 22,
      loggedOut: 23,
    },
    mainMask: ['WaitForNextCall', 'NotReadyForNextCall', 'CallRinging', 'CallInbound', 'LoggedOut'],
  },
  /** Outbound Contact Server. */
  campaigns: {
    requests: {
      load: 'RequestLoadCampaign',
      unload: 'RequestUnloadCampaign',
      forceUnload: 'RequestForceUnloadCampaign',
      start: 'RequestStartDialing',
      stop: 'RequestStopDialing',
      status: 'RequestGetCampaignStatus',
    },
    events: {
      loaded: 'EventCampaignLoaded',
      unloaded: 'EventCampaignUnloaded',
      started: 'EventDialingStarted',
      stopped: 'EventDialingStopped',
      status: 'EventCampaignStatus',
    },
    /** Examples: the members of the status are not published. */
    statuses: { unloaded: 'Unloaded', loaded: 'Loaded', running: 'Running' },
    dialModes: ['Predict', 'Progress', 'Preview', 'PredictAndSeize', 'ProgressAndSeize', 'NoDialMode'],
    optimizations: ['BusyFactor', 'OverdialRate', 'WaitTime', 'NoOptimizationMethod'],
  },
  /** The stream exchange of the Voice RQ Service, of which nothing but the event `ixn_ping` is published. */
  rq: {
    session: { open: 'RqHello', opened: 'RqReady', rejected: 'RqError' },
    commands: { add: 'RqAdd', read: 'RqRead', close: 'RqClose', ping: 'RqPing' },
    answers: { added: 'RqAdded', events: 'RqEvents', closed: 'RqClosed', pong: 'RqPong', error: 'RqError' },
    errors: { notReady: 'NOT_READY', noStream: 'NO_STREAM', overloaded: 'OVERLOADED', badRequest: 'BAD_REQUEST' },
    roles: { active: 'active', standby: 'standby' },
    /** Where a read begins that wants all there is. */
    fromStart: '0',
    clients: { tenant: 'tenant', interactionServer: 'ixn-node', sipCluster: 'sip-node', ors: 'ors' },
    /** ORS names its streams, one a session and one for each producer whose health it watches. */
    streams: {
      session: (node: string, session: string) => `${node}:${session}`,
      health: (node: string, producer: string) => `${node}:health:${producer}`,
    },
    events: {
      target: 'urs.target',
      routingError: 'urs.error',
      notification: 'ixn.notification',
      instructionDone: 'ixn.instruction.done',
      ursPing: 'urs_ping',
      ixnPing: 'ixn_ping',
      sipPing: 'sip_ping',
    },
  },
} as const;
