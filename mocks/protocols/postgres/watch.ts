import { randomBytes } from 'node:crypto';
import {
  type Address,
  type MockServer,
  type ServeOptions,
  UnattainableStateError,
  UnknownStateError,
} from '../../adapter.ts';
import { attemptMessages, type StandIn, standInForAbsent } from './outage.ts';
import { Recorder } from './recorder.ts';
import { SUPERUSER, startPostgres } from './server.ts';
import type { PostgresService, PostgresWorld } from './service.ts';
import { Superuser } from './superuser.ts';

/** Starts a server of our own, with the roles, databases and tables of the service, and watches it. */
export async function serve(options: ServeOptions): Promise<MockServer> {
  const service = options.service as PostgresService;
  const server = await startPostgres(options.listen, options.signal);
  const superuser = new Superuser({
    host: server.socketFolder,
    port: server.address.port,
    user: SUPERUSER,
    database: service.database,
  });
  let standIn: StandIn | undefined;
  const undo = async () => {
    await standIn?.close();
    await superuser.close();
    await server.close();
  };
  try {
    const password = randomBytes(18).toString('base64url');
    const world = worldOf(superuser, password);
    // A tap is given the password of the roles only, and has to read the log as well.
    await superuser.run(`ALTER ROLE ${SUPERUSER} PASSWORD '${password}'`, [], 'postgres');
    await service.prepare(world);
    const recorder = await Recorder.open(superuser);
    const address = { ...server.address, user: service.role, password, database: service.database };
    world.outage = async () => {
      await recorder.settled();
      await superuser.close();
      await server.stop();
      const resume = recorder.pause();
      standIn = await standInForAbsent(server.address, (attempt) => recorder.add(attemptMessages(attempt)));
      return async () => {
        await standIn?.close();
        await server.start();
        resume();
      };
    };
    return watch({ address, service, world, recorder, undo });
  } catch (error) {
    await undo();
    throw error;
  }
}

/**
 * Watches a server that runs already. Its roles must have the password of `at`.
 * @param options.at with a superuser as `user` (`postgres` when absent), and the database that the contracts are about
 * @throws Error with one sentence when the server does not log what has to be known
 */
export async function attach(options: Omit<ServeOptions, 'listen'> & { at: Address }): Promise<MockServer> {
  const service = options.service as PostgresService;
  const database = options.at.database ?? service.database;
  const superuser = new Superuser({ user: SUPERUSER, ...options.at, database });
  try {
    const recorder = await Recorder.open(superuser);
    const world = worldOf(superuser, options.at.password ?? '');
    const address = { ...options.at, user: service.role, database };
    return watch({ address, service, world, recorder, undo: () => superuser.close() });
  } catch (error) {
    await superuser.close();
    throw error;
  }
}

function worldOf(superuser: Superuser, password: string): PostgresWorld {
  return {
    password,
    run: (sql, values, database) => superuser.run(sql, values, database),
    async outage() {
      throw new UnattainableStateError(
        'this PostgreSQL is not of the harness: it cannot be taken down and brought back',
      );
    },
  };
}

interface Watched {
  address: Address;
  service: PostgresService;
  world: PostgresWorld;
  recorder: Recorder;
  undo(): Promise<void>;
}

function watch({ address, service, world, recorder, undo }: Watched): MockServer {
  let closing: Promise<void> | undefined;
  return {
    address,
    async setState({ name, params }) {
      const handler = Object.hasOwn(service.states, name) ? service.states[name] : undefined;
      if (handler === undefined) {
        const known = Object.keys(service.states).map((each) => `"${each}"`);
        throw new UnknownStateError(`${service.system} has no provider state "${name}"; it has ${known.join(', ')}.`);
      }
      const set = await handler(world, params);
      return { values: set.values ?? {}, undo: set.undo ?? (async () => {}) };
    },
    exchanges: () => recorder.exchanges(),
    settled: () => recorder.settled(),
    clear: () => recorder.clear(),
    close() {
      closing ??= undo();
      return closing;
    },
  };
}
