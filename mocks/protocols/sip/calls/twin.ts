import { createServer, type Server, type Socket } from 'node:net';
import { listenOn } from '../../../listen.ts';

/** Ends every message on a twin socket. */
const END = '\x1b';

/**
 * The twin of one SIPp (its `-3pcc`): a socket beside the wire on which a scenario says that it waits (`sendCmd`) and is told how to
 * go on (`recvCmd`).
 */
export class Twin {
  /** Where the scenario finds it: `127.0.0.1:34567`. */
  readonly address: string;
  readonly #server: Server;
  #socket: Socket | undefined;

  private constructor(server: Server, address: string) {
    this.#server = server;
    this.address = address;
  }

  /** Listens on any free loopback port. @param onEvent takes what the scenario says; empty for what SIPp says of itself */
  static async open(onEvent: (event: string) => void): Promise<Twin> {
    const server = createServer();
    const { host, port } = await listenOn(server, { host: '127.0.0.1', port: 0 });
    const twin = new Twin(server, `${host}:${port}`);
    server.on('connection', (socket) => twin.#take(socket, onEvent));
    return twin;
  }

  /** Tells the scenario how to go on. @param callId by which SIPp finds the call */
  command(callId: string, fields: Readonly<Record<string, string | number>>): void {
    const lines = Object.entries({ 'Call-ID': callId, ...fields }).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#socket?.write(`${lines.join('')}\r\n${END}`);
  }

  close(): void {
    this.#socket?.destroy();
    this.#server.close();
  }

  #take(socket: Socket, onEvent: (event: string) => void): void {
    this.#socket = socket;
    let pending = '';
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      const messages = `${pending}${text}`.split(END);
      pending = messages.pop() ?? '';
      for (const message of messages) onEvent(/^Event: (.*?)\r?$/m.exec(message)?.[1] ?? '');
    });
    // SIPp ends without closing it; its process tells of that.
    socket.on('error', () => socket.destroy());
  }
}
