import type { Interaction } from '../../../contracts/contract.ts';
import { compile } from '../../../contracts/matching.ts';
import { isSipRequest } from '../../../contracts/messages/sip.ts';
import { statusLine } from './asked.ts';
import { type AwaitOptions, awaited, awaitRequest, type Bye, cameTo, lateAck } from './awaiting.ts';
import { Captures, opening } from './captures.ts';
import { type Branch, dialogTree, moreSpecialFirst } from './dialog-tree.ts';
import { label } from './elements.ts';
import { movesOf } from './moves.ts';
import { openDialog, takeWaiting } from './open-dialog.ts';
import { AnsweringRequests } from './own-requests.ts';
import { keywords, ScenarioError } from './render.ts';
import { askDialog, askFirstLine, strays } from './strays.ts';
import type { SipTransport } from './transport.ts';
import { element, scenarioXml, send } from './xml.ts';

/** How long a finished UDP transaction answers repeated requests (RFC 3261, section 17.2.2, timer J is 64*T1; T4 suffices here). */
export const UDP_LINGER_MS = 5_000;
/** How long to wait for a request that may come or not, in milliseconds. */
const MAY_COME_MS = 5_000;

export interface DestinationScenarioOptions {
  transport: SipTransport;
  /** Names of provider states that change the answer to every new call, whatever number it dials; off at first. */
  switches: readonly string[];
  /** User part of the Request-URIs by which the harness itself speaks to the running scenario; not to be guessed. */
  control: string;
  /** How long to listen after the last message, in milliseconds. */
  lingerMs: number;
  /**
   * How long a call that is up waits for its source's next request, in milliseconds; then the source may do to it what it may do to
   * any call. When absent, a call goes as its interaction says, and waits no longer than for any other message.
   */
  callLimitMs?: number;
}

/**
 * The scenario with which one SIPp stands for a destination: it tells the interactions apart by the requests that it gets, answers
 * what no contract knows with 404, 481 or 501, and takes switches by MESSAGE requests of the harness.
 * @throws ScenarioError when two interactions cannot be told apart, or when one cannot be played
 */
export function destinationScenario(interactions: readonly Interaction[], options: DestinationScenarioOptions): string {
  const captures = new Captures();
  const { transport, callLimitMs } = options;
  const branches = branchesOf(interactions, options, captures);
  const order = moreSpecialFirst(branches);
  const [first = 0] = order;
  const gate = branches[first]?.gate;
  const gated = gate === undefined ? {} : { next: `gate${first}`, test: switchOf(gate) };
  const taken = [
    ...new Set([...captures.take(0), ...kept(branches)]),
    captures.flag(opening, '^[^\\r]*'),
    ...branches.flatMap(({ isOfFirstLine, trigger }, at) =>
      isOfFirstLine ? [] : [captures.flag(`hit${at}`, trigger)],
    ),
  ];
  const elements = [
    element('recv', { request: 'MESSAGE', optional: true, next: 'message' }, [element('action', {}, taken)]),
    element('recv', { request: '.*', regexp_match: true, ...gated }, [element('action', {}, taken)]),
    label(gate === undefined ? 'choice' : `pass${first}`),
    ...order.slice(gate === undefined ? 0 : 1).flatMap((at) => choose(branches[at] as Branch, at, captures)),
    ...strays(options, captures),
    label('message'),
    ...controlled(options, captures),
    ...(gate === undefined ? [jump('choice')] : [element('nop', gated), jump(`pass${first}`)]),
    ...(callLimitMs === undefined ? [] : openDialog({ transport, callLimitMs }, captures)),
    ...branches.flatMap((branch, at) => [
      ...(branch.gate === undefined
        ? []
        : [label(`gate${at}`), askFirstLine(`run${at}`, branch.trigger, captures), jump(`pass${at}`)]),
      label(`run${at}`),
      ...askDialog(branch, options, captures),
      ...(asks(branch) ? [captures.opening()] : []),
      ...(isAlone(branch) && options.lingerMs > 0
        ? [
            ...branch.elements,
            awaitNext(branch, { next: `run${at}`, timeout: options.lingerMs, ontimeout: 'done' }, captures),
          ]
        : followed(branch, `${at}`, { transport, captures, callLimitMs })),
    ]),
    label('end'),
    ...(options.lingerMs > 0 ? [element('pause', { milliseconds: options.lingerMs })] : []),
    label('done'),
  ];
  const switches = options.switches.map((_, at) => switchOf(at)).join(',');
  return scenarioXml('destination', [
    ...(switches === '' ? [] : [element('Global', { variables: switches })]),
    ...captures.declared(elements),
  ]);
}

/** The variable of all calls that is 1 while a switch is on. */
const switchOf = (at: number) => `switch${at}`;

/** Whether the request of a branch begins no dialog, and no other follows it. */
const isAlone = ({ method, next }: Branch): boolean => method !== 'INVITE' && next.length === 0;

/** Awaits, while a request may come again, also the next one with its Call-ID. */
function awaitNext({ method }: Branch, options: AwaitOptions, captures: Captures): string {
  return awaitRequest(method, captures.takeAgain(0), options);
}

/** Whether requests go the other way in the dialogs that a branch begins. */
const asks = ({ asks: here, next }: Branch): boolean => here || next.some(asks);

const jump = (next: string, test?: string) => element('nop', { next, test });

function branchesOf(
  interactions: readonly Interaction[],
  { transport, switches }: DestinationScenarioOptions,
  captures: Captures,
): Branch[] {
  const begun = interactions.map((interaction) => {
    const [first] = interaction.steps;
    if (first?.from !== 'source' || !isSipRequest(compile(first.content).example)) {
      throw new ScenarioError(`"${interaction.description}" does not begin with a request of the source`);
    }
    let transactions = 0;
    const uniqueName = () => {
      transactions += 1;
      return `${keywords.localTag}-${transactions}`;
    };
    const side = 'destination';
    const own = new AnsweringRequests({ side, transport, uniqueName });
    const moves = movesOf(interaction, { side, transport, own, captures, values: {} });
    const states = new Set(interaction.given.map(({ name }) => name));
    const gate = switches.findIndex((name) => states.has(name));
    return { interaction, moves, gate: gate < 0 ? undefined : gate };
  });
  return dialogTree(begun);
}

function choose({ gate, isOfFirstLine, trigger }: Branch, at: number, captures: Captures): string[] {
  if (gate !== undefined) return [jump(`gate${at}`, switchOf(gate)), label(`pass${at}`)];
  return [isOfFirstLine ? askFirstLine(`run${at}`, trigger, captures) : jump(`run${at}`, `hit${at}`)];
}

interface Going {
  transport: SipTransport;
  captures: Captures;
  callLimitMs: number | undefined;
}

/** What comes after the request of a branch, to the end of every interaction that goes this way. */
function followed({ elements, next, ends }: Branch, name: string, going: Going): string[] {
  const { transport, captures, callLimitMs } = going;
  const [first] = next;
  if (first === undefined) return goingOn(elements, 'end');
  const place = placeOf(first, name);
  const isUp = callLimitMs !== undefined && next.every(({ method }) => !earlyMethods.includes(method));
  const patience = patienceOf(ends, isUp ? callLimitMs : undefined);
  const methods = next.map(({ method }) => method);
  const besides = isUp && transport === 'UDP' ? takeWaiting(methods, patience, captures) : [];
  if (next.length === 1) {
    const isMissable = first.method === 'ACK' && first.elements.length === 0 && first.next.length > 0;
    const optional = isMissable && transport === 'TCP' ? ({ optional: true } as const) : {};
    const bye = isMissable && transport === 'UDP' ? byeAfter(first, name) : undefined;
    // At once, without a turn in which SIPp takes no other request.
    const ending = first.elements.length === 0 && first.next.length === 0 ? { next: 'end' } : {};
    const request = { ...first, name: place, options: { ...optional, ...patience, ...ending }, besides, bye };
    return [...awaited(elements, request), ...followed(first, name, going), ...lateAck(request)];
  }
  const run = (branch: Branch) => runOf(branch, next, name);
  const hit = (branch: Branch) => `hit${first.depth}x${next.indexOf(branch)}`;
  const groups = [...Map.groupBy(next, ({ method }) => method)].map(([method, alike]) => {
    const isTold = alike.length === 1 && alike[0]?.trigger === `^${method} `;
    const again = alike.find((branch) => branch.again !== undefined)?.again;
    const goal = isTold ? run(alike[0] as Branch) : `tell${name}${method}`;
    return { method, alike, toBeTold: isTold ? [] : alike, again, goal };
  });
  return [
    ...elements,
    ...(groups.some(({ again }) => again !== undefined) ? [label(`await${place}`)] : []),
    ...besides,
    ...groups.map(({ method, alike, toBeTold, again, goal }, turn) =>
      awaitRequest(method, [...kept(alike), ...toBeTold.map((branch) => captures.flag(hit(branch), branch.trigger))], {
        ...(turn < groups.length - 1 ? { optional: true } : {}),
        ...patience,
        next: again === undefined ? goal : `again${name}${method}`,
      }),
    ),
    ...groups
      .filter(({ again }) => again !== undefined)
      .flatMap(({ method, again, goal }) => [label(`again${name}${method}`), jump(`await${place}`, again), jump(goal)]),
    ...groups
      .filter(({ toBeTold }) => toBeTold.length > 0)
      .flatMap(({ goal, toBeTold }) => [
        label(goal),
        ...moreSpecialFirst(toBeTold).map((at) => jump(run(toBeTold[at] as Branch), hit(toBeTold[at] as Branch))),
        jump('end'),
      ]),
    ...next.flatMap((branch, at) => [label(run(branch)), ...followed(branch, `${name}x${at}`, going)]),
  ];
}

/** Elements that go on at a label. The last one says so where it sends: SIPp takes a turn for each. */
function goingOn(elements: readonly string[], next: string): string[] {
  const last = elements.at(-1);
  if (last?.startsWith('<send') !== true) return [...elements, jump(next)];
  return [...elements.slice(0, -1), last.replace('<send', `<send next="${next}"`)];
}

const placeOf = ({ depth }: Branch, name: string) => `${name}at${depth}`;
const runOf = (branch: Branch, among: readonly Branch[], name: string) => `run${name}x${among.indexOf(branch)}`;

/** The BYE that may end the dialog where the ACK of a branch does not come. */
function byeAfter({ next }: Branch, name: string): Bye | undefined {
  const [bye, ...others] = next.filter(({ method }) => method === 'BYE');
  if (bye === undefined || others.length > 0) return undefined;
  return { actions: bye.actions, next: next.length === 1 ? cameTo(placeOf(bye, name)) : runOf(bye, next, name) };
}

const earlyMethods: readonly string[] = ['ACK', 'CANCEL', 'PRACK'];

/** A call that is up may last; who has yet to acknowledge or to cancel has the time of any message. */
function patienceOf(mayBeOver: boolean, callLimitMs: number | undefined) {
  if (mayBeOver) return { timeout: MAY_COME_MS, ontimeout: 'end' };
  return callLimitMs === undefined ? {} : { timeout: callLimitMs, ontimeout: 'done' };
}

/** What is kept of a request that may be any of several. */
function kept(branches: readonly Branch[]): string[] {
  return [...new Set(branches.flatMap(({ actions }) => actions))];
}

/**
 * Confirms the requests by which the harness synchronises with the scenario and turns its switches; see `control.ts`. Another one goes
 * on below.
 */
function controlled({ switches, control }: DestinationScenarioOptions, captures: Captures): string[] {
  const turns = switches.flatMap((_, at) => [1, 0].map((value) => ({ at, value, name: `set${at}to${value}` })));
  const told = (command: string) => `^MESSAGE sip:${control}-${command}@`;
  return [
    ...turns.map(({ at, value, name }) => askFirstLine(name, told(`${at}-${value}`), captures)),
    askFirstLine('confirmed', told('[^@]*'), captures),
    jump('another'),
    ...turns.flatMap(({ at, value, name }) => [
      label(name),
      element('nop', { next: 'confirmed' }, [element('action', {}, [captures.assign(switchOf(at), value)])]),
    ]),
    label('confirmed'),
    send([statusLine(200, 'OK', 0, true)], '', { next: 'done' }),
    label('another'),
  ];
}
