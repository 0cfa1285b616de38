import { statusLine } from './asked.ts';
import { awaitRequest } from './awaiting.ts';
import { type Captures, isSo, opening } from './captures.ts';
import type { Branch } from './dialog-tree.ts';
import { ask, label } from './elements.ts';
import { isLost, lost } from './open-dialog.ts';
import { repetition } from './repetition.ts';
import type { SipTransport } from './transport.ts';
import { send } from './xml.ts';

/** What is asked of a destination scenario here. */
export interface StrayOptions {
  transport: SipTransport;
  /** Absent where no dialog goes on beyond its interaction. */
  callLimitMs?: number;
}

/** Goes on at a label, and never comes back, where the first line of the request fits an expression. */
export function askFirstLine(next: string, expression: string, captures: Captures): string {
  return ask(next, 'found', [captures.within('found', opening, expression)]);
}

/**
 * What a branch begins with whose request may also stand in a dialog: it is no beginning where the dialog is up, nor where the branch
 * is one outside of dialogs.
 */
export function askDialog({ isOfFirstLine, method }: Branch, options: StrayOptions, captures: Captures): string[] {
  if (isOfFirstLine && method === 'INVITE') return [];
  return [...askLost(options, captures), ...(isOfFirstLine ? [askStray(captures)] : [])];
}

function askLost({ transport, callLimitMs }: StrayOptions, captures: Captures): string[] {
  return transport === 'TCP' && callLimitMs !== undefined ? [ask(lost, isSo, isLost(captures))] : [];
}

const askStray = (captures: Captures) => ask('strayInDialog', isSo, [captures.within(isSo, 'to0', '; *tag=')]);

/** What answers a request that no interaction begins with; the elements of the interactions have handed it on. */
export function strays(options: StrayOptions, captures: Captures): string[] {
  return [
    askFirstLine('done', '^ACK ', captures),
    ...askLost(options, captures),
    askStray(captures),
    askFirstLine('strayInvite', '^INVITE ', captures),
    send([statusLine(501, 'Not Implemented', 0, true)], '', { next: 'end' }),
    label('strayInDialog'),
    send([statusLine(481, 'Call/Transaction Does Not Exist', 0, false)], '', { next: 'end' }),
    label('strayInvite'),
    send([statusLine(404, 'Not Found', 0, true)], '', repetition(options.transport === 'UDP')),
    awaitRequest('ACK', [], { next: 'end' }),
  ];
}
