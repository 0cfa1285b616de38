import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { TcpMessage } from '../../../contracts/messages/tcp.ts';
import type { Line } from '../../adapter.ts';
import { listenOn } from '../../listen.ts';
import { type Codec, CodecError, decodeSafely, encodeSafely, openDecoder } from './codec.ts';
import type { TcpLimits } from './limits.ts';

/** Opens a line over a TCP connection: the codec writes at one end and reads at the other. */
export async function openLine(codec: Codec, limits: TcpLimits): Promise<Line> {
  const server = createServer({ noDelay: true });
  const { host, port } = await listenOn(server, { host: '127.0.0.1', port: 0 });
  const near = connect({ host, port, noDelay: true });
  const [far] = (await once(server, 'connection')) as [Socket];
  let closed: Promise<void> | undefined;
  return {
    ownPaths: [],
    carry: (content) => carry(content as TcpMessage, near, far, { codec, limits }),
    close: () => {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        near.destroy();
        far.destroy();
      });
      return closed;
    },
  };
}

async function carry(
  message: TcpMessage,
  near: Socket,
  far: Socket,
  { codec, limits }: { codec: Codec; limits: TcpLimits },
): Promise<TcpMessage | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = encodeSafely(codec, message);
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
  near.write(bytes);
  const decoder = openDecoder(codec, limits);
  for (let left = bytes.length; left > 0; ) {
    const [chunk] = (await once(far, 'data')) as [Buffer];
    left -= chunk.length;
    const [frame] = decodeSafely(() => decoder.push(chunk));
    if (frame !== undefined) return frame.kind === 'message' ? frame.message : undefined;
  }
  return undefined;
}
