import { provisionals, refusals } from './statuses.ts';
import { element } from './xml.ts';

/*
 * Elements of a scenario that listens to the other end and to its twin alike. SIPp 3.6 does one element after the other, each in a
 * turn of its own, and gives up the call when a message comes in between that it does not await there. So nothing is done
 * between messages that may follow each other at once.
 */

/** Methods that no call of a mock has a use for. */
export const otherMethods = 'CANCEL|INFO|MESSAGE|NOTIFY|PRACK|PUBLISH|REFER|REGISTER|SUBSCRIBE|UPDATE';

export const label = (id: string): string => element('label', { id });

/** Goes on at a label where actions set a variable. */
export function ask(next: string, test: string, actions: readonly string[]): string {
  return element('nop', { next, test }, [element('action', {}, actions)]);
}

/** Says something on the twin socket. */
export function say(event: string): string {
  return `<sendCmd><![CDATA[\n\nCall-ID: [call_id]\nEvent: ${event}\n\n]]></sendCmd>`;
}

export interface TakeOptions {
  /** The label to go on at; in the same block when absent. */
  next?: string;
  /** Goes on there only if this variable is set. */
  test?: string;
  actions?: readonly string[];
  /** In milliseconds, with the label to go on at. SIPp looks at the first element of a block, and at those after one that came. */
  timeout?: number;
  ontimeout?: string;
  /** Keeps the route and the target of the other end. */
  rrs?: true;
  /** One of several that may come; `global` also while SIPp waits for what stands below. */
  optional?: true | 'global';
  /** Of one that is optional: whatever else the call does goes on, which stops where SIPp takes a message that leads nowhere. */
  advance_state?: false;
}

/** Takes a command of the twin; ends a block. */
export function takeCommand({ actions = [], ...attributes }: Pick<TakeOptions, 'actions' | 'next' | 'test'>): string {
  return element('recvCmd', attributes, [element('action', {}, actions)]);
}

/** Takes a request of the other end. @param methods joined by `|` */
export function takeRequest(methods: string, options: TakeOptions): string {
  return receive({ request: `^(${methods})$`, regexp_match: true }, options);
}

export function takeResponse(status: number, options: TakeOptions): string {
  return receive({ response: status }, options);
}

function receive(what: Parameters<typeof element>[1], { actions = [], ...attributes }: TakeOptions): string {
  const children = actions.length === 0 ? [] : [element('action', {}, actions)];
  return element('recv', { ...what, ...attributes }, children);
}

export interface FinalOptions {
  taken: TakeOptions;
  /** Where to go on with what refuses. */
  refused: string;
  /** Where to go on with a provisional response; in the same block when absent. */
  heard?: string;
  /** Of the wait; absent where something else ends the block. */
  limit?: Required<Pick<TakeOptions, 'timeout' | 'ontimeout'>>;
}

/** Takes the final response to a request. */
export function takeFinal({ taken, refused, heard, limit }: FinalOptions): string[] {
  const optional = { optional: true } as const;
  const last = limit === undefined ? optional : limit;
  return [
    ...provisionals.map((status) =>
      takeResponse(status, { ...optional, ...limit, ...(heard === undefined ? {} : { next: heard }) }),
    ),
    takeResponse(200, { ...optional, ...limit, rrs: true, ...taken }),
    ...refusals.slice(0, -1).map((status) => takeResponse(status, { ...optional, next: refused })),
    ...refusals.slice(-1).map((status) => takeResponse(status, { ...last, next: refused })),
  ];
}
