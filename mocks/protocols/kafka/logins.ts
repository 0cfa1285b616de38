import { pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import {
  type Acl,
  type AclFilter,
  AclOperations,
  AclPermissionTypes,
  type Admin,
  alterUserScramCredentialsV0,
  ConfigResourceTypes,
  type Connection,
  describeUserScramCredentialsV0,
  ResourcePatternTypes,
  ResourceTypes,
  ScramMechanisms,
} from '@platformatic/kafka';
import type { Contract } from '../../../contracts/contract.ts';
import { rowOf } from '../../../contracts/parts.ts';
import { type Address, UnattainableStateError, UnreachableError } from '../../adapter.ts';
import { sourceAddress, userName } from '../../common/source-address.ts';
import { adminClient, bareConnection, brokerAnswer, clientFailure, isLost, probe, SASL_MECHANISM } from './client.ts';
import { type Right, rights } from './rights.ts';
import { until } from './until.ts';

/** The least that a broker takes. */
const ITERATIONS = 4_096;
const HASH_BYTES = 64;
/** What a broker says when it is to remove a user that it does not have. */
const RESOURCE_NOT_FOUND = 91;

/** The settings of a broker that tell where it listens, and for whom. */
const LISTENER_SETTINGS = [
  'advertised.listeners',
  'listener.security.protocol.map',
  'sasl.enabled.mechanisms',
] as const;

/** A user of a broker. */
export interface User {
  name: string;
  password: string;
  rights: readonly Right[];
}

/**
 * The users of a broker: one for each connection's source, with the rights of its contract and no others. A user that is
 * there already is left as it is: its rights are the broker's own and under test with it.
 */
export class Logins {
  readonly #at: Address;
  readonly #timeoutMs: number;
  readonly #admin: Admin;
  #connection: Connection | undefined;
  /** Where users log in. */
  #listener: Address | undefined;
  /** Why there is no such place. */
  #lacking = 'nobody has asked the Kafka broker for its users yet';
  #made: string[] = [];

  /** @param at with the login of somebody who may manage users, where the listener wants one */
  constructor(at: Address, timeoutMs: number) {
    this.#at = at;
    this.#timeoutMs = timeoutMs;
    this.#admin = adminClient(at, timeoutMs);
  }

  /**
   * Makes sure that the users are there. Where that cannot be, everybody comes with the login of `at`, see `require`.
   * @throws Error with one sentence when there is no broker, or it does not take the login of `at`
   */
  async open(users: readonly User[]): Promise<void> {
    const { brokers } = await this.#ask('the metadata request', () => this.#admin.metadata({ topics: [] }));
    try {
      const listener = this.#at.user === undefined ? await this.#loginListener([...brokers.keys()][0]) : this.#at;
      const known = await this.#names();
      await this.#make(
        users.filter(({ name }) => !known.has(name)),
        listener,
      );
      this.#listener = listener;
    } catch (error) {
      if (error instanceof UnreachableError) throw error;
      await this.#remove(this.#made.splice(0));
      const reason = error instanceof Error ? error.message : String(error);
      this.#lacking = `${reason}, so that sources have no login of their own there`;
    }
  }

  /** What the source of a contract dials: with its own login, or that of `at`. */
  addressFor(contract: Pick<Contract, 'connection' | 'part'>): Address {
    return this.#listener === undefined ? this.#at : sourceAddress(contract, this.#listener);
  }

  /** Where users log in. @throws UnattainableStateError with the reason, where sources have no login of their own */
  require(): Address {
    if (this.#listener === undefined) throw new UnattainableStateError(this.#lacking);
    return this.#listener;
  }

  /** Makes a user that is no service's. @returns how to remove it. @throws UnattainableStateError, see `require` */
  async makeStranger(stranger: User): Promise<() => Promise<void>> {
    await this.#make([stranger], this.require());
    return () => this.#remove([stranger.name]);
  }

  /** Removes the users that were made here, and closes the connections. */
  async close(): Promise<void> {
    try {
      await this.#remove(this.#made.splice(0));
    } finally {
      await this.abandon();
    }
  }

  /** Closes the connections; what waits for an answer fails. */
  async abandon(): Promise<void> {
    await Promise.all([this.#admin.close(), this.#connection?.close()]);
  }

  /** Where users log in, if the harness does not. @throws Error when the broker has no such listener */
  async #loginListener(broker: number | undefined): Promise<Address> {
    const resource = {
      resourceType: ConfigResourceTypes.BROKER,
      resourceName: String(broker),
      configurationKeys: [...LISTENER_SETTINGS],
    };
    const [described] = await this.#ask('the settings of its listeners', () =>
      this.#admin.describeConfigs({ resources: [resource] }),
    );
    const settings = new Map(described?.configs.map(({ name, value }) => [name, value]));
    const listener = listenerIn(settings, this.#at.ca === undefined ? 'SASL_PLAINTEXT' : 'SASL_SSL');
    if (listener !== undefined) return { ...this.#at, ...listener };
    const where = `${this.#at.host}:${this.#at.port}`;
    throw new Error(`the Kafka broker at ${where} has no listener where users log in by ${SASL_MECHANISM}`);
  }

  async #names(): Promise<Set<string>> {
    const { results } = await this.#request('the list of users', (connection) =>
      // An empty list asks for all users; none at all does too, but then the broker has no answer to who may not ask.
      describeUserScramCredentialsV0.api.async(connection, []),
    );
    return new Set(results.map(({ user }) => user));
  }

  async #make(users: readonly User[], listener: Address): Promise<void> {
    const last = users.at(-1);
    if (last === undefined) return;
    const names = users.map(({ name }) => name);
    const creations = users.flatMap(({ name, rights }) => rights.map((right) => ruleOf(name, right)));
    const upsertions = await Promise.all(users.map(credentials));
    if (creations.length > 0) await this.#ask('the rights of users', () => this.#admin.createAcls({ creations }));
    try {
      await this.#request('the making of users', (connection) =>
        alterUserScramCredentialsV0.api.async(connection, [], upsertions),
      );
    } catch (error) {
      await this.#removeRights(names);
      throw error;
    }
    this.#made.push(...names);
    // The controller makes rules and users; they hold once the broker itself has them.
    await until(this.#at, 'the rights of users to hold', async () => {
      const held = await this.#admin.describeAcls({ filter: ANY_RULE });
      const rules = new Set(held.flatMap(({ acls, ...target }) => acls.map((each) => textOf({ ...target, ...each }))));
      return creations.every((each) => rules.has(textOf(each)));
    });
    const { name: user, password } = last;
    await until(this.#at, `user ${user} to be let in`, async () => {
      await probe({ ...listener, user, password }, this.#timeoutMs);
      return true;
    });
  }

  async #remove(names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    this.#made = this.#made.filter((each) => !names.includes(each));
    await this.#removeRights(names);
    const deletions = names.map((name) => ({ name, mechanism: ScramMechanisms.SCRAM_SHA_512 }));
    await this.#request('the removal of users', async (connection) => {
      try {
        await alterUserScramCredentialsV0.api.async(connection, deletions, []);
      } catch (error) {
        if (brokerAnswer(error)?.code !== RESOURCE_NOT_FOUND) throw error;
      }
    });
    await until(this.#at, 'users to be gone', async () => {
      const known = await this.#names();
      return names.every((each) => !known.has(each));
    });
  }

  async #removeRights(names: readonly string[]): Promise<void> {
    const filters = names.map((name): AclFilter => ({ ...ANY_RULE, principal: `User:${name}` }));
    await this.#ask('the end of the rights of users', () => this.#admin.deleteAcls({ filters }));
  }

  async #request<T>(doing: string, request: (connection: Connection) => Promise<T>): Promise<T> {
    return await this.#ask(doing, async () => {
      this.#connection ??= bareConnection(this.#at, this.#timeoutMs);
      const connection = this.#connection;
      try {
        await connection.connect(this.#at.host, this.#at.port);
        return await request(connection);
      } catch (error) {
        if (isLost(error)) this.#connection = undefined;
        throw error;
      }
    });
  }

  /**
   * Asks what has the same effect when it is asked twice, and so asks once more when the connection is lost: a broker that
   * does not know a request closes the connection as well, and does so each time.
   */
  async #ask<T>(doing: string, request: () => Promise<T>): Promise<T> {
    try {
      return await request().catch((error: unknown) => {
        if (!isLost(error)) throw error;
        return request();
      });
    } catch (error) {
      throw clientFailure(error, this.#at, doing, this.#timeoutMs);
    }
  }
}

/**
 * The users of contracts' sources; those of one name have the rights of all their contracts.
 * @param at with the password of the administrator, if there is one
 */
export function usersOf(contracts: readonly Contract[], at: Address): User[] {
  return [...Map.groupBy(contracts, userName)].map(([name, own]) => ({
    name,
    password: sourceAddress(own[0] as Contract, at).password,
    rights: own.flatMap(rights),
  }));
}

/** The table prints two ports, of which the first one is taken for plain text; the second one is for logins beside it. */
export function loginPortBeside(port: number, [contract]: readonly Contract[]): number | undefined {
  const [plain, login] = contract === undefined ? [] : rowOf(contract).port.ports;
  return port === plain ? login : undefined;
}

/** Finds among a broker's settings the first listener where users log in that way; undefined where there is none. */
export function listenerIn(
  settings: ReadonlyMap<string, string | null | undefined>,
  way: 'SASL_PLAINTEXT' | 'SASL_SSL',
): Pick<Address, 'host' | 'port'> | undefined {
  const [advertised, protocols, mechanisms] = LISTENER_SETTINGS.map((name) => settings.get(name)?.split(',') ?? []);
  const name = protocols?.find((each) => each.endsWith(`:${way}`))?.replace(/:.*$/, '');
  const found = /^(.+):\/\/\[?(.+?)\]?:(\d+)$/;
  const [listener] = (advertised ?? []).map((each) => found.exec(each)).filter((each) => each?.[1] === name);
  if (!mechanisms?.includes(SASL_MECHANISM) || listener?.[2] === undefined) return undefined;
  return { host: listener[2], port: Number(listener[3]) };
}

const ANY_RULE: AclFilter = {
  resourceType: ResourceTypes.ANY,
  resourceName: null,
  resourcePatternType: ResourcePatternTypes.ANY,
  principal: null,
  host: null,
  operation: AclOperations.ANY,
  permissionType: AclPermissionTypes.ANY,
};

function ruleOf(user: string, { operation, resource, name }: Right): Acl {
  return {
    resourceType: ResourceTypes[resource],
    resourceName: name,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal: `User:${user}`,
    host: '*',
    operation: AclOperations[operation],
    permissionType: AclPermissionTypes.ALLOW,
  };
}

/** The same for the same rule, whatever else the broker tells of it. */
function textOf({
  resourceType,
  resourceName,
  resourcePatternType,
  principal,
  host,
  operation,
  permissionType,
}: Acl): string {
  return JSON.stringify([resourceType, resourceName, resourcePatternType, principal, host, operation, permissionType]);
}

/** What a broker has to know of a user to check a password without having it (RFC 5802). */
export async function credentials({ name, password }: Pick<User, 'name' | 'password'>) {
  const salt = randomBytes(16);
  const saltedPassword = await promisify(pbkdf2)(password, salt, ITERATIONS, HASH_BYTES, 'sha512');
  return { name, mechanism: ScramMechanisms.SCRAM_SHA_512, iterations: ITERATIONS, salt, saltedPassword };
}
