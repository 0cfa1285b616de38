import type { Interaction } from '../../../contracts/contract.ts';
import { compile } from '../../../contracts/matching.ts';
import { isSipRequest } from '../../../contracts/messages/sip.ts';
import { statusLine } from './asked.ts';
import { Captures } from './captures.ts';
import { type Branch, dialogTree, moreSpecialFirst } from './dialog-tree.ts';
import { awaitMissableAck, awaitRequest, movesOf } from './moves.ts';
import { AnsweringRequests } from './own-requests.ts';
import { keywords, ScenarioError } from './render.ts';
import { repetition } from './repetition.ts';
import type { SipTransport } from './transport.ts';
import { element, scenarioXml, send } from './xml.ts';

/** How long a finished UDP transaction answers repeated requests (RFC 3261, section 17.2.2, timer J is 64*T1; T4 suffices here). */
export const UDP_LINGER_MS = 5_000;
/** How long to wait for a request that may come or not, in milliseconds. */
const MAY_COME_MS = 1_000;

export interface DestinationScenarioOptions {
  transport: SipTransport;
  /** Names of provider states that change the answer to every new call, whatever number it dials; off at first. */
  switches: readonly string[];
  /** User part of the Request-URIs by which the harness itself speaks to the running scenario; not to be guessed. */
  control: string;
  /** How long to listen after the last message, in milliseconds. */
  lingerMs: number;
}

/**
 * The scenario with which one SIPp stands for a destination: it tells the interactions apart by the requests that it gets, answers
 * what no contract knows with 404, 481 or 501, and takes switches by MESSAGE requests of the harness.
 * @throws ScenarioError when two interactions cannot be told apart, or when one cannot be played
 */
export function destinationScenario(interactions: readonly Interaction[], options: DestinationScenarioOptions): string {
  const captures = new Captures();
  const branches = branchesOf(interactions, options, captures);
  return scenarioXml('destination', [
    ...(options.switches.length > 0
      ? [element('Global', { variables: options.switches.map((_, at) => `switch${at}`).join(',') })]
      : []),
    element('recv', { request: '.*', regexp_match: true, rrs: true, next: 'control', test: 'control' }, [
      element('action', {}, [
        ...kept(branches, 0, captures),
        captures.flag('control', `^MESSAGE sip:${options.control}-[^@]*@`),
        ...branches.map(({ trigger }, at) => captures.flag(`hit${at}`, trigger)),
        ...options.switches.map((_, at) => captures.test(`on${at}`, `switch${at}`)),
        captures.flag('isAck', '^ACK '),
        captures.flag('isInvite', '^INVITE '),
        captures.within('inDialog', 'to0', ';[ ]*tag='),
      ]),
    ]),
    ...moreSpecialFirst(branches).flatMap((at) => choose(branches[at] as Branch, at)),
    ...strays(options.transport),
    ...controlled(options.switches, captures),
    ...branches.flatMap((branch, at) => [
      ...(branch.gate === undefined ? [] : [label(`gate${at}`), jump(`run${at}`, `hit${at}`), jump(`pass${at}`)]),
      label(`run${at}`),
      ...followed(branch, `${at}`, options.transport, captures),
    ]),
    label('end'),
    ...(options.lingerMs > 0 ? [element('pause', { milliseconds: options.lingerMs })] : []),
    label('done'),
    element('nop', {}),
    ...captures.reference(),
  ]);
}

const label = (id: string) => element('label', { id });
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

function choose(branch: Branch, at: number): string[] {
  return branch.gate === undefined
    ? [jump(`run${at}`, `hit${at}`)]
    : [jump(`gate${at}`, `on${branch.gate}`), label(`pass${at}`)];
}

/** What comes after the request of a branch, to the end of every interaction that goes this way. */
function followed(
  { elements, next, ends }: Branch,
  name: string,
  transport: SipTransport,
  captures: Captures,
): string[] {
  const [first] = next;
  if (first === undefined) return [...elements, jump('end')];
  const patience = ends ? { timeout: MAY_COME_MS, ontimeout: 'end' } : {};
  if (next.length === 1) {
    const isMissable = first.method === 'ACK' && first.elements.length === 0 && first.next.length > 0;
    const awaiting = isMissable
      ? awaitMissableAck(first.actions, transport, `acked${name}at${first.depth}`)
      : [awaitRequest(first.method, first.actions, patience)];
    return [...elements, ...awaiting, ...followed(first, name, transport, captures)];
  }
  const hit = (at: number) => `hit${name}x${at}`;
  const methods = [...new Set(next.map(({ method }) => method))].join('|');
  const actions = [
    ...kept(next, first.depth, captures),
    ...next.map(({ trigger }, at) => captures.flag(hit(at), trigger)),
  ];
  const run = (at: number) => ({ next: `run${name}x${at}`, test: hit(at) });
  const [special = 0, ...others] = moreSpecialFirst(next);
  return [
    ...elements,
    awaitRequest(`^(${methods})$`, actions, { regexp_match: true, ...patience, ...run(special) }),
    ...others.map((at) => element('nop', run(at))),
    jump('end'),
    ...next.flatMap((branch, at) => [
      label(`run${name}x${at}`),
      ...followed(branch, `${name}x${at}`, transport, captures),
    ]),
  ];
}

/** What is kept of a request that may be any of several. */
function kept(branches: readonly Branch[], depth: number, captures: Captures): string[] {
  return [...new Set([...captures.take(depth), ...branches.flatMap(({ actions }) => actions)])];
}

/** Confirms the requests by which the harness synchronises with the scenario and turns its switches; see `control.ts`. */
function controlled(switches: readonly string[], captures: Captures): string[] {
  const turns = switches.flatMap((_, at) => [1, 0].map((value) => ({ at, value, name: `set${at}to${value}` })));
  const asked = turns.map(({ at, value, name }) => captures.within(name, 'control', `-${at}-${value}@$`));
  return [
    label('control'),
    ...(asked.length > 0 ? [element('nop', {}, [element('action', {}, asked)])] : []),
    ...turns.map(({ name }) => jump(name, name)),
    label('confirmed'),
    send([statusLine(200, 'OK', 0, true)], ''),
    jump('done'),
    ...turns.flatMap(({ at, value, name }) => [
      label(name),
      element('nop', { next: 'confirmed' }, [element('action', {}, [captures.assign(`switch${at}`, value)])]),
    ]),
  ];
}

function strays(transport: SipTransport): string[] {
  return [
    jump('done', 'isAck'),
    jump('strayInDialog', 'inDialog'),
    jump('strayInvite', 'isInvite'),
    send([statusLine(501, 'Not Implemented', 0, true)], ''),
    jump('end'),
    label('strayInDialog'),
    send([statusLine(481, 'Call/Transaction Does Not Exist', 0, false)], ''),
    jump('end'),
    label('strayInvite'),
    send([statusLine(404, 'Not Found', 0, true)], '', repetition(transport === 'UDP')),
    element('recv', { request: 'ACK' }),
    jump('end'),
  ];
}
