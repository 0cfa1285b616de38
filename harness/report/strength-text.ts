import { rowOf } from '../../contracts/parts.ts';
import type { FreeSurvivor, Strength } from '../strength/measure.ts';
import { nearMissShares } from '../strength/near-miss.ts';
import { type Layout, tabulate } from './text.ts';
import { wholeStrengths } from './whole.ts';

/** One line a connection: breaks killed, tolerant changes accepted. */
export function strengthTable(strengths: readonly Strength[], layout: Layout): string {
  const head = ['#', 'source', 'destination', 'protocol', 'killed', 'over the wire', 'tolerant', 'free'];
  const rows = wholeStrengths(strengths).map(({ contract, total, killed, carried, tolerant, free }) => {
    const { number, source, destination, protocol } = rowOf(contract);
    const counts = [
      `${killed}/${total}`,
      String(carried),
      `${tolerant.accepted}/${tolerant.total}`,
      String(free.length),
    ];
    return [String(number), source, destination, protocol, ...counts];
  });
  return tabulate(head, rows, layout);
}

interface Line {
  interaction: string;
  text: string;
}

/** Lines below the interaction that they are about, in the order of the contract. */
function byInteraction(strength: Strength, lines: readonly Line[]): string[] {
  return strength.contract.interactions.flatMap(({ description }) => {
    const own = lines.filter(({ interaction }) => interaction === description);
    if (own.length === 0) return [];
    return [`connection ${strength.contract.connection}, "${description}"`, ...own.map(({ text }) => `  ${text}`)];
  });
}

/** What survived, by interaction, side and path, with what would kill it; empty when nothing did. */
export function survivorsText(strengths: readonly Strength[]): string {
  return strengths
    .flatMap((strength) =>
      byInteraction(
        strength,
        strength.survivors.map(({ interaction, side, step, path, operator, remedy }) => ({
          interaction,
          text: `survived: ${side}, ${place(step, path)}, ${operator}: ${remedy}`,
        })),
      ),
    )
    .join('\n');
}

/** Which tolerant changes were refused, and by what; empty when none was. */
export function refusalsText(strengths: readonly Strength[]): string {
  return strengths
    .flatMap((strength) =>
      byInteraction(
        strength,
        strength.tolerant.refused.map(({ interaction, side, step, path, change, message }) => ({
          interaction,
          text: `refused: ${side}, ${place(step, path)}, ${change}: the contract asks too much: ${message}`,
        })),
      ),
    )
    .join('\n');
}

function place(step: number, path: string): string {
  return step === 0 ? 'the messages as a whole' : `step ${step}, ${path}`;
}

/** What survived and may, with the reason: once for each path and reason of a connection. */
export function freeText(strengths: readonly Strength[]): string {
  return strengths
    .flatMap(({ contract, free }) => {
      const groups = Map.groupBy(free, ({ side, path, reason }) => `${side} ${anyIndex(path)} ${reason}`);
      return [...groups.values()].map(([first, ...more]) => {
        const { side, path, reason } = first as FreeSurvivor;
        const times = more.length === 0 ? '' : ` (${more.length + 1} times)`;
        return `free: connection ${contract.connection}, ${side}, ${anyIndex(path)}${times}: ${reason}`;
      });
    })
    .join('\n');
}

function anyIndex(path: string): string {
  return path.replace(/\[\d+\]/g, '[*]');
}

function percent(part: number, total: number): string {
  return total === 0 ? '-' : `${((100 * part) / total).toFixed(2)} %`;
}

/**
 * By protocol: of the breaks seen, the share whose first mismatch names the exact field; of the broken messages that no
 * interaction holds, the share whose nearest interaction is the right one.
 */
export function nearMissText(strengths: readonly Strength[], layout: Layout): string {
  const head = ['protocol', 'breaks', 'named exactly', 'share', 'in no interaction', 'nearest is right', 'share'];
  const rows = nearMissShares(strengths).map(({ protocol, total, exact, sought, found }) => {
    const field = [String(total), String(exact), percent(exact, total)];
    return [protocol, ...field, String(sought), String(found), percent(found, sought)];
  });
  return tabulate(head, rows, layout);
}

/** The last line. */
export function strengthTotals(strengths: readonly Strength[]): string {
  const sum = (count: (strength: Strength) => number) => strengths.reduce((total, each) => total + count(each), 0);
  const verdict = isStrong(strengths) ? 'strong' : 'weak';
  return [
    `${verdict}: ${wholeStrengths(strengths).length} connections`,
    `${sum(({ killed }) => killed)} of ${sum(({ total }) => total)} breaks killed`,
    `${sum(({ carried }) => carried)} of them sent over the wire`,
    `${sum(({ tolerant }) => tolerant.accepted)} of ${sum(({ tolerant }) => tolerant.total)} tolerant changes accepted`,
    `${sum(({ free }) => free.length)} free`,
  ].join(', ');
}

/** Whether every break was seen and every tolerant change borne, and there were any. */
export function isStrong(strengths: readonly Strength[]): boolean {
  return (
    strengths.length > 0 &&
    strengths.every(({ total, killed, tolerant }) => total > 0 && killed === total && tolerant.refused.length === 0)
  );
}
