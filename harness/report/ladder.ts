import type { Side } from '../../contracts/contract.ts';
import type { SeenMessage, SeenMessages } from '../verify/seen.ts';

/** A drawing of the messages of one interaction, with the ends between which they went. */
export interface Ladder {
  /** The names of the two ends. */
  ends: Readonly<Record<Side, string>>;
  seen: SeenMessages;
}

/** Of the text: columns before the first lifeline, between the two, and how long a note may be, which is said in full elsewhere. */
const MARGIN_COLUMNS = 6;
const RUNG_COLUMNS = 84;
const MOST_NOTE_LINES = 3;

/** Of the picture, in pixels. */
const WIDTH = 960;
const LIFELINES = { source: 60, destination: 900 } as const;
const MIDDLE = (LIFELINES.source + LIFELINES.destination) / 2;
const HEAD_HEIGHT = 34;
const MOST_LABEL = 120;
const heights = { message: 30, note: 18, dialog: 22 } as const;

/** What one line of a drawing shows. */
type Row =
  | { kind: 'message'; at: string; from: Side; came: boolean; text: string; isBad: boolean }
  | { kind: 'note' | 'dialog'; text: string };

/** Control characters and wide ones would break the alignment. */
function plain(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}

function cut(text: string, columns: number): string {
  return text.length > columns ? `${text.slice(0, columns - 3)}...` : text;
}

function messageRow({ at, from, title, number, faults }: SeenMessage): Row {
  const came = at !== undefined;
  const text = [title, ...(number === undefined ? [] : [number]), ...(came ? [] : ['never came'])].join(', ');
  return {
    kind: 'message',
    at: came ? String(at) : '',
    from,
    came,
    text: plain(text),
    isBad: !came || faults.length > 0,
  };
}

function rowsOf({ messages, before, after }: SeenMessages): Row[] {
  let last: string | undefined;
  const rows = messages.flatMap((message): Row[] => {
    const { dialog, faults } = message;
    const isNew = dialog !== undefined && dialog !== last;
    last = dialog ?? last;
    return [
      ...(isNew ? [{ kind: 'dialog' as const, text: plain(dialog) }] : []),
      messageRow(message),
      ...faults.flatMap((fault) => wrapped(plain(fault)).map((text) => ({ kind: 'note' as const, text }))),
    ];
  });
  return [...leftOut(before, 'before'), ...rows, ...leftOut(after, 'after')];
}

function leftOut(count: number, where: string): Row[] {
  return count === 0 ? [] : [{ kind: 'dialog', text: `${count} more ${where}` }];
}

/** Lines of a note; a word that is longer than a line is cut, and so is a note of too many lines. */
function wrapped(text: string): string[] {
  const columns = RUNG_COLUMNS - 12;
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && longer.length <= columns) lines[lines.length - 1] = longer;
    else lines.push(cut(word, columns));
  }
  if (lines.length <= MOST_NOTE_LINES) return lines;
  return [...lines.slice(0, MOST_NOTE_LINES - 1), cut(`${lines[MOST_NOTE_LINES - 1]} ...`, columns)];
}

/** An arrow of a fixed length with its text: dashes for what came, dots for what did not. */
function arrow({ from, came, text }: Row & { kind: 'message' }): string {
  const stroke = came ? '-' : '.';
  const shown = cut(text, RUNG_COLUMNS - 8);
  const rest = stroke.repeat(RUNG_COLUMNS - 5 - shown.length);
  return from === 'source' ? `${stroke}${stroke} ${shown} ${rest}>` : `<${rest} ${shown} ${stroke}${stroke}`;
}

function textLine(row: Row): string {
  if (row.kind === 'message') {
    return `${row.isBad ? '!' : ' '}${row.at.padStart(MARGIN_COLUMNS - 2)} |${arrow(row)}|`;
  }
  const indent = row.kind === 'dialog' ? 2 : 8;
  const inner = `${' '.repeat(indent)}${cut(row.text, RUNG_COLUMNS - indent)}`;
  return `${' '.repeat(MARGIN_COLUMNS)}|${inner.padEnd(RUNG_COLUMNS)}|`;
}

function nameOf(end: string): string {
  return cut(plain(end), RUNG_COLUMNS / 2 - 1);
}

/**
 * The drawing as text of fewer than 100 columns. A message at fault is marked with an exclamation mark, and what is wrong stands
 * below it.
 */
export function ladderText({ ends, seen }: Ladder): string {
  const [left, right] = [nameOf(ends.source), nameOf(ends.destination)];
  const head = `${' '.repeat(MARGIN_COLUMNS)}${left}${right.padStart(RUNG_COLUMNS + 2 - left.length)}`;
  return [head, ...rowsOf(seen).map(textLine)].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function svgText(x: number, y: number, text: string, attributes: string): string {
  return `<text x="${x}" y="${y}" ${attributes}>${escaped(text)}</text>`;
}

function svgRow(row: Row, top: number): string {
  if (row.kind !== 'message') {
    const style = row.kind === 'note' ? 'class="failed"' : 'class="none"';
    return svgText(LIFELINES.source + 14, top + 14, cut(row.text, MOST_LABEL), style);
  }
  const y = top + 22;
  const [start, end] =
    row.from === 'source' ? (['source', 'destination'] as const) : (['destination', 'source'] as const);
  const [x, to] = [LIFELINES[start], LIFELINES[end]];
  const back = to > x ? -9 : 9;
  const dashes = row.came ? '' : ' stroke-dasharray="2 5"';
  return [
    `<g${row.isBad ? ' class="failed"' : ''}>`,
    svgText(LIFELINES.source - 12, y + 4, `${row.isBad ? '! ' : ''}${row.at}`, 'text-anchor="end"'),
    svgText(MIDDLE, y - 5, cut(row.text, MOST_LABEL), 'text-anchor="middle"'),
    `<line x1="${x}" y1="${y}" x2="${to}" y2="${y}" stroke="currentColor"${dashes}/>`,
    `<polygon points="${to},${y} ${to + back},${y - 4} ${to + back},${y + 4}" fill="currentColor"/>`,
    '</g>',
  ].join('');
}

/** The drawing as a picture for a page, with a title for those who cannot see it. */
export function ladderSvg({ ends, seen }: Ladder): string {
  const rows = rowsOf(seen);
  let height = HEAD_HEIGHT;
  const drawn = rows.map((row) => {
    const top = height;
    height += heights[row.kind];
    return svgRow(row, top);
  });
  const bad = rows.filter((row) => row.kind === 'message' && row.isBad).length;
  const count = `${seen.messages.length} messages between ${ends.source} and ${ends.destination}`;
  const title = escaped(`Ladder diagram: ${count}, ${bad === 0 ? 'none' : bad} of them at fault`);
  const lifelines = Object.values(LIFELINES).map(
    (x) => `<line x1="${x}" y1="${HEAD_HEIGHT - 8}" x2="${x}" y2="${height + 6}" stroke="currentColor" opacity=".5"/>`,
  );
  return [
    `<svg class="ladder" role="img" viewBox="0 0 ${WIDTH} ${height + 10}">`,
    `<title>${title}</title>`,
    svgText(LIFELINES.source - 40, 16, nameOf(ends.source), 'font-weight="600"'),
    svgText(LIFELINES.destination + 40, 16, nameOf(ends.destination), 'font-weight="600" text-anchor="end"'),
    ...[...lifelines, ...drawn],
    '</svg>',
  ].join('');
}
