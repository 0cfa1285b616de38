import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { SeenMessage, SeenMessages } from '../verify/seen.ts';
import { ladderSvg, ladderText } from './ladder.ts';

const ends = { source: 'Voice SIP Cluster Service', destination: 'Voice SIP Proxy Service' };

const dialog = 'Call-ID a@127.0.0.1';
const messages: SeenMessage[] = [
  { at: 1, from: 'source', title: 'INVITE sip:1001@t100.voice.example', dialog, number: 'CSeq 1', faults: [] },
  {
    ...{ at: 2, from: 'destination', title: '200 OK (INVITE)', dialog, number: 'CSeq 1' },
    faults: [`$.headers.to.tag: expected "x", got ${'something much longer than a line can hold '.repeat(6)}`],
  },
  { at: 3, from: 'source', title: 'ACK <sip:1001@10.0.0.1>', dialog, number: 'CSeq 1', faults: [] },
  { at: 4, from: 'destination', title: 'OPTIONS sip:ü', dialog: 'Call-ID b', number: 'CSeq 9', faults: [] },
  { from: 'source', title: '200 OK (OPTIONS)', faults: [] },
];
const seen: SeenMessages = { messages, before: 0, after: 2 };

test('a ladder is text with the step at fault marked, and what is wrong with it below', () => {
  expect(ladderText({ ends, seen }).split('\n')).toEqual([
    '      Voice SIP Cluster Service                                      Voice SIP Proxy Service',
    '      |  Call-ID a@127.0.0.1                                                               |',
    '    1 |-- INVITE sip:1001@t100.voice.example, CSeq 1 ------------------------------------->|',
    '!   2 |<-------------------------------------------------------- 200 OK (INVITE), CSeq 1 --|',
    '      |        $.headers.to.tag: expected "x", got something much longer than a line       |',
    '      |        can hold something much longer than a line can hold something much          |',
    '      |        longer than a line can hold something much longer than a line can hol...    |',
    '    3 |-- ACK <sip:1001@10.0.0.1>, CSeq 1 ------------------------------------------------>|',
    '      |  Call-ID b                                                                         |',
    '    4 |<---------------------------------------------------------- OPTIONS sip:?, CSeq 9 --|',
    '!     |.. 200 OK (OPTIONS), never came ...................................................>|',
    '      |  2 more after                                                                      |',
  ]);
});

test('a ladder is a picture that needs nothing else, with a title', () => {
  const svg = ladderSvg({ ends, seen });
  expect(svg).toMatch(
    /^<svg class="ladder" role="img" viewBox="0 0 960 \d+"><title>Ladder diagram: 5 messages between /,
  );
  expect(svg).toContain('Voice SIP Cluster Service and Voice SIP Proxy Service, 2 of them at fault</title>');
  expect(svg).toContain('>ACK &lt;sip:1001@10.0.0.1&gt;, CSeq 1</text>');
  expect(svg).toMatch(/<g class="failed"><text [^>]*>! 2<\/text><text [^>]*>200 OK \(INVITE\), CSeq 1<\/text>/);
  expect(svg).toMatch(/never came<\/text><line [^>]* stroke-dasharray="2 5"\/>/);
  expect(svg).not.toMatch(/href|src=|url\(|<script|style=/);
  expect(ladderSvg({ ends, seen: { ...seen, messages: messages.slice(0, 1) } })).toContain('none of them at fault');
});

describe('any sequence', () => {
  const text = fc.string({ unit: 'binary', maxLength: 200 });
  const anyMessage: fc.Arbitrary<SeenMessage> = fc.record(
    {
      ...{ at: fc.nat({ max: 9_999 }), from: fc.constantFrom('source', 'destination'), title: text },
      ...{ dialog: text, number: text, faults: fc.array(text, { maxLength: 3 }) },
    },
    { requiredKeys: ['from', 'title', 'faults'] },
  );
  const anyLadder = fc.record({
    ends: fc.record({ source: text, destination: text }),
    seen: fc.record({ messages: fc.array(anyMessage), before: fc.nat(), after: fc.nat() }),
  });

  test('has straight lifelines within 100 columns, one arrow for each message, and the same text each time', () => {
    fc.assert(
      fc.property(anyLadder, (ladder) => {
        const drawn = ladderText(ladder);
        const [head = '', ...lines] = drawn.split('\n');
        expect(drawn).toBe(ladderText(structuredClone(ladder)));
        expect(drawn).toMatch(/^[\x20-\x7e\n]*$/);
        expect(head.length).toBeLessThanOrEqual(100);
        expect(lines.filter((line) => line.length !== 92 || line[6] !== '|' || line[91] !== '|')).toEqual([]);
        const arrows = lines.filter((line) => /^.{6}\|(<[-.]|--|\.\. ).*/.test(line) && /[>-]\||\.\.\|/.test(line));
        expect(arrows).toHaveLength(ladder.seen.messages.length);
      }),
    );
  });

  test('is a well-formed picture', () => {
    fc.assert(
      fc.property(anyLadder, (ladder) => {
        const svg = ladderSvg(ladder);
        expect(svg).toBe(ladderSvg(structuredClone(ladder)));
        const open: string[] = [];
        const rest = svg.replace(
          /<(\/?)([a-z]+)((?: [a-zA-Z0-9-]+="[^"<>]*")*)(\/?)>/g,
          (_, close, name, _attributes, own) => {
            if (close) expect(open.pop()).toBe(name);
            else if (!own) open.push(name);
            return '';
          },
        );
        expect(open).toEqual([]);
        expect(rest).not.toMatch(/[<>]|&(?!(amp|lt|gt|quot);)/);
        expect(svg.match(/<polygon /g) ?? []).toHaveLength(ladder.seen.messages.length);
      }),
    );
  });
});
