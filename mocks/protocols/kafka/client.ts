import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isNativeError } from 'node:util/types';
import {
  Admin,
  AuthenticationError,
  type BaseOptions,
  Connection,
  type ConnectionOptions,
  Consumer,
  NetworkError,
  Producer,
  protocolErrors,
  TimeoutError,
} from '@platformatic/kafka';
import { type Address, UnreachableError } from '../../adapter.ts';
import { trusting } from '../../common/trust.ts';
import { tlsFailureCode } from '../../error-code.ts';

/** How users log in. */
export const SASL_MECHANISM = 'SCRAM-SHA-512';

/** What the harness's own clients call themselves. */
export const CLIENT_ID = 'voxpact';
const CONNECT_TIMEOUT_MS = 10_000;
/** How long the broker keeps the place of a member that says nothing; a broker of default settings takes 6 s to 30 min. */
const SESSION_TIMEOUT_MS = 10_000;
const COORDINATOR_WAIT_MS = 20;
/** COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR. */
const NO_COORDINATOR_YET = [14, 15, 16];

/** A client for administration. @param timeoutMs how long one request may take */
export function adminClient(at: Address, timeoutMs: number): Admin {
  return guarded(new Admin(options(at, timeoutMs)));
}

/**
 * A client that writes. It waits for all replicas, and it tries once: a second try would write a record twice, and would
 * hide what the broker said to the first.
 */
export function producerClient(at: Address, timeoutMs: number): Producer {
  return guarded(new Producer({ ...options(at, timeoutMs), acks: -1, autocreateTopics: false }));
}

/** A client that reads by position, in no group. */
export function consumerClient(at: Address, timeoutMs: number): Consumer {
  return guarded(new Consumer({ ...options(at, timeoutMs), groupId: 'voxpact-unused', isolationLevel: 0 }));
}

/** A client that reads as a member of a group. */
export function memberClient(at: Address, groupId: string, timeoutMs: number): Consumer {
  const patience = { sessionTimeout: SESSION_TIMEOUT_MS, rebalanceTimeout: SESSION_TIMEOUT_MS };
  return guarded(new Consumer({ ...options(at, timeoutMs), ...patience, groupId, isolationLevel: 0 }));
}

/** A connection to one broker, for requests that no client has. It is not open yet. */
export function bareConnection(at: Address, timeoutMs: number): Connection {
  const connection = new Connection(CLIENT_ID, connectionOptions(at, timeoutMs));
  connection.on('error', () => {});
  return connection;
}

/**
 * A connection that is lost while it logs in tells of it more than once. Whoever waits has heard the first time; then nobody
 * listens any more, and Node would end the process.
 */
function guarded<T extends Admin | Producer | Consumer>(client: T): T {
  const ignore = ({ connection }: { connection: Connection }) => void connection.on('error', () => {});
  client.on('client:broker:failed', ignore);
  client.on('client:broker:disconnect', ignore);
  return client;
}

function options(at: Address, timeoutMs: number): BaseOptions {
  return {
    ...connectionOptions(at, timeoutMs),
    clientId: CLIENT_ID,
    bootstrapBrokers: [{ host: at.host, port: at.port }],
    retries: 0,
    timeout: timeoutMs,
  };
}

/** An address with a user is a listener that wants a login; one with an authority, a listener that speaks TLS. */
function connectionOptions({ host, user, password = '', ca }: Address, timeoutMs: number): ConnectionOptions {
  return {
    connectTimeout: Math.min(CONNECT_TIMEOUT_MS, timeoutMs),
    requestTimeout: timeoutMs,
    // An IP address is no server name (RFC 6066, section 3).
    ...(ca === undefined ? {} : { tls: { secureContext: trusting(ca) }, tlsServerName: isIP(host) === 0 }),
    ...(user === undefined ? {} : { sasl: { mechanism: SASL_MECHANISM, username: user, password } }),
  };
}

/** Resolves when a broker at the address tells who serves the cluster. @throws whatever the client meets */
export async function probe(at: Address, timeoutMs: number): Promise<void> {
  const admin = adminClient(at, timeoutMs);
  try {
    const { brokers } = await admin.metadata({ topics: [] });
    if (brokers.size === 0) throw new Error('the cluster has no broker yet');
  } finally {
    await admin.close();
  }
}

/** A broker's error code with the name that the protocol guide gives it. */
export interface ErrorCode {
  error: string;
  code: number;
}

/** What the broker answered, if the client failed because of an answer of the broker's. */
export function brokerAnswer(error: unknown): ErrorCode | undefined {
  for (const each of withCauses(error)) {
    // The client turns this one code into a text of its own.
    if (/^Unknown topic /.test(each.message)) return { error: 'UNKNOWN_TOPIC_OR_PARTITION', code: 3 };
    if ('apiId' in each && 'apiCode' in each) return { error: String(each.apiId), code: Number(each.apiCode) };
  }
  return undefined;
}

/** Tries again while the broker makes up its mind who looks after a group; it does so when it is first asked. */
export async function onceCoordinated<T>(request: () => Promise<T>, timeoutMs: number): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await request();
    } catch (error) {
      const code = brokerAnswer(error)?.code;
      if (code === undefined || !NO_COORDINATOR_YET.includes(code) || performance.now() > deadline) throw error;
    }
    await sleep(COORDINATOR_WAIT_MS);
  }
}

/** True when a connection that stood was lost before the answer came; whether the request was carried out nobody knows. */
export function isLost(error: unknown): boolean {
  const chain = withCauses(error);
  const refused = brokerAnswer(error) !== undefined || chain.some((each) => each instanceof AuthenticationError);
  const unmade = chain.some((each) => isUnreached(each) || tlsFailureCode(each) !== undefined);
  return !refused && !unmade && chain.some((each) => each instanceof NetworkError);
}

/** True when the broker says that it has no such topic. */
export function isUnknownTopic(error: unknown): boolean {
  return brokerAnswer(error)?.code === protocolErrors.UNKNOWN_TOPIC_OR_PARTITION?.code;
}

/**
 * One sentence for a failure of a client, with the failure itself as the cause.
 * @param doing what the client was about, as a noun: `the metadata request`
 */
export function clientFailure(error: unknown, at: Address, doing: string, timeoutMs: number): Error {
  if (error instanceof UnreachableError) return error;
  const broker = `the Kafka broker at ${at.host}:${at.port}`;
  const chain = withCauses(error);
  const unreached = chain.find(isUnreached);
  if (unreached !== undefined) {
    const sentence = `no Kafka broker can be reached at ${at.host}:${at.port}: ${unreached.message}`;
    return new UnreachableError(sentence, { cause: error });
  }
  const untrusted = chain.find((each) => tlsFailureCode(each) !== undefined);
  if (untrusted !== undefined) {
    return new Error(`TLS with ${broker} failed (${tlsFailureCode(untrusted)})`, { cause: untrusted });
  }
  const answer = brokerAnswer(error);
  if (chain.some((each) => each instanceof AuthenticationError)) {
    const reason = answer === undefined ? (chain.at(-1)?.message ?? '') : `${answer.error} (${answer.code})`;
    return new Error(`${broker} refused the login of user ${at.user}: ${reason}`, { cause: error });
  }
  if (answer !== undefined) {
    return new Error(`${broker} refused ${doing}: ${answer.error} (${answer.code})`, { cause: error });
  }
  if (chain.some((each) => each instanceof TimeoutError)) {
    return new Error(`${broker} gave no readable answer to ${doing} within ${timeoutMs} ms`, { cause: error });
  }
  if (chain.some((each) => each instanceof NetworkError)) {
    const hint = at.user === undefined ? '; it may want a login' : '';
    return new Error(`${broker} closed the connection before it answered ${doing}${hint}`, { cause: error });
  }
  return new Error(`${broker}: ${doing} failed: ${chain.at(-1)?.message ?? String(error)}`, { cause: error });
}

/** True when a connection was never made. */
function isUnreached(error: Error): boolean {
  if (error instanceof TimeoutError) return error.message.startsWith('Connection ');
  const codes = ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN'];
  return 'code' in error && codes.includes(String(error.code));
}

/** The error, what it was caused by, and the parts of an aggregate, outermost first. */
function withCauses(error: unknown): Error[] {
  // Not instanceof: an error of the runtime itself may come from another realm.
  if (!isNativeError(error)) return [];
  const parts: unknown[] = 'errors' in error && Array.isArray(error.errors) ? error.errors : [error.cause];
  return [error, ...parts.flatMap(withCauses)];
}
