/**
 * The one fixture world. Every contract and every mock takes its tenant, agents, DNs and calls from here, so that what one
 * mock tells is what another one knows.
 */
export const world = {
  tenant: {
    uuid: '9350e2fc-a1dd-4c65-8d40-1f75a2e080dd',
    name: 't100',
    sid: 100,
    dbid: 101,
    sipDomain: 't100.voice.example',
  },
  /** A second tenant, for what one tenant must not do to another. */
  otherTenant: {
    uuid: '3f2b8c1e-6a4d-4e0b-9c57-1d2e3f4a5b6c',
    name: 't200',
    sid: 200,
    dbid: 201,
    sipDomain: 't200.voice.example',
  },
  switch: { dbid: 105, name: 'SIP_Switch', tserverDbid: 120 },
  /** Agents with their extension; `agent4` is disabled and has no login. */
  persons: [
    {
      dbid: 111,
      employeeId: 'A1001',
      userName: 'agent1',
      firstName: 'Ada',
      lastName: 'Example',
      dn: '7001',
      loginCode: '1001',
      enabled: true,
    },
    {
      dbid: 112,
      employeeId: 'A2002',
      userName: 'agent2',
      firstName: 'Ben',
      lastName: 'Example',
      dn: '7002',
      loginCode: '1002',
      enabled: true,
    },
    {
      dbid: 113,
      employeeId: 'A3003',
      userName: 'agent3',
      firstName: 'Cleo',
      lastName: 'Example',
      dn: '7003',
      loginCode: null,
      enabled: true,
    },
    {
      dbid: 114,
      employeeId: 'A4004',
      userName: 'agent4',
      firstName: 'Dan',
      lastName: 'Example',
      dn: '7004',
      loginCode: null,
      enabled: false,
    },
  ],
  /** DNs and what a caller meets there. */
  dns: {
    agent: { dbid: 301, number: '7001' },
    secondAgent: { dbid: 302, number: '7002' },
    /** Answers every call. */
    answering: { number: '1001' },
    /** An agent at a browser, behind the WebRTC Media Service. */
    webrtc: { number: '1002' },
    busy: { number: '1003' },
    /** Known but nobody is there. */
    offline: { number: '1004' },
    /** Rings for ever. */
    ringing: { number: '1005' },
    declining: { number: '1006' },
    /** Rings until whoever calls for the caller gives up. */
    silent: { number: '1007' },
    /** Known, but all that could take the call is down. */
    unreachable: { number: '1008' },
    /** Answers when its phone is told to. */
    talking: { number: '1009' },
    /** Answers, then puts the caller on hold and takes the call back. */
    holding: { number: '1010' },
    /** Answers, then hangs up. */
    leaving: { number: '1011' },
    /** Has no codec in common with anybody. */
    otherCodec: { number: '1012' },
    /** Answers, and takes no change of the session. */
    rigid: { number: '1013' },
    /** Answers, and changes the session at the same time as the caller. */
    glaring: { number: '1014' },
    /** Limits the time of its sessions; the second one wants long ones. */
    timed: { number: '1015' },
    longTimed: { number: '1016' },
    /** Is called through a proxy that stays on the route of the dialog. */
    routed: { number: '1017' },
    routePoint: { dbid: 310, number: '5000' },
    unknown: { number: '9999' },
    trunk: { dbid: 311, number: 'trunk_sbc' },
  },
  /** Numbers of the public network and what a caller meets there. */
  pstn: {
    answering: '+15550110',
    /** Play an announcement before they answer; the second one wants that acknowledged. */
    announcing: '+15550111',
    confirming: '+15550123',
    /** Plays an announcement and does not answer. */
    waiting: '+15550112',
    busy: '+15550113',
    unassigned: '+15550114',
    incomplete: '+1555',
    unavailable: '+15550115',
    declining: '+15550116',
    moved: '+15550117',
    movedTo: '+15550199',
    /** Only for who says who he is. */
    guarded: '+15550118',
    longTimed: '+15550119',
    /** Answers, and cannot be handed over by REFER. */
    unreferable: '+15550120',
    /** Takes digits as telephone events. */
    keyed: '+15550121',
    leaving: '+15550122',
  },
  /** How long sessions are, in seconds: as usual, too short for some, and the least that those take. */
  sessions: { usual: 1800, short: 300, least: 600 },
  /** Event packages: of the media servers, and one that nobody has. */
  mediaEvents: { status: 'X-genesys-mediaserver-status', unknown: 'x-unknown-package' },
  call: {
    uuid: '00FAVPM3BOBM3223H3CA9ATAES000001',
    connId: '006a0301b2c3d001',
    consultConnId: '006a0301b2c3d002',
    callId: 16777217,
    threadId: 'ct-7f3a9c',
    ani: '+15550100',
    dnis: '8005550199',
    networkCallId: '18446744073709551615',
    /** What is attached to the call, and what it is changed to. */
    userData: { first: { Segment: 'silver' }, later: { Segment: 'gold' } },
  },
  orsSession: { id: '00FAVPM3BOBM3223H3CA9ATAES00000G' },
  orsNode: { id: 'voice-ors-0' },
  tenantNode: { id: 't100-0' },
  /** A piece of digital work, a chat or an e-mail. */
  interaction: { id: 'ixn-000A5FVPM3B1' },
  /** A node of ORS that is not the one asked, by its pod and the address that it gives out. */
  otherOrsNode: { id: 'voice-ors-1', url: 'http://ors-1.voice.example:9098' },
  /** The dialogs that GVP runs for the ORS session, by the ids that pair the two. */
  dialog: { requestId: 'r-1', laterRequestId: 'r-2' },
  /** A callback that waits in an ORS session of its own. */
  callback: {
    id: '0b9d4a52-6c1e-4f7a-8d30-5e2f9c7b1a64',
    sessionId: '00FAVPM3BOBM3223H3CA9ATAES00000H',
    serviceName: 'Sales',
  },
  sipNode: { id: 'voice-sip-0', serverDbid: 101, application: 'SIPS' },
  otherSipNode: { id: 'voice-sip-1' },
  sipProxyNode: { id: 'voice-sipproxy-0' },
  rqNode: { id: 'voice-rq-0' },
  otherRqNode: { id: 'voice-rq-1' },
  configNode: { id: 'voice-config-0' },
  voicemailNode: { id: 'voice-voicemail-0' },
  otherVoicemailNode: { id: 'voice-voicemail-1' },
  campaign: { dbid: 102, name: 'Airlines', groupDbid: 140 },
  /** Two attempts of the campaign to reach one customer, by their ids. */
  attempt: { guid: '01VM0EXAMPLE0GUID000000000000001', laterGuid: '01VM0EXAMPLE0GUID000000000000002' },
  callingList: { dbid: 141, name: 'ListA' },
  /** Applications of the configuration, by what they stand for. */
  applications: {
    webServices: { dbid: 119, name: 'Cloud' },
    outboundServer: { dbid: 120, name: 'OCS' },
    outboundDatabase: { dbid: 121, name: 'OCSDAP' },
    pulse: { dbid: 122, name: 'pulse-lds-0' },
    interactionServer: { dbid: 123, name: 'InteractionServer' },
  },
  /** A virtual queue in which callers wait for an agent. */
  virtualQueue: { name: 'VQ_CB' },
  /** `othersNumber` belongs to nobody who has a token. */
  mailbox: { number: '7001', messageId: 'm-1', otherMessageId: 'm-2', othersNumber: '9001' },
  /** Who administers mailboxes, and what the users of the web show at the door. No secrets. */
  administrator: { userName: 'admin1' },
  tokens: { agent: 'token-of-agent1', administrator: 'token-of-admin1', expired: 'token-expired' },
  /** Its members are the first two persons. */
  agentGroup: { dbid: 301, name: 'Support', mailbox: '9001' },
  routingScript: { dbid: 320, name: 'Main' },
  /** A list object, which the configuration calls a transaction. */
  list: { dbid: 330, name: 'List1' },
  /** `login` is what the trunk is asked for. No secret. */
  sbc: { contact: 'sip:sbc.voice.example:5060', login: { user: 'trunk1', password: 'password-of-trunk1' } },
  /** What the phone of the browser agent is asked for when it registers. No secret. */
  phoneLogin: { user: '1002', password: 'password-of-1002' },
  /** How the phone of the first agent is registered. */
  registration: { contact: 'sip:7001@10.0.0.5:5060', callId: 'reg-7001@10.0.0.5', expires: 3600 },
  /** The same phone at another place. */
  movedRegistration: { contact: 'sip:7001@10.0.0.9:5060', callId: 'reg-7001@10.0.0.9' },
  /** The session that an agent has from login to logout. */
  agentSession: { id: 's-19' },
  /** A chat with two messages, the first of which the client sent under an id of its own. */
  chat: {
    sessionId: 'cs-1',
    channelId: 'ch-1',
    messageId: '7d1f0c8e-2b3a-4c5d-9e6f-1a2b3c4d5e01',
    laterMessageId: '7d1f0c8e-2b3a-4c5d-9e6f-1a2b3c4d5e02',
    clientMessageId: 'cm-1',
  },
  /** What Designer has published for the tenant beside the application of the routing script. */
  designer: { backup: 'Backup', module: 'Greeting', dataTable: 'Hours' },
  customer: { phone: '+15551230000', id: 'C-17', unknownPhone: '+15550000000' },
  /** The instant at which the fixture world stands still: seconds and microseconds since 1970. */
  now: { sec: 1_760_000_000, usec: 125_000 },
} as const;
