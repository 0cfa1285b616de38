/** HTTP: the routes of services whose documents give none; a site with other routes changes them here. */
export const http = {
  configService: {
    tenants: '/config/v1/tenants',
    /** Below one tenant: what is looked up by one key, and the devices with their operations. */
    objects: 'objects',
    devices: 'devices',
    ready: '/health/ready',
    /** The section of a switch that holds its dial plan. */
    dialPlanSection: 'dial-plan',
    /** How a route point's option marks what follows as the name of a routing script. */
    scriptPrefix: 'script:',
    /** The answer's waiting time, in seconds, while the store behind the service is lost. */
    retryAfterSeconds: 5,
  },
  externalCustomer: {
    customers: '/api/v1/customers',
    tickets: '/api/v1/tickets',
    recordings: '/api/v1/recordings',
    /** What a flow is configured to send; the example of the contract, never a secret. */
    authorization: 'Bearer sample-token',
    /** The common name in the certificate of the client, where the API demands one. */
    clientName: 'designer-application-server',
  },
  objectStorage: {
    /** Comes first in every path, as the emulator of Azure Blob storage has it. */
    account: 'devstoreaccount1',
    /** At S3, the name of the bucket. */
    container: 'voicemail',
    /** Where the messages of one mailbox lie, and what is known of the mailbox itself. */
    messages: (tenant: string, mailbox: string) => `${tenant}/${mailbox}/messages/`,
    mailbox: (tenant: string, mailbox: string) => `${tenant}/${mailbox}/mailbox.json`,
  },
  voicemail: {
    /** The first page of a call; the pages below it are named by the page before. */
    entry: '/fs',
    login: '/fs/tui/login',
    deposit: '/fs/tui/deposit',
    messages: '/fs/tui/messages',
    prompts: '/fs/tui/prompts',
    userMailboxes: '/fs/api/v1/user/mailboxes',
    adminMailboxes: '/fs/api/v1/admin/mailboxes',
    profiles: '/fs/api/v1/admin/profiles',
  },
  genesysWebServices: {
    /** The base `/auth/v3` is documented, that Voicemail asks this resource is not. */
    userInfo: '/auth/v3/userinfo',
  },
  ors: {
    callData: (callUuid: string) => `/calldata/${callUuid}`,
    /** Names of events and requests that the running applications know; the routes around them are documented. */
    events: {
      cancel: 'callback.cancel',
      update: 'callback.update',
      dialogStart: 'dialog.start',
      dialogDone: 'dialog.done',
    },
    requests: { queuePosition: 'check-queue-position' },
  },
  digitalChannels: {
    session: (sessionId: string) => `/nexus/v3/chat/sessions/${sessionId}`,
    /** Below one session. */
    messages: 'messages',
    close: 'close',
    /** What a flow is configured to send; the example of the contract, never a secret. */
    apiKey: 'k-sample',
  },
  designerApplicationServer: {
    /** Below `/workspaces/`, which is documented. */
    document: (ccid: string, application: string) => `${ccid}/${application}/main.scxml`,
    script: (ccid: string, application: string) => `${ccid}/${application}/main.js`,
    lookup: (ccid: string, application: string) => `${ccid}/${application}/lookup.php`,
    module: (ccid: string, module: string) => `${ccid}/modules/${module}.scxml`,
    sessionRecords: '/sdr',
  },
  dialPlanService: {
    /** The one address of a tenant's dial plan; the predecessor has the switch's name in the place of the tenant. */
    tenant: (tenantUuid: string) => `/${tenantUuid}`,
    heartbeat: (tenantUuid: string) => `/${tenantUuid}/heartbeat`,
    operations: { route: 'route', forward: 'forward' },
  },
  /** Requests for calls and agents: first to the FrontEnd Service, then to the SIP node that owns the call. */
  tlibRequests: {
    ofTenant: (tenantUuid: string) => `/tlib/v1/tenants/${tenantUuid}/requests`,
    ofSipNode: '/tlib/v1/requests',
    tenantHeader: 'x-tenant-id',
    ready: '/health/ready',
    /** How long a SIP node whose queue is full wants to be left alone. */
    retryAfterSeconds: 1,
    /** Examples only: no public document says which of TLib's numbers go over HTTP. */
    errorCodes: { unknownCall: 1, wrongState: 2, unknownDn: 3 },
  },
  /** The Universal Routing Server in the Tenant Service: `/urs/call/` and `lvq` below it are documented. */
  universalRouting: {
    /** In the place of a call's id: the virtual queue as a whole. */
    wholeQueue: 'max',
    queueOf: (connId: string, queue: string) => `/urs/call/${connId}/lvq/${queue}`,
    query: (connId: string) => `/urs/call/${connId}/query`,
    start: '/urs/call/start',
    stop: (connId: string) => `/urs/call/${connId}/stop`,
    heartbeat: '/urs/heartbeat',
    /** A strategy that is loaded, and one that is not. */
    strategies: { known: 'WaitForTarget', unknown: 'NoSuchStrategy' },
  },
} as const;
