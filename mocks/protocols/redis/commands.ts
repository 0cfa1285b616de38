import { keyCommands, type RedisCommand, type RedisText } from '../../../contracts/messages/redis.ts';
import type { StreamCommand } from '../../../contracts/messages/redis-streams.ts';
import { streamArguments, streamReaders } from './stream-commands.ts';
import { fromFields, fromText, toFields, toText } from './text.ts';

type Reader = (name: string, args: readonly string[]) => RedisCommand | undefined;

/** Spellings that do the same as the command they are read as. */
const spellings: Readonly<Record<string, readonly string[]>> = {
  HSET: ['HSET', 'HMSET'],
  SET: ['SET', 'SETEX', 'PSETEX'],
  DEL: ['DEL', 'UNLINK'],
  PEXPIRE: ['PEXPIRE', 'EXPIRE'],
  PEXPIREAT: ['PEXPIREAT', 'EXPIREAT'],
};

/** Commands that do one thing or another by their first argument. */
const containers: ReadonlySet<string> = new Set(['XGROUP', 'XINFO']);

/** All names, as an ACL has them, of commands that are read as this one, itself included. */
export function spellingsOf(logical: RedisCommand): readonly string[] {
  const { command } = logical;
  if ('args' in logical && containers.has(command)) return [`${command}|${logical.args[0]}`];
  return spellings[command] ?? [command];
}

const readHset: Reader = (_, [key, ...flat]) =>
  key !== undefined && flat.length >= 2 && flat.length % 2 === 0
    ? { command: 'HSET', key, fields: toFields(flat) }
    : undefined;

/** Options of SET that change what is stored or for how long; with any other one the command keeps its arguments. */
const readSet: Reader = (_, [key, value, ...options]) => {
  if (key === undefined || value === undefined) return undefined;
  let px: number | null = null;
  let nx = false;
  for (let at = 0; at < options.length; at += 1) {
    const option = options[at]?.toUpperCase();
    const amount = Number(options[at + 1]);
    if (option === 'NX') nx = true;
    else if ((option === 'PX' || option === 'EX') && Number.isInteger(amount)) {
      px = option === 'EX' ? amount * 1000 : amount;
      at += 1;
    } else return undefined;
  }
  return { command: 'SET', key, value: toText(value), px, nx };
};

const readSetExpiring: Reader = (name, args) => {
  const [key, amount, value] = args;
  if (args.length !== 3 || key === undefined || amount === undefined || value === undefined) return undefined;
  return readSet(name, [key, value, name === 'SETEX' ? 'EX' : 'PX', amount]);
};

/** XADD with MAXLEN or without; trimming by MINID, LIMIT, NOMKSTREAM and doubled field names keep their arguments. */
const readXadd: Reader = (_, [key, ...rest]) => {
  if (key === undefined) return undefined;
  let maxlen: number | null = null;
  let approximate = false;
  if (rest[0]?.toUpperCase() === 'MAXLEN') {
    rest.shift();
    approximate = rest[0] === '~';
    if (rest[0] === '~' || rest[0] === '=') rest.shift();
    maxlen = Number(rest.shift());
    if (!Number.isInteger(maxlen)) return undefined;
  }
  const [id, ...flat] = rest;
  if (id === undefined || !/^(\*|\d+(-(\d+|\*))?)$/.test(id)) return undefined;
  const fields = toFields(flat);
  if (flat.length < 2 || flat.length % 2 !== 0 || Object.keys(fields).length !== flat.length / 2) return undefined;
  return { command: 'XADD', key, id, maxlen, approximate, fields };
};

const readDel: Reader = (_, keys) => (keys.length > 0 ? { command: 'DEL', keys: keys.toSorted() } : undefined);

const readKey: Reader = (name, [key, ...more]) =>
  key !== undefined && more.length === 0 ? { command: name as (typeof keyCommands)[number], key } : undefined;

/** Seconds as milliseconds. */
const readExpire: Reader = (name, [key, seconds, ...options]) =>
  key !== undefined && seconds !== undefined && /^-?\d{1,12}$/.test(seconds)
    ? { command: `P${name}`, args: [key, String(Number(seconds) * 1000), ...options] }
    : undefined;

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['HSET', readHset],
  ['HMSET', readHset],
  ['SET', readSet],
  ['SETEX', readSetExpiring],
  ['PSETEX', readSetExpiring],
  ['XADD', readXadd],
  ['DEL', readDel],
  ['UNLINK', readDel],
  ['EXPIRE', readExpire],
  ['EXPIREAT', readExpire],
  ...keyCommands.map((name) => [name, readKey] as const),
  ...Object.entries(streamReaders).map(([name, read]): [string, Reader] => [name, (_, args) => read(args)]),
]);

/** The logical form of a command as it came over the wire: its name, then its arguments. */
export function fromArguments(argv: readonly string[]): RedisCommand {
  const [name = '', ...args] = argv;
  const command = name.toUpperCase();
  return readers.get(command)?.(command, args) ?? { command, args };
}

/** The name and the arguments that put a command in logical form on the wire; `fromArguments` is its inverse. */
export function toArguments(logical: RedisCommand): string[] {
  if ('args' in logical) return [logical.command, ...logical.args];
  if ('keys' in logical) return [logical.command, ...logical.keys];
  switch (logical.command) {
    case 'HSET':
      return ['HSET', logical.key, ...fromFields(logical.fields)];
    case 'SET':
      return setArguments(logical);
    case 'XADD':
      return xaddArguments(logical);
    default:
      return isStreamCommand(logical) ? streamArguments(logical) : [logical.command, logical.key];
  }
}

function isStreamCommand(logical: RedisCommand): logical is StreamCommand {
  return Object.hasOwn(streamReaders, logical.command);
}

/** Whether the command waits for something to come, and how long: 0 for ever. Undefined for one that is answered at once. */
export function waitOf(logical: RedisCommand): number | undefined {
  if ('blockMs' in logical) return logical.blockMs ?? undefined;
  if (!('args' in logical) || !/^XREAD(GROUP)?$/.test(logical.command)) return undefined;
  const at = logical.args.findIndex((word) => word.toUpperCase() === 'BLOCK');
  const wait = Number(logical.args[at + 1]);
  return at >= 0 && Number.isInteger(wait) ? wait : undefined;
}

function setArguments({ key, value, px, nx }: { key: string; value: RedisText; px: number | null; nx: boolean }) {
  return ['SET', key, fromText(value), ...(px === null ? [] : ['PX', String(px)]), ...(nx ? ['NX'] : [])];
}

function xaddArguments({ key, id, maxlen, approximate, fields }: Extract<RedisCommand, { command: 'XADD' }>): string[] {
  const trim = maxlen === null ? [] : ['MAXLEN', approximate ? '~' : '=', String(maxlen)];
  return ['XADD', key, ...trim, id, ...fromFields(fields)];
}

/** The keys that a command names. Among plain arguments they are told by their hash tag, which every key of ours has. */
export function keysOf(logical: RedisCommand): readonly string[] {
  if ('keys' in logical) return logical.keys;
  return 'key' in logical ? [logical.key] : logical.args.filter((each) => /^[a-z]+:\{[^}]+\}:/.test(each));
}

/** Commands that clients send by themselves to open, name or keep a connection. They belong to no contract. */
const maintenance: ReadonlySet<string> = new Set(
  'HELLO AUTH CLIENT INFO PING SELECT CLUSTER COMMAND READONLY ASKING RESET QUIT ECHO'.split(' '),
);

/** Whether a client sent this by itself. */
export function isMaintenance({ command }: RedisCommand): boolean {
  return maintenance.has(command);
}
