import { createServer } from 'node:net';
import type { ProviderState } from '../../../contracts/contract.ts';
import { portOf } from '../../../contracts/parts.ts';
import {
  type MockServer,
  type ServeOptions,
  type ServiceMock,
  type StateSet,
  UnknownStateError,
} from '../../adapter.ts';
import { PlainWorld } from '../../common/plain-world.ts';
import { listenOn } from '../../listen.ts';
import { Backlog } from './backlog.ts';
import type { Codec } from './codec.ts';
import { ContractIndex } from './contract-index.ts';
import { handshakeOf } from './handshake.ts';
import type { TcpLimits } from './limits.ts';
import { settle, TcpRecord } from './record.ts';
import { ServedSession } from './served-session.ts';
import { isTcpServiceMock, type TcpServiceMock, type TcpSession } from './service.ts';

/**
 * Listens, answers by contract through the service mock, and records every exchange.
 * @throws when the address cannot be had, or the service mock does not speak TCP
 */
export async function serve(options: ServeOptions, codec: Codec, limits: TcpLimits): Promise<MockServer> {
  options.signal?.throwIfAborted();
  const service = speakingTcp(options.service);
  const world = options.world ?? service.createWorld();
  const port = options.contracts.map(portOf).find((each) => each !== undefined);
  const plainWorld = PlainWorld.of(world);
  const record = new TcpRecord(limits);
  const sessions = new Set<ServedSession>();
  const by = {
    codec,
    limits,
    record,
    backlog: new Backlog(limits.maxBacklogBytes),
    index: new ContractIndex(options.contracts),
    handshake: handshakeOf(options.contracts),
    accept: (session: TcpSession) => service.accept(world, session, port),
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const session = new ServedSession(socket, by);
    sessions.add(session);
    socket.once('close', () => sessions.delete(session));
  });
  server.maxConnections = limits.maxConnections;
  const address = await listenOn(server, options.listen);
  if (options.signal?.aborted) {
    server.close();
    throw options.signal.reason;
  }

  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (async () => {
      options.signal?.removeEventListener('abort', close);
      const closed = new Promise((resolve) => server.close(resolve));
      await Promise.all([...sessions].map((session) => session.close()));
      await closed;
    })();
    return closing;
  };
  options.signal?.addEventListener('abort', close, { once: true });

  /** The states that are set. */
  const standing = new Set<StateSet>();
  return {
    address,
    setState: async (state) => {
      const set = await setState(service, world, state);
      standing.add(set);
      const undo = async () => {
        if (standing.delete(set)) await set.undo();
      };
      return { values: set.values, undo };
    },
    ...(plainWorld && {
      inspect: () => plainWorld.inspect(),
      reset: async () => {
        standing.clear();
        plainWorld.reset();
      },
    }),
    exchanges: () => record.exchanges(),
    settled: () => settle(record, () => [...sessions].some((session) => session.busy), limits.settleTimeoutMs),
    clear: () => record.clear(),
    close,
  };
}

function speakingTcp(service: ServiceMock): TcpServiceMock<unknown> {
  if (isTcpServiceMock(service)) return service;
  throw new Error(
    `the mock of ${service.system} does not speak TCP; it needs createWorld() and accept(world, session)`,
  );
}

async function setState(service: TcpServiceMock<unknown>, world: unknown, state: ProviderState): Promise<StateSet> {
  const handler = Object.hasOwn(service.states, state.name) ? service.states[state.name] : undefined;
  if (handler === undefined) {
    const names = Object.keys(service.states).map((name) => `"${name}"`);
    throw new UnknownStateError(`${service.system} has no state "${state.name}"; it has ${names.join(', ') || 'none'}`);
  }
  const { values = {}, undo = async () => {} } = await handler(world, state.params);
  return { values, undo };
}
