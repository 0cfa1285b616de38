import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import sipProxy from '../../../contracts/connections/51-voice-sip-cluster-service--voice-sip-proxy-service.ts';
import webrtc from '../../../contracts/connections/57-voice-sip-proxy-service--webrtc-media-service.ts';
import { state } from '../../../contracts/contract.ts';
import { isSipResponse, type SipRequest } from '../../../contracts/messages/sip.ts';
import { world } from '../../../contracts/world.ts';
import { type Exchange, UnknownStateError } from '../../adapter.ts';
import { assertFree } from '../../ports.ts';
import { harnessFolder } from '../../process/layout.ts';
import { adapter } from './adapter.ts';
import { headerOf, invite, type RequestOptions, request } from './fixtures/raw-peer.ts';
import { answered, local, numberOf, served, wires } from './fixtures/served.ts';
import { sippFiles } from './sipp.ts';
import type { SipTransport } from './transport.ts';

const { server, dial, recorded, said } = served();

/** The message log of the mock that has heard most. */
async function longestLog(): Promise<string> {
  const names = (await readdir(harnessFolder())).filter((name) => name.startsWith('sipp-destination-'));
  const logs = names.map((name) => join(harnessFolder(), name, sippFiles.log));
  const sizes = await Promise.all(logs.map(async (path) => ({ path, size: (await stat(path)).size })));
  return sizes.toSorted((a, b) => b.size - a.size)[0]?.path as string;
}

interface Call {
  transport: SipTransport;
  number: string;
  callId: string;
  /** Changes each text before it is sent. */
  change?: (text: string) => string;
  /** Methods that this source forgets to send. */
  without?: readonly string[];
}

/** An answered call of a raw source: INVITE, ACK, BYE. */
async function call({ transport, number, callId, change = (text) => text, without = [] }: Call): Promise<void> {
  const source = await dial(transport);
  source.send(change(invite({ transport, local: source.local, callId, number })));
  const answered = await source.received('SIP/2.0 200');
  const inDialog = (branch: string, cseq: string): RequestOptions => ({
    transport,
    local: source.local,
    callId,
    branch,
    cseq,
    to: headerOf(answered, 'To'),
    uri: headerOf(answered, 'Contact').slice(1, -1),
  });
  if (!without.includes('ACK')) source.send(change(request(inDialog(`${callId}2`, '1 ACK'))));
  source.send(change(request(inDialog(`${callId}3`, '2 BYE'))));
  await source.received('SIP/2.0 200');
}

describe.each(['TCP', 'UDP'] as const)('a source over %s', (transport) => {
  test('that keeps the contract is passed', async () => {
    await call({ transport, number: numberOf[transport], callId: `good${transport}` });
    expect(await said(transport, answered[transport])).toEqual([]);
  });

  test('that sends no ACK is told so', async () => {
    await call({ transport, number: numberOf[transport], callId: `noack${transport}`, without: ['ACK'] });
    expect(await said(transport, answered[transport])).toEqual([
      expect.stringMatching(/^step 5 of 7, from the source: expected ACK sip:\S+, got nothing$/),
    ]);
  });

  test('that does not raise CSeq is told so', async () => {
    const change = (text: string) => text.replace('CSeq: 2 BYE', 'CSeq: 1 BYE');
    await call({ transport, number: numberOf[transport], callId: `cseq${transport}`, change });
    expect(await said(transport, answered[transport])).toEqual([
      '$.headers.cseq.increment: expected 1, got 0 (number)',
    ]);
  });

  test('that asks again and again with one Call-ID is answered each time', async () => {
    const source = await dial(transport);
    const to = '<sip:voice.example>';
    const parts = { transport, local: source.local, uri: 'sip:voice.example', callId: `again${transport}`, to };
    for (const cseq of ['1 OPTIONS', '2 OPTIONS', '3 OPTIONS']) {
      source.send(request({ ...parts, branch: cseq, cseq }));
      expect(headerOf(await source.received('SIP/2.0 200'), 'CSeq')).toBe(cseq);
    }
  });

  test('that leaves out X-Genesys-CallUUID is told so', async () => {
    const change = (text: string) => text.replace(/X-Genesys-CallUUID: .*\r\n/, '');
    await call({ transport, number: numberOf[transport], callId: `uuid${transport}`, change });
    expect(await said(transport, answered[transport])).toEqual([
      '$.headers.x-genesys-calluuid: expected text that fits /^[0-9A-Z]{32}$/ like "00FAVPM3BOBM3223H3CA9ATAES000001", ' +
        'got nothing (the key is missing)',
    ]);
  });
});

test('a source with compact headers, several hops and a Record-Route is answered and passed', async () => {
  const source = await dial('TCP');
  const text = invite({ transport: 'TCP', local: source.local, callId: 'compact', number: '1003' })
    .replace('Via: ', 'v: ')
    .replace('From: ', 'f: ')
    .replace('To: ', 't: ')
    .replace('Call-ID: ', 'i: ')
    .replace('Content-Length: ', 'l: ')
    .replace(
      '\r\nf: ',
      '\r\nv : SIP/2.0/UDP 127.0.0.9:5060;branch=z9hG4bKbelow\r\nRecord-Route: <sip:127.0.0.8;lr>\r\nf: ',
    );
  source.send(text);
  const busy = await source.received('SIP/2.0 486');
  expect(busy).toContain('\r\nv : SIP/2.0/UDP 127.0.0.9:5060;branch=z9hG4bKbelow\r\n');
  const ack = { transport: 'TCP', local: source.local, callId: 'compact', branch: 'compact1', cseq: '1 ACK' } as const;
  source.send(request({ ...ack, uri: 'sip:1003@voice.example', to: /\r\nt: (.*)\r\n/.exec(busy)?.[1] ?? '' }));
  expect(await said('TCP', 'busy of an endpoint')).toEqual([]);
});

test('a BYE that comes over fewer hops than its INVITE is answered over these alone', async () => {
  const source = await dial('TCP');
  const ids = { transport: 'TCP', local: source.local, callId: 'fewer' } as const;
  const hop = 'Via: SIP/2.0/UDP 127.0.0.9:5060;branch=z9hG4bKbelow';
  source.send(invite({ ...ids, number: numberOf.TCP }).replace('\r\nFrom', `\r\n${hop}\r\nFrom`));
  const answered = await source.received('SIP/2.0 200');
  expect(answered.match(/^Via: /gm)).toHaveLength(2);
  const dialog = { ...ids, uri: headerOf(answered, 'Contact').slice(1, -1), to: headerOf(answered, 'To') };
  source.send(request({ ...dialog, branch: 'fewer2', cseq: '1 ACK' }));
  source.send(request({ ...dialog, branch: 'fewer3', cseq: '2 BYE' }));
  expect((await source.received('SIP/2.0 200')).match(/^Via: .*(?=\r)/gm)).toEqual([
    `Via: SIP/2.0/TCP ${source.local};branch=z9hG4bKfewer3`,
  ]);
});

describe('a request of the destination goes to the contact of the INVITE', () => {
  const rows = ['Record-Route: <sip:127.0.0.8;lr>', 'record-route: <sip:127.0.0.7;lr>,<sip:127.0.0.6;lr>'];
  const route = 'Route: <sip:127.0.0.8;lr>, <sip:127.0.0.7;lr>,<sip:127.0.0.6;lr>';

  test.each([
    ['with a name', 'Contact: "N; <m>"  <sip:me@127.0.0.9:7;lr>;expires=60', 'sip:me@127.0.0.9:7;lr', rows, route],
    ['in the compact form', 'm:sip:me@127.0.0.9:7;expires=60', 'sip:me@127.0.0.9:7', [], undefined],
  ])('%s', async (_name, contact, target, routeRows, expected) => {
    const source = await dial('TCP');
    const ids = { transport: 'TCP', local: source.local, callId: `target${routeRows.length}` } as const;
    const text = invite({ ...ids, number: world.dns.leaving.number });
    source.send(text.replace(/Contact: .*/, [contact, ...routeRows].join('\r\n')));
    const answered = await source.received('SIP/2.0 200');
    const uri = headerOf(answered, 'Contact').slice(1, -1);
    source.send(request({ ...ids, uri, branch: `${ids.callId}2`, cseq: '1 ACK', to: headerOf(answered, 'To') }));
    const bye = await source.received('BYE ');
    expect(bye.split('\r\n')[0]).toBe(`BYE ${target} SIP/2.0`);
    expect(/^Route: .*(?=\r)/im.exec(bye)?.[0]).toBe(expected);
    expect(bye.match(/\r\n\r\n/g)).toHaveLength(1);
  });
});

test('all hops come back wherever they stand among the headers', async () => {
  const source = await dial('TCP');
  const parts = { transport: 'TCP', local: source.local, uri: 'sip:voice.example', to: '<sip:voice.example>' } as const;
  const text = request({ ...parts, callId: 'hops', branch: 'hops', cseq: '1 OPTIONS', extra: ['Vendor: any'] });
  const below = 'v: SIP/2.0/UDP 127.0.0.8;branch=z9hG4bKb\r\nvia : SIP/2.0/UDP 127.0.0.7;branch=z9hG4bKc\r\n';
  source.send(text.replace(/(Via: .*\r\n)((?:.*\r\n)*?)(Content-Length)/, `$2$1${below}$3`));
  const [, top = ''] = /(Via: .*\r\n)/.exec(text) ?? [];
  expect(await source.received('SIP/2.0 200')).toContain(`200 OK\r\n${top}${below}From: `);
});

test('a source that sends no Content-Length on TCP is told so', async () => {
  const source = await dial('TCP');
  const text = request({
    transport: 'TCP',
    local: source.local,
    uri: 'sip:voice.example',
    to: '<sip:voice.example>',
    callId: 'nolength',
    branch: 'nolength',
    cseq: '7 OPTIONS',
  });
  source.send(text.replace(/Content-Length: .*\r\n/, ''));
  await source.received('SIP/2.0 200');
  expect(await said('TCP', 'OPTIONS is answered')).toEqual([
    '$.headers.content-length: expected an integer like 0, got nothing (the key is missing)',
  ]);
});

test('what no contract knows is answered by the protocol and recorded', async () => {
  const source = await dial('TCP');
  source.send(invite({ transport: 'TCP', local: source.local, callId: 'strange', number: '4711' }));
  const refused = await source.received('SIP/2.0 404');
  const parts = { transport: 'TCP', local: source.local, uri: 'sip:4711@voice.example' } as const;
  const within = { ...parts, callId: 'strange', to: headerOf(refused, 'To') };
  source.send(request({ ...within, branch: 'strange1', cseq: '1 ACK' }));
  const gone = { ...within, to: '<sip:4711@voice.example>;tag=gone' };
  for (const cseq of ['2 BYE', '3 OPTIONS']) {
    source.send(request({ ...gone, branch: cseq, cseq }));
    expect(headerOf(await source.received('SIP/2.0 481'), 'To')).toBe(gone.to);
  }
  source.send(request({ ...parts, callId: 'odd', branch: 'odd', cseq: '1 PUBLISH', to: '<sip:4711@voice.example>' }));
  await source.received('SIP/2.0 501');
  const exchanges = await recorded('TCP');
  expect(exchanges.map(({ messages }) => messages.map(({ content }) => adapter.profile.title(content)))).toEqual([
    [
      ...['INVITE sip:4711@voice.example', '404 Not Found (INVITE)', 'ACK sip:4711@voice.example'],
      ...['BYE sip:4711@voice.example', '481 Call/Transaction Does Not Exist (BYE)'],
      ...['OPTIONS sip:4711@voice.example', '481 Call/Transaction Does Not Exist (OPTIONS)'],
    ],
    ['PUBLISH sip:4711@voice.example', '501 Not Implemented (PUBLISH)'],
  ]);
});

test('garbage is recorded as a failure and the mock lives on', async () => {
  const source = await dial('TCP');
  source.send('What is this?\r\n\r\n');
  await call({ transport: 'TCP', number: '1001', callId: 'aftergarbage' });
  const exchanges = await recorded('TCP');
  expect(exchanges.map(({ failure }) => failure?.message)).toContain(
    'the source sent what is no SIP message: "What is this?"',
  );
  expect(exchanges.some(({ messages }) => messages.length >= 6)).toBe(true);
});

test('a half-closed and a broken connection leave the mock alive', async () => {
  const source = await dial('TCP');
  source.send('INVITE sip:1001@voice.example SIP/2.0\r\nVia: SIP/2.0/TCP 127');
  source.halfClose();
  const other = await dial('TCP');
  await other.close();
  await call({ transport: 'TCP', number: '1001', callId: 'afterclose' });
  expect((await recorded('TCP')).some(({ messages }) => messages.length >= 6)).toBe(true);
});

test('a flood of messages leaves the mock answering, and its log small', async () => {
  const source = await dial('TCP');
  const options = (callId: string) =>
    request({
      ...{ transport: 'TCP', local: source.local, uri: 'sip:voice.example', to: '<sip:voice.example>' },
      ...{ callId, branch: callId, cseq: '1 OPTIONS', extra: ['Content-Type: text/plain'], body: 'x'.repeat(60_000) },
    });
  for (let sent = 0; sent < 700; sent += 1) source.send(options(`flood${sent}`));
  for (let answered = 0; answered < 700; answered += 1) await source.received('SIP/2.0 200');
  const log = await longestLog();
  expect((await stat(log)).size).toBeGreaterThan(40_000_000);
  while ((await stat(log)).blocks * 512 > 36_000_000) await sleep(20);
  source.send(options('last'));
  await source.received('SIP/2.0 200');
  const exchanges = await recorded('TCP');
  // It began with all 701.
  expect(exchanges.length).toBeLessThan(650);
  expect(exchanges.every(({ messages }) => messages.length === 2)).toBe(true);
  expect(exchanges.at(-1)?.messages[0]?.content).toMatchObject({ headers: { 'call-id': 'last' } });
});

test('200 calls at once are each answered by what they said', async () => {
  const source = await dial('UDP');
  const ids = Array.from({ length: 200 }, (_, at) => `many${at}`);
  for (const callId of ids) source.send(invite({ transport: 'UDP', local: source.local, callId, number: '1003' }));
  // A call whose ACK is slow is told again that it is busy.
  for (const left = new Set(ids); left.size > 0; ) {
    const busy = await source.received('SIP/2.0 486');
    const callId = headerOf(busy, 'Call-ID');
    expect(headerOf(busy, 'Via')).toContain(`branch=z9hG4bK${callId}1`);
    const parts = { transport: 'UDP', local: source.local, uri: 'sip:1003@voice.example', cseq: '1 ACK' } as const;
    source.send(request({ ...parts, callId, branch: `${callId}1`, to: headerOf(busy, 'To') }));
    left.delete(callId);
  }
  const isOne = ({ messages: [first] }: Exchange) =>
    ids.includes((first?.content as SipRequest | undefined)?.headers['call-id'] ?? '');
  const exchanges = (await recorded('UDP')).filter(isOne);
  expect(exchanges).toHaveLength(200);
  expect(exchanges.every(({ messages, failure }) => messages.length === 5 && failure === undefined)).toBe(true);
});

describe('states', () => {
  test('a switch refuses new calls only, until it is undone', async () => {
    const source = await dial('TCP');
    source.send(invite({ transport: 'TCP', local: source.local, callId: 'before', number: '1001' }));
    const answer = await source.received('SIP/2.0 200');
    const set = await server('TCP').setState(state('the limit of new dialogs is reached'));

    source.send(invite({ transport: 'TCP', local: source.local, callId: 'refused', number: '1001' }));
    expect(headerOf(await source.received('SIP/2.0 503'), 'Call-ID')).toBe('refused');
    const inDialog = { transport: 'TCP', local: source.local, callId: 'before', to: headerOf(answer, 'To') } as const;
    source.send(request({ ...inDialog, uri: 'sip:x@127.0.0.1', branch: 'before3', cseq: '2 BYE' }));
    expect(headerOf(await source.received('SIP/2.0 200'), 'CSeq')).toBe('2 BYE');

    await set.undo();
    await call({ transport: 'TCP', number: '1001', callId: 'after' });
  });

  test('that nobody can set are named with those that exist', async () => {
    const setting = server('UDP').setState(state('no such state'));
    await expect(setting).rejects.toThrow(UnknownStateError);
    await expect(setting).rejects.toThrow(
      'WebRTC Media Service has no state "no such state"; it has: the service is up, an agent has a browser session, ',
    );
  });

  test('that do not hold for a number say for which they do', async () => {
    await expect(server('TCP').setState(state('a DN is busy', { dn: '1001' }))).rejects.toThrow(
      'in the fixture world this state holds for the DN 1003, not for 1001',
    );
  });
});

test('the record is forgotten by clear, and ids rise on', async () => {
  await call({ transport: 'TCP', number: '1001', callId: 'first' });
  const [first] = await recorded('TCP');
  server('TCP').clear();
  expect(server('TCP').exchanges()).toEqual([]);
  await call({ transport: 'TCP', number: '1001', callId: 'second' });
  const exchanges = await recorded('TCP');
  expect(exchanges.map(({ id }) => id)).toEqual([(first?.id ?? 0) + 1]);
  expect(exchanges[0]?.messages.filter(({ content }) => isSipResponse(content))).toHaveLength(4);
});

describe('start and stop', () => {
  test('closing twice is fine and frees the port', async () => {
    const mock = await adapter.serve({ ...wires.TCP, listen: local });
    await Promise.all([mock.close(), mock.close()]);
    await mock.close();
    await expect(assertFree(mock.address)).resolves.toBeUndefined();
  });

  test('an address of IPv6 is one sentence', async () => {
    await expect(adapter.serve({ ...wires.UDP, listen: { host: '::1', port: 0 } })).rejects.toThrow(
      'SIP is spoken over IPv4 here, not with ::1; give an address such as 127.0.0.1.',
    );
  });

  test('a TCP port in use is one sentence', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as { port: number };
    await expect(adapter.serve({ ...wires.TCP, listen: { ...local, port } })).rejects.toThrow(
      `port ${port} on 127.0.0.1 is in use; stop what listens there, or choose another port.`,
    );
    holder.close();
  });

  test('a UDP port in use is one sentence', async () => {
    const holder = createSocket('udp4');
    holder.bind(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address();
    await expect(adapter.serve({ ...wires.UDP, listen: { ...local, port } })).rejects.toThrow(
      `port ${port} on 127.0.0.1 is in use; stop what listens there, or choose another port.`,
    );
    holder.close();
  });

  test('an aborted start starts nothing', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(adapter.serve({ ...wires.TCP, listen: local, signal })).rejects.toThrow('too late');
  });

  test('contracts of both transports need two mocks', async () => {
    const contracts = [sipProxy as never, webrtc as never];
    await expect(adapter.serve({ ...wires.TCP, contracts, listen: local })).rejects.toThrow(
      'one SIP mock cannot serve SIP/TCP and SIP/UDP contracts at once; start one for each',
    );
  });
});
