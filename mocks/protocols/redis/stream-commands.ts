import type { StreamCommand } from '../../../contracts/messages/redis-streams.ts';

type Arguments = readonly string[];
type Reader = (args: Arguments) => StreamCommand | undefined;

/** The options before `STREAMS`, which may come in any order; undefined where there is one that is not known. */
function readOptions(words: Arguments): { count: number | null; blockMs: number | null; noack: boolean } | undefined {
  const options = { count: null as number | null, blockMs: null as number | null, noack: false };
  for (let at = 0; at < words.length; at += 1) {
    const option = words[at]?.toUpperCase();
    if (option === 'NOACK') {
      options.noack = true;
      continue;
    }
    const amount = wholeNumber(words[at + 1]);
    if (amount === undefined) return undefined;
    if (option === 'COUNT') options.count = amount;
    else if (option === 'BLOCK') options.blockMs = amount;
    else return undefined;
    at += 1;
  }
  return options;
}

function wholeNumber(word: string | undefined): number | undefined {
  return word !== undefined && /^(0|[1-9]\d{0,14})$/.test(word) ? Number(word) : undefined;
}

/** Splits at `STREAMS`. A read of several streams keeps its arguments: no contract has one. */
function readFrom(args: Arguments) {
  const at = args.findIndex((word) => word.toUpperCase() === 'STREAMS');
  const [key, id, ...more] = args.slice(at + 1);
  const options = readOptions(args.slice(0, Math.max(at, 0)));
  if (at < 0 || key === undefined || id === undefined || more.length > 0 || options === undefined) return undefined;
  return { key, id: id === '0-0' ? '0' : id, ...options };
}

const readXread: Reader = (args) => {
  const read = readFrom(args);
  if (read === undefined || read.noack) return undefined;
  const { noack: _, ...rest } = read;
  return { command: 'XREAD', ...rest };
};

const readXreadgroup: Reader = ([word, group, consumer, ...rest]) => {
  const read = readFrom(rest);
  if (word?.toUpperCase() !== 'GROUP' || group === undefined || consumer === undefined || read === undefined) {
    return undefined;
  }
  return { command: 'XREADGROUP', group, consumer, ...read };
};

const readXack: Reader = ([key, group, ...ids]) =>
  key === undefined || group === undefined || ids.length === 0 ? undefined : { command: 'XACK', key, group, ids };

const readXpending: Reader = ([key, group, ...rest]) => {
  const idle = rest[0]?.toUpperCase() === 'IDLE' ? wholeNumber(rest[1]) : null;
  const [start, end, amount, consumer = null, ...more] = idle === null ? rest : rest.slice(2);
  const count = wholeNumber(amount);
  if (key === undefined || group === undefined || idle === undefined || start === undefined || end === undefined) {
    return undefined;
  }
  if (count === undefined || more.length > 0) return undefined;
  return { command: 'XPENDING', key, group, idleMs: idle, start, end, count, consumer };
};

const entryId = /^\d+(-\d+)?$/;

const readXclaim: Reader = ([key, group, consumer, idle, ...ids]) => {
  const minIdleMs = wholeNumber(idle);
  if (key === undefined || group === undefined || consumer === undefined || minIdleMs === undefined) return undefined;
  if (ids.length === 0 || !ids.every((id) => entryId.test(id))) return undefined;
  return { command: 'XCLAIM', key, group, consumer, minIdleMs, ids };
};

const readXautoclaim: Reader = ([key, group, consumer, idle, start, word, amount, ...more]) => {
  const minIdleMs = wholeNumber(idle);
  const count = word === undefined ? null : wholeNumber(amount);
  if (key === undefined || group === undefined || consumer === undefined || minIdleMs === undefined) return undefined;
  if (start === undefined || count === undefined || more.length > 0) return undefined;
  if (word !== undefined && word.toUpperCase() !== 'COUNT') return undefined;
  return { command: 'XAUTOCLAIM', key, group, consumer, minIdleMs, start, count };
};

/** How the commands of readers are read from their arguments; with an option that is not known they keep those. */
export const streamReaders: Readonly<Record<StreamCommand['command'], Reader>> = {
  XREAD: readXread,
  XREADGROUP: readXreadgroup,
  XACK: readXack,
  XPENDING: readXpending,
  XCLAIM: readXclaim,
  XAUTOCLAIM: readXautoclaim,
};

const option = (name: string, value: number | null = null): string[] => (value === null ? [] : [name, String(value)]);

/** The arguments of a reader's command, its name first. */
export function streamArguments(logical: StreamCommand): string[] {
  const { command, key } = logical;
  switch (command) {
    case 'XREAD':
      return [
        command,
        ...option('COUNT', logical.count),
        ...option('BLOCK', logical.blockMs),
        'STREAMS',
        key,
        logical.id,
      ];
    case 'XREADGROUP': {
      const { group, consumer, count, blockMs, noack, id } = logical;
      const options = [...option('COUNT', count), ...option('BLOCK', blockMs), ...(noack ? ['NOACK'] : [])];
      return [command, 'GROUP', group, consumer, ...options, 'STREAMS', key, id];
    }
    case 'XACK':
      return [command, key, logical.group, ...logical.ids];
    case 'XPENDING': {
      const { group, idleMs, start, end, count, consumer } = logical;
      const range = [start, end, String(count), ...(consumer === null ? [] : [consumer])];
      return [command, key, group, ...option('IDLE', idleMs), ...range];
    }
    case 'XCLAIM':
      return [command, key, logical.group, logical.consumer, String(logical.minIdleMs), ...logical.ids];
    case 'XAUTOCLAIM': {
      const { group, consumer, minIdleMs, start, count } = logical;
      return [command, key, group, consumer, String(minIdleMs), start, ...option('COUNT', count)];
    }
  }
}
