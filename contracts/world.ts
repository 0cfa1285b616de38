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
    routePoint: { dbid: 310, number: '5000' },
    unknown: { number: '9999' },
    trunk: { dbid: 311, number: 'trunk_sbc' },
  },
  call: {
    uuid: '00FAVPM3BOBM3223H3CA9ATAES000001',
    connId: '006a0301b2c3d001',
    consultConnId: '006a0301b2c3d002',
    callId: 16777217,
    threadId: 'ct-7f3a9c',
    ani: '+15550100',
    dnis: '8005550199',
    networkCallId: '18446744073709551615',
  },
  orsSession: { id: '00FAVPM3BOBM3223H3CA9ATAES00000G' },
  sipNode: { id: 'voice-sip-0', serverDbid: 101 },
  campaign: { dbid: 102, name: 'Airlines', groupDbid: 140 },
  mailbox: { number: '7001', messageId: 'm-1', otherMessageId: 'm-2' },
  customer: { phone: '+15551230000', id: 'C-17', unknownPhone: '+15550000000' },
  /** The instant at which the fixture world stands still: seconds and microseconds since 1970. */
  now: { sec: 1_760_000_000, usec: 125_000 },
} as const;
