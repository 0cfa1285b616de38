import type { Side } from '../../contracts/contract.ts';
import type { StandardRule } from '../../contracts/messages/standard.ts';
import type { ConnectionResult, Run } from '../verify/run.ts';
import type { BrokenRule, StandardFindings } from '../verify/standard.ts';
import type { SideResult } from '../verify/verdict.ts';

/** A rule of a standard, and what became of it in a run. */
export interface RunRule extends StandardRule {
  /** In how many places it had to be kept; 0 says that the run never put it to the test. */
  occasions: number;
  broken: number;
}

/** Where a rule was broken. */
export interface RunBreak extends BrokenRule {
  connection: number;
  /** The side under test. */
  side: Side;
  /** Absent where it came between the interactions. */
  interaction?: string;
}

/** What a run says of one standard. */
export interface RunStandard {
  /** The protocol's name. */
  name: string;
  /** How many messages were held against it. */
  messages: number;
  rules: readonly RunRule[];
  broken: readonly RunBreak[];
}

interface Found {
  findings: StandardFindings;
  broken: readonly RunBreak[];
}

function foundOnSide({ contract }: ConnectionResult, side: Side, result: SideResult | undefined): Found[] {
  const all = [
    ...(result?.interactions ?? []).map(({ description, standard }) => ({ interaction: description, standard })),
    { standard: result?.between },
  ];
  return all.flatMap(({ standard: findings, ...where }) => {
    if (findings === undefined) return [];
    const broken = findings.broken.map((each) => ({ connection: contract.connection, side, ...where, ...each }));
    return [{ findings, broken }];
  });
}

/** What a run says of the standards of its protocols, apart from the contracts; empty where none is known. */
export function standardsOf({ connections }: Run): RunStandard[] {
  const found = connections.flatMap((result) => [
    ...foundOnSide(result, 'destination', result.destination),
    ...foundOnSide(result, 'source', result.source),
  ]);
  return [...Map.groupBy(found, ({ findings }) => findings.standard)].map(([{ name, rules }, parts]) => {
    const broken = parts.flatMap((part) => part.broken);
    const occasions = ({ id }: StandardRule) =>
      parts.reduce((sum, { findings }) => sum + (findings.occasions.get(id) ?? 0), 0);
    return {
      name,
      messages: parts.reduce((sum, { findings }) => sum + findings.messages, 0),
      rules: rules.map(({ id, section, says, level }) => ({
        ...{ id, section, says, level },
        occasions: occasions({ id, section, says, level }),
        broken: broken.filter(({ rule }) => rule.id === id).length,
      })),
      broken,
    };
  });
}

/** What came in the way of one rule at one place of a run, the first of it with how often it came. */
export function brokenText({ rule, connection, side, interaction, own, sentence }: RunBreak, times: number): string {
  const what = `${rule.level === 'error' ? 'broken' : 'warning'}${own ? ', of the harness itself' : ''}`;
  const where = interaction === undefined ? 'between the interactions' : `"${interaction}"`;
  return `${what}: connection ${connection}, ${side}, ${where}: ${sentence}${times === 1 ? '' : ` (${times} times)`}`;
}

/** In short: how many rules were checked, which were broken, and which never had an occasion. */
export function standardsText(run: Run): string {
  return standardsOf(run)
    .flatMap(({ name, messages, rules, broken }) => {
      const occasions = rules.reduce((sum, rule) => sum + rule.occasions, 0);
      const checked = rules.filter((rule) => rule.occasions > 0).length;
      const idle = rules.filter((rule) => rule.occasions === 0).map(({ id }) => id);
      const count = `${checked} of ${rules.length} checked, ${occasions} occasions in ${messages} messages`;
      const alike = Map.groupBy(broken, ({ rule, connection, side, interaction, by }) =>
        JSON.stringify([rule.id, connection, side, interaction, by]),
      );
      return [
        `${name} rules: ${count}, ${broken.length} broken`,
        ...[...alike.values()].map((same) => `  ${brokenText(same[0] as RunBreak, same.length)}`),
        ...(idle.length === 0 ? [] : [`  never had an occasion: ${idle.join(', ')}`]),
      ];
    })
    .join('\n');
}
