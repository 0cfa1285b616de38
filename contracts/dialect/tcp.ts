/**
 * TCP: the names of messages that the protocol's documents do not give, and what the mock and the record must know of
 * the others. The requests and events themselves are documented, see connection 3.
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
  secrets: ['userPassword'],
  configuration: {
    clientName: 'default',
    userName: 'default',
    clientApplicationType: 19,
    protocolVersion: '8.5',
    objectTypes: { dn: 2, person: 3, place: 4, tenant: 7, application: 9, skill: 13 },
    objectStates: { enabled: 1, disabled: 2 },
    /** Flags such as `isAgent`. */
    flags: { no: 1, yes: 2 },
    filter: { dbid: 'dbid', name: 'name', userName: 'user_name', switch: 'switch_dbid', tenant: 'tenant_dbid' },
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
