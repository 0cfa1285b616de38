import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { isSipRequest, isSipResponse, type SipMessage } from '../../../contracts/messages/sip.ts';
import type { Line } from '../../adapter.ts';
import { listenOn } from '../../listen.ts';
import { SipFramer } from './framing.ts';
import { parseSip } from './message.ts';
import { messageBytes, withPlace } from './written.ts';

const host = '127.0.0.1';

/** Opens a line over a TCP connection and a pair of UDP sockets; a message takes the transport that its Via names. */
export async function openLine(): Promise<Line> {
  const server = createServer({ noDelay: true });
  const { port } = await listenOn(server, { host, port: 0 });
  const near = connect({ host, port, noDelay: true });
  const [far] = (await once(server, 'connection')) as [Socket];
  const [sender, receiver] = await Promise.all([udpSocket(), udpSocket()]);
  let closed: Promise<void> | undefined;
  return {
    ownPaths: ['$.headers.content-length'],
    carry: async (content) => {
      if (!isSipRequest(content) && !isSipResponse(content)) return undefined;
      const bytes = written(content);
      if (bytes === undefined) return undefined;
      const isUdp = content.headers.via?.transport === 'UDP';
      const arrived = await (isUdp ? overUdp(bytes, sender, receiver) : overTcp(bytes, near, far));
      return arrived === undefined ? undefined : read(arrived, isUdp ? 'UDP' : 'TCP', content);
    },
    close: () => {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of [near, far]) socket.destroy();
        for (const socket of [sender, receiver]) socket.close();
      });
      return closed;
    },
  };
}

/** Undefined where the message has no form in bytes: a structured header without its parts, say. */
function written(content: SipMessage): Buffer | undefined {
  try {
    return messageBytes(content);
  } catch {
    return undefined;
  }
}

async function udpSocket(): Promise<UdpSocket> {
  const socket = createSocket('udp4');
  socket.bind({ address: host, port: 0, exclusive: true });
  await once(socket, 'listening');
  return socket;
}

async function overUdp(bytes: Buffer, sender: UdpSocket, receiver: UdpSocket): Promise<Buffer> {
  const arrives = once(receiver, 'message');
  sender.send(bytes, receiver.address().port, host);
  const [datagram] = (await arrives) as [Buffer];
  return datagram;
}

/** The message as the framing of a stream cuts it out; undefined where the framing cannot. */
async function overTcp(bytes: Buffer, near: Socket, far: Socket): Promise<Buffer | undefined> {
  const framer = new SipFramer();
  near.write(bytes);
  for (let left = bytes.length; left > 0; ) {
    const [chunk] = (await once(far, 'data')) as [Buffer];
    left -= chunk.length;
    const [message] = pushed(framer, chunk);
    if (message !== undefined && left === 0) return message;
  }
  return undefined;
}

function pushed(framer: SipFramer, chunk: Buffer): Buffer[] {
  try {
    return framer.push(chunk);
  } catch {
    return [];
  }
}

function read(bytes: Buffer, transport: 'TCP' | 'UDP', sent: SipMessage): SipMessage | undefined {
  const { content, violations } = parseSip(bytes, transport);
  return content === undefined || violations.length > 0 ? undefined : withPlace(content, sent);
}
