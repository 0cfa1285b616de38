import type { Interaction, Step } from '../../../contracts/contract.ts';
import { compile, generate } from '../../../contracts/matching.ts';
import { isSipRequest, isSipResponse, type SipHeaders, type SipResponse } from '../../../contracts/messages/sip.ts';
import { Captures } from './captures.ts';
import { bodyText, headerLines, localContact, ScenarioError } from './render.ts';
import type { SipTransport } from './transport.ts';
import { element, scenarioXml, send, T1_MS } from './xml.ts';

/** How long a finished UDP transaction answers repeated requests (RFC 3261, section 17.2.2, timer J is 64*T1; T4 suffices here). */
const UDP_LINGER_MS = 5_000;

/** Copied from the request; SIPp repeats them as they came (RFC 3261, section 8.2.6.2). */
const echoedHeaders = ['via', 'from', 'to', 'call-id', 'cseq'];

export interface DestinationScenarioOptions {
  transport: SipTransport;
  /** Names of provider states that change the answer to every new call, whatever number it dials; off at first. */
  switches: readonly string[];
  /** User part of the Request-URIs by which the harness itself speaks to the running scenario; not to be guessed. */
  control: string;
}

/** One interaction as the scenario offers it. */
interface Branch {
  interaction: Interaction;
  /** A POSIX expression on the request that begins it. */
  trigger: string;
  /** The place of its switch among the options, or undefined where it needs none. */
  gate?: number;
}

/**
 * The scenario with which one SIPp stands for a destination: it tells the interactions apart by method and dialled user, answers
 * what no contract knows with 404 or 501, and takes switches by MESSAGE requests of the harness.
 * @throws ScenarioError when two interactions begin alike, or when one cannot be played
 */
export function destinationScenario(interactions: readonly Interaction[], options: DestinationScenarioOptions): string {
  const captures = new Captures();
  const branches = interactions.map((interaction) => branchOf(interaction, options));
  assertDistinct(branches);
  const controls = controlBranches(options, captures);
  const chosen = branches
    .map((branch, at) => ({ branch, at }))
    .sort((a, b) => gateFirst(a.branch) - gateFirst(b.branch));
  return scenarioXml('destination', [
    ...(options.switches.length > 0
      ? [element('Global', { variables: options.switches.map((_, at) => `switch${at}`).join(',') })]
      : []),
    element('recv', { request: '.*', regexp_match: true }, [
      element('action', {}, [
        ...captures.take(0),
        ...controls.map(({ name, uri }) => captures.flag(name, `^MESSAGE sip:${uri}@`)),
        ...branches.map(({ trigger }, at) => captures.flag(`hit${at}`, trigger)),
        ...options.switches.map((_, at) => captures.test(`on${at}`, `switch${at}`)),
        captures.flag('isAck', '^ACK '),
        captures.flag('isInvite', '^INVITE '),
      ]),
    ]),
    ...controls.map(({ name }) => jump(name, name)),
    ...chosen.flatMap(({ branch, at }) => choose(branch, at)),
    ...strays(options.transport),
    ...controls.flatMap(({ name, actions }) => [label(name), ...actions, jump('control')]),
    ...(controls.length > 0 ? [label('control'), send(statusLine(200, 'OK', 0, true), ''), jump('done')] : []),
    ...branches.flatMap((branch, at) => [
      ...(branch.gate === undefined
        ? []
        : [label(`gate${at}`), jump(`run${at}`, `on${branch.gate}`), jump(`pass${at}`)]),
      label(`run${at}`),
      ...dialog(branch.interaction, options.transport, captures),
      jump('end'),
    ]),
    label('end'),
    ...(options.transport === 'UDP' ? [element('pause', { milliseconds: UDP_LINGER_MS })] : []),
    label('done'),
    element('nop', {}),
    captures.reference(),
  ]);
}

const label = (id: string) => element('label', { id });
const jump = (next: string, test?: string) => element('nop', { next, test });
const gateFirst = ({ gate }: Branch) => (gate === undefined ? 1 : 0);

function choose(branch: Branch, at: number): string[] {
  return branch.gate === undefined
    ? [jump(`run${at}`, `hit${at}`)]
    : [jump(`gate${at}`, `hit${at}`), label(`pass${at}`)];
}

/** Requests by which the harness synchronises with the scenario and turns its switches; see `control.ts`. */
function controlBranches({ control, switches }: DestinationScenarioOptions, captures: Captures) {
  return [
    { name: 'sync', uri: `${control}-sync`, actions: [] as string[] },
    ...switches.flatMap((_, at) =>
      [1, 0].map((value) => ({
        name: `set${at}to${value}`,
        uri: `${control}-${at}-${value}`,
        actions: [element('nop', {}, [element('action', {}, [captures.assign(`switch${at}`, value)])])],
      })),
    ),
  ];
}

function strays(transport: SipTransport): string[] {
  return [
    jump('done', 'isAck'),
    jump('strayInvite', 'isInvite'),
    send(statusLine(501, 'Not Implemented', 0, true), ''),
    jump('end'),
    label('strayInvite'),
    send(statusLine(404, 'Not Found', 0, true), '', finalToInvite(transport)),
    element('recv', { request: 'ACK' }),
    jump('end'),
  ];
}

const finalToInvite = (transport: SipTransport) => (transport === 'UDP' ? { retransmitMs: T1_MS } : {});

function statusLine(status: number, reason: string, answered: number, addTag: boolean): string[] {
  return [`SIP/2.0 ${status} ${reason}${Captures.echo(answered, addTag ? ';tag=[pid]-[call_number]' : '')}`];
}

function branchOf(interaction: Interaction, { switches }: DestinationScenarioOptions): Branch {
  const first = interaction.steps[0];
  const request = first === undefined ? undefined : compile(first.content).example;
  if (first?.from !== 'source' || !isSipRequest(request)) {
    throw new ScenarioError(`"${interaction.description}" does not begin with a request of the source`);
  }
  const states = new Set(interaction.given.map(({ name }) => name));
  const gate = switches.findIndex((name) => states.has(name));
  const user = /^sips?:([^@]+)@/.exec(request.requestUri)?.[1];
  const anyUser = `^${request.method} `;
  if (gate >= 0) return { interaction, trigger: anyUser, gate };
  return { interaction, trigger: user === undefined ? anyUser : `^${request.method} sips?:${escapeRegex(user)}@` };
}

function escapeRegex(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '[$&]');
}

function assertDistinct(branches: readonly Branch[]): void {
  const seen = new Map<string, string>();
  for (const { interaction, trigger, gate } of branches) {
    const key = `${gate ?? ''} ${trigger}`;
    const other = seen.get(key);
    if (other !== undefined) {
      throw new ScenarioError(
        `"${other}" and "${interaction.description}" begin with the same request; ` +
          'give them different numbers, or make a state of one a switch of the service mock',
      );
    }
    seen.set(key, interaction.description);
  }
}

/** The steps after the first request, from the destination's side. */
function dialog(interaction: Interaction, transport: SipTransport, captures: Captures): string[] {
  const requests = new Map<string, { at: number; hasToTag: boolean }>();
  const examples = interaction.steps.map((step): unknown => generate(compile(step.content), {}));
  const answeredMethods = new Set(examples.filter(isSipResponse).map((response) => response.headers.cseq?.method));
  return examples.flatMap((example, index) => {
    if (isSipRequest(example)) {
      const at = requests.size;
      requests.set(example.method, { at, hasToTag: example.headers.to?.tag !== undefined });
      if (index === 0) return [];
      const actions = answeredMethods.has(example.method) ? captures.take(at) : [];
      return [receive(example.method, interaction.steps[index + 1], actions)];
    }
    if (!isSipResponse(example))
      throw new ScenarioError(`"${interaction.description}", step ${index + 1}: not a SIP message`);
    const method = example.headers.cseq?.method ?? '';
    const answered = requests.get(method);
    if (answered === undefined) {
      throw new ScenarioError(`"${interaction.description}", step ${index + 1}: it answers no ${method} before it`);
    }
    return [respond(example, answered.at, example.status > 100 && !answered.hasToTag, transport)];
  });
}

/** An ACK may be missed where another request follows: it is the judge who says so, and the dialog goes on. */
function receive(method: string, next: Step | undefined, actions: readonly string[]): string {
  const optional = method === 'ACK' && next?.from === 'source' ? true : undefined;
  return element('recv', { request: method, optional }, actions.length > 0 ? [element('action', {}, actions)] : []);
}

function respond(response: SipResponse, answered: number, addTag: boolean, transport: SipTransport): string {
  const method = response.headers.cseq?.method;
  const headers: SipHeaders = { ...response.headers };
  if (headers.contact !== undefined) headers.contact = [{ uri: localContact('destination', transport) }];
  const setsUpDialog = method === 'INVITE' && response.status > 100 && response.status < 300;
  const [first = ''] = statusLine(response.status, response.reason, answered, addTag);
  const lines = [
    `${first}${setsUpDialog ? Captures.recordRoute(answered) : ''}`,
    ...headerLines(headers, echoedHeaders),
  ];
  return send(lines, bodyText(response), method === 'INVITE' && response.status >= 200 ? finalToInvite(transport) : {});
}
