/**
 * The assumed names of every wire: what no public document gives and a site may replace. One part a protocol.
 */
export const dialect = {
  /** HTTP: the routes of services whose documents give none; a site with other routes changes them here. */
  http: {
    configService: {
      tenants: '/config/v1/tenants',
      /** Below one tenant: what is looked up by one key, and the devices with their operations. */
      objects: 'objects',
      devices: 'devices',
      /** The answer's waiting time, in seconds, while the store behind the service is lost. */
      retryAfterSeconds: 5,
    },
    externalCustomer: {
      customers: '/api/v1/customers',
      tickets: '/api/v1/tickets',
      recordings: '/api/v1/recordings',
      /** What a flow is configured to send; the example of the contract, never a secret. */
      authorization: 'Bearer sample-token',
    },
    objectStorage: {
      /** Comes first in every path, as the emulator of Azure Blob storage has it. */
      account: 'devstoreaccount1',
      container: 'voicemail',
      /** Where the messages of one mailbox lie, and what is known of the mailbox itself. */
      messages: (tenant: string, mailbox: string) => `${tenant}/${mailbox}/messages/`,
      mailbox: (tenant: string, mailbox: string) => `${tenant}/${mailbox}/mailbox.json`,
    },
  },
  /**
   * TCP: the names of messages that the protocol's documents do not give, and what the mock and the record must know of
   * the others. The requests and events themselves are documented, see connection 3.
   */
  tcp: {
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
  },
  /** Redis: keys and streams. Every key carries its tenant's UUID as hash tag, so that a cluster keeps a tenant together. */
  redis: {
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
    },
    /** The version that stands in `v` of every stream entry. */
    entrySchema: '1',
  },
  /** SIP: what no RFC fixes. The form of the call's id is that of public traces. */
  sip: {
    callUuid: { header: 'x-genesys-calluuid', pattern: '^[0-9A-Z]{32}$' },
    /**
     * What a source sends though no contract demands it (RFC 3261 says "should", or only traces show it), by method, in
     * the spelling that goes on the wire.
     */
    courtesy: {
      INVITE: {
        Allow: 'ACK, BYE, CANCEL, INFO, INVITE, MESSAGE, NOTIFY, OPTIONS, PRACK, REFER, UPDATE',
        Supported: 'timer',
        'Session-Expires': '1800;refresher=uac',
        'Min-SE': '90',
      },
      ACK: { 'Max-Forwards': '70' },
      OPTIONS: { Accept: 'application/sdp' },
    },
  },
  /** Kafka: topics. This one is public, with its key and the events on it; a site may still put its own name before it. */
  kafka: {
    topics: { callThread: 'voice-callthread' },
  },
  /** PostgreSQL: the vendor's schema is not public. Tables and columns follow public community SQL and documented filter keys. */
  postgres: {
    schema: 'cfg',
    tables: {
      tenant: 'cfg.cfg_tenant',
      switch: 'cfg.cfg_switch',
      dn: 'cfg.cfg_dn',
      person: 'cfg.cfg_person',
      agentLogin: 'cfg.cfg_agent_login',
      loginInfo: 'cfg.cfg_login_info',
      option: 'cfg.cfg_flex_prop',
    },
    /** A role that reads configuration and writes none; the Tenant Service's own role and database bear the tenant's name. */
    reader: 'vm_cfg_reader',
  },
} as const;
