import { type Connection, connectionTitle } from '../../contracts/architecture.ts';
import { basisText, type Contract, type Interaction, type ProviderState, type Step } from '../../contracts/contract.ts';
import type { Matcher } from '../../contracts/matchers.ts';
import type { ServiceMock } from '../../mocks/adapter.ts';

function isMatcher(value: unknown): value is Matcher {
  return typeof value === 'object' && value !== null && 'pact:matcher:type' in value;
}

function matcherText(matcher: Matcher): string {
  const type = matcher['pact:matcher:type'];
  if (typeof type !== 'string') return `${type.map(templateText).join(' and ')} ${templateText(matcher.value)}`;
  const detail = [matcher.regex, matcher.include, matcher.format, matcher.name, matcher.expression].find(
    (each) => typeof each === 'string',
  );
  const name = detail === undefined ? type : `${type} ${String(detail)}`;
  if (type === 'arrayContains')
    return `array containing ${(matcher.variants as unknown[]).map(templateText).join(' and ')}`;
  return matcher.value === undefined ? `<${name}>` : `<${name}> ${templateText(matcher.value)}`;
}

/** A template on one line: plain values as JSON, matchers as `<type> example`. */
function templateText(template: unknown): string {
  if (isMatcher(template)) return matcherText(template);
  if (Array.isArray(template)) return `[${template.map(templateText).join(', ')}]`;
  if (typeof template === 'object' && template !== null) {
    const parts = Object.entries(template).map(([key, value]) => `${key}: ${templateText(value)}`);
    return `{ ${parts.join(', ')} }`;
  }
  return JSON.stringify(template) ?? 'undefined';
}

function stateText({ name, params }: ProviderState): string {
  const values = Object.entries(params).map(([key, value]) => `${key}=${value}`);
  return values.length === 0 ? name : `${name} (${values.join(', ')})`;
}

function stepLines(step: Step): string[] {
  const marks = [
    step.optional && 'optional',
    step.repeat && 'may repeat',
    step.lane && `lane ${step.lane}`,
    step.session && `session ${step.session}`,
    step.reconnected && 'over a new connection',
  ].filter(Boolean);
  const arrow = step.from === 'source' ? '->' : '<-';
  const head = `    ${arrow} ${step.from}${marks.length === 0 ? '' : ` (${marks.join(', ')})`}`;
  const content = step.content;
  if (typeof content !== 'object' || content === null || isMatcher(content))
    return [`${head}: ${templateText(content)}`];
  return [head, ...Object.entries(content).map(([key, value]) => `       ${key}: ${templateText(value)}`)];
}

function interactionLines(interaction: Interaction, index: number): string[] {
  const { description, negative, given, basis, only, steps, forbidden, stepTimeoutMs } = interaction;
  return [
    `${index + 1}. ${description}${negative ? ' (negative)' : ''}`,
    `    ${basisText(basis)}`,
    ...given.map((each) => `    given ${stateText(each)}`),
    ...(only === undefined ? [] : [`    only the ${only.side} can be judged: ${only.reason}`]),
    ...(stepTimeoutMs === undefined ? [] : [`    each answer within ${stepTimeoutMs} ms`]),
    ...steps.flatMap(stepLines),
    ...(forbidden ?? []).flatMap((step) => ['    never:', ...stepLines(step)]),
    '',
  ];
}

/** A contract as a person reads it: the row, then every interaction with its basis, states and messages. */
export function contractText(row: Connection, contract: Contract, service: ServiceMock | undefined): string {
  const notModelled = service?.notModelled ?? [];
  return [
    `${connectionTitle(row)}${contract.part === undefined ? '' : ` (${contract.part.name})`}`,
    `${row.protocol}, port ${row.port.printed}, ${row.classification}: ${row.data}`,
    ...(row.dials === row.source ? [] : [`${row.dials} opens the connection`]),
    '',
    ...contract.interactions.flatMap(interactionLines),
    ...(notModelled.length === 0
      ? []
      : [`The mock of ${row.listens} leaves out:`, ...notModelled.map((each) => `- ${each}`)]),
  ].join('\n');
}
