import { basisText, type Contract, ContractError, type Interaction, type Step } from './contract.ts';
import { parsePath } from './matching/path.ts';
import { compile } from './matching.ts';
import { rowOf } from './parts.ts';

function where(contract: Contract, interaction?: Interaction, field?: string): string {
  return [
    `connection ${contract.connection}`,
    ...(interaction === undefined ? [] : [`"${interaction.description}"`]),
    ...(field === undefined ? [] : [field]),
  ].join(', ');
}

function checkStep(contract: Contract, interaction: Interaction, step: Step, field: string): void {
  if (step.from !== 'source' && step.from !== 'destination') {
    throw new ContractError(`${where(contract, interaction, `${field}.from`)}: expected source or destination`);
  }
  if (step.reconnected && (step.from !== 'source' || rowOf(contract).protocol !== 'SIP/TCP')) {
    const expected = 'expected a step of the source of a connection over SIP/TCP';
    throw new ContractError(`${where(contract, interaction, `${field}.reconnected`)}: ${expected}`);
  }
  try {
    compile(step.content);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ContractError(`${where(contract, interaction, `${field}.content`)}: ${reason}`, { cause });
  }
}

function checkFree(contract: Contract, interaction: Interaction): void {
  for (const [index, { path, reason }] of (interaction.free ?? []).entries()) {
    const field = `free[${index}]`;
    if (parsePath(path) === undefined) {
      const expected = 'expected a path like $.headers.date, with .* and [*] for any key and any index';
      throw new ContractError(`${where(contract, interaction, `${field}.path`)}: ${expected}, got "${path}"`);
    }
    if (reason.trim() === '') {
      throw new ContractError(`${where(contract, interaction, `${field}.reason`)}: say why nobody relies on ${path}`);
    }
  }
}

function checkInteraction(contract: Contract, interaction: Interaction): void {
  if (interaction.description.trim() === '') {
    throw new ContractError(`${where(contract)}: an interaction has no description`);
  }
  if (!interaction.basis || !['documented', 'inferred', 'assumed'].includes(interaction.basis.kind)) {
    throw new ContractError(
      `${where(contract, interaction, 'basis')}: expected documented(source), inferred(reason) or assumed(assumption)`,
    );
  }
  if (/: *$/.test(basisText(interaction.basis))) {
    throw new ContractError(`${where(contract, interaction, 'basis')}: it names no source, reason or assumption`);
  }
  if (interaction.steps.length === 0) {
    throw new ContractError(`${where(contract, interaction, 'steps')}: an interaction without a step proves nothing`);
  }
  if (interaction.only !== undefined && interaction.only.reason.trim() === '') {
    throw new ContractError(`${where(contract, interaction, 'only.reason')}: say why only one side can be judged`);
  }
  for (const [index, step] of interaction.steps.entries()) {
    checkStep(contract, interaction, step, `steps[${index}]`);
  }
  for (const [index, step] of (interaction.forbidden ?? []).entries()) {
    checkStep(contract, interaction, step, `forbidden[${index}]`);
  }
  checkFree(contract, interaction);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value) && !ArrayBuffer.isView(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}

/**
 * Checks a contract and freezes it.
 * @throws {ContractError} naming connection, interaction and field: an unknown connection number, a part's name that no file can
 * end with, a port that the row does not have, no interaction, no negative one, a description used twice, a missing basis, a template
 * that cannot be compiled, a new connection where none can be lost, a free part without a path or a reason.
 */
export function defineContract<C>(contract: Contract<C>): Contract<C> {
  const plain = contract as Contract;
  const row = rowOf(plain);
  if (contract.part !== undefined && !/^(?!main$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(contract.part.name)) {
    throw new ContractError(
      `${where(plain)}, part.name: expected lower case and hyphens, and not main, got "${contract.part.name}"`,
    );
  }
  const ports: readonly number[] = row.port.ports;
  if (contract.port !== undefined && ports.length > 0 && !ports.includes(contract.port)) {
    throw new ContractError(`${where(plain)}, port: the table prints ${ports.join(', ')}, not ${contract.port}`);
  }
  if (contract.interactions.length === 0) throw new ContractError(`${where(plain)}: no interactions`);
  const seen = new Set<string>();
  for (const interaction of plain.interactions) {
    checkInteraction(plain, interaction);
    if (seen.has(interaction.description)) {
      throw new ContractError(`${where(plain, interaction)}: two interactions have this description`);
    }
    seen.add(interaction.description);
  }
  if (!plain.interactions.some((interaction) => interaction.negative)) {
    throw new ContractError(`${where(plain)}: no negative interaction; mark at least one error or refusal`);
  }
  return deepFreeze(contract);
}
