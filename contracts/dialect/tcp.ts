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
} as const;
