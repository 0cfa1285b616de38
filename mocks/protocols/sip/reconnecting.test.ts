import { createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import contract from '../../../contracts/connections/51-voice-sip-cluster-service--voice-sip-proxy-service.ts';
import type { Interaction } from '../../../contracts/contract.ts';
import { judge } from '../../../contracts/conversation.ts';
import { type Address, UnreachableError } from '../../adapter.ts';
import { listenOn } from '../../listen.ts';
import { freePort } from '../../ports.ts';
import { adapter } from './adapter.ts';
import { answering, headerOf, methodOf, type RawPeer, responseTo } from './fixtures/raw-peer.ts';
import { SipFramer } from './framing.ts';

const words = 'whose connection is lost';
const interaction = contract.interactions.find(({ description }) => description.includes(words)) as Interaction;

const peers: RawPeer[] = [];
afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
});

interface Destination {
  /** Whether a dialog is gone with the connection that it began on. */
  forgets?: true;
  /** How many connections it takes. */
  most?: number;
}

/** Keeps the contract of a call, but for what is asked for. */
async function destinationOf({ forgets, most = Number.POSITIVE_INFINITY }: Destination) {
  /** The methods of the requests, by connection. */
  const heard: string[][] = [];
  const open = new Set<Socket>();
  const dialogs = new Set<string>();
  const server = createServer((socket) => {
    const methods: string[] = [];
    const known = forgets ? new Set<string>() : dialogs;
    const framer = new SipFramer();
    heard.push(methods);
    open.add(socket);
    if (heard.length === most) server.close();
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      for (const text of framer.push(bytes).map(String)) {
        methods.push(methodOf(text));
        if (methodOf(text) === 'INVITE') known.add(headerOf(text, 'Call-ID'));
        const isKnown = known.has(headerOf(text, 'Call-ID'));
        for (const answer of isKnown ? answering(text) : [responseTo(text, 481, 'No Such Call')]) socket.write(answer);
      }
    });
  });
  const address = await listenOn(server, { host: '127.0.0.1', port: 0 });
  const close = async () => {
    for (const socket of open) socket.destroy();
    server.close();
  };
  peers.push({ address, close });
  return { address, heard };
}

const playAt = (address: Address) =>
  adapter.play({ contract: contract as never, interaction, values: {} }, address, AbortSignal.timeout(20_000));

async function played(options: Destination) {
  const { address, heard } = await destinationOf(options);
  const { messages, failure } = await playAt(address);
  const said = judge(interaction, messages, adapter.profile, 'destination').map(({ message }) => message);
  return { said, failure: failure?.message.replace(`${address.port}`, 'port'), heard };
}

const twoConnections = [['INVITE', 'ACK'], ['BYE']];

test('a call goes on over a new connection', async () => {
  expect(await played({})).toEqual({ said: [], failure: undefined, heard: twoConnections });
});

test('a destination whose dialog is gone with its connection is told so', async () => {
  const { said, heard } = await played({ forgets: true });
  expect(heard).toEqual(twoConnections);
  expect(said).toContain('$.status: expected 200, got 481 (number)');
});

test('a destination that takes no new connection is told so', async () => {
  const { failure, heard } = await played({ most: 1 });
  expect(heard).toEqual(twoConnections.slice(0, 1));
  expect(failure).toBe('127.0.0.1:port closed the connection; 200 OK (BYE) had not come.');
});

test('a destination that takes no connection at all is not reached', async () => {
  const port = await freePort();
  const { failure } = await playAt({ host: '127.0.0.1', port });
  expect(failure).toEqual(
    new UnreachableError(`127.0.0.1:${port} refused the TCP connection; is anything listening there?`),
  );
});
