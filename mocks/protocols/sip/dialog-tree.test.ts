import { describe, expect, test } from '@jest/globals';
import { basicCall, refusedCall } from '../../../contracts/common/sip-calls.ts';
import type { SipStep } from '../../../contracts/common/sip-dialog.ts';
import { heldByAddress, heldCall } from '../../../contracts/common/sip-flows.ts';
import { referredCall, referTo } from '../../../contracts/common/sip-referral.ts';
import { lostDialog } from '../../../contracts/common/sip-within.ts';
import { documented, type Interaction, type Step } from '../../../contracts/contract.ts';
import { Captures } from './captures.ts';
import { type Branch, dialogTree, moreSpecialFirst } from './dialog-tree.ts';
import { movesOf } from './moves.ts';
import { AnsweringRequests } from './own-requests.ts';

function treeOf(...dialogs: SipStep[][]): Branch[] {
  return dialogTree(
    dialogs.map((steps, at) => {
      const interaction: Interaction = {
        description: `dialog ${at + 1}`,
        basis: documented('this file'),
        given: [],
        steps: steps as Step[],
      };
      const side = 'destination';
      const own = new AnsweringRequests({ side, transport: 'TCP', uniqueName: () => 'unique' });
      const options = { side, transport: 'TCP', own, captures: new Captures(), values: {} } as const;
      return { interaction, moves: movesOf(interaction, options), gate: undefined };
    }),
  );
}

/** `INVITE(ACK(BYE))`: the requests that are awaited, one after the other; a star where a dialog may end. */
function shape(branches: readonly Branch[]): string {
  return branches
    .map(({ method, next, ends }) => `${method}${ends ? '*' : ''}${next.length > 0 ? `(${shape(next)})` : ''}`)
    .join(' ');
}

const plain = basicCall('TCP', '1001');
const held = heldCall('TCP', '1001', 'caller');
const referred = referredCall('TCP', '1001', referTo.blind('5000'));

describe('dialogs that begin alike', () => {
  test('go on together until a request tells them apart', () => {
    expect(shape(treeOf(plain, referred))).toBe('INVITE(ACK(BYE* REFER(BYE*)))');
  });

  test('are one where they are the same', () => {
    expect(shape(treeOf(plain, plain, referred, referredCall('TCP', '1001', referTo.attended('7001'))))).toBe(
      'INVITE(ACK(BYE* REFER(BYE*)))',
    );
  });

  test('are told apart by what a re-INVITE does to the media', () => {
    const [call] = treeOf(held, heldByAddress('TCP', '1001'));
    const changes = call?.next[0]?.next ?? [];
    expect(changes.map(({ trigger }) => trigger)).toEqual(['^INVITE .*\\na=sendonly', '^INVITE ']);
  });

  test('may end where another one goes on', () => {
    const [call] = treeOf(plain, plain.concat(lostDialog('TCP', 'INFO')));
    expect(shape([call as Branch])).toBe('INVITE(ACK(BYE*(INFO*)))');
  });

  test('are told apart by the dialled number, a To tag and the hops that are left', () => {
    const noHops = refusedCall('TCP', '1001', 483, 'Too Many Hops', { invite: { headers: { 'max-forwards': 0 } } });
    expect(
      treeOf(plain, basicCall('TCP', '1+2'), noHops, lostDialog('TCP', 'INFO')).map(({ trigger }) => trigger),
    ).toEqual([
      '^INVITE sips?:1001@',
      '^INVITE sips?:1[+]2@',
      '^INVITE sips?:1001@.*\\n[Mm]ax-[Ff]orwards *: *0\\r',
      '^INFO .*\\n([Tt][Oo]|[Tt]) *:[^\\r]*; *tag=',
    ]);
  });

  test('and cannot be told apart where they have to be are refused', () => {
    const otherAnswer = heldCall('TCP', '1001', 'caller').toSpliced(7, 1, ...plain.slice(3, 4));
    expect(() => treeOf(held, otherAnswer)).toThrow(
      '"dialog 1" and "dialog 2" have the same INVITE after the same messages; ' +
        'give them different numbers, or make a state of one a switch of the service mock',
    );
  });
});

test('what asks for more of a request is asked first', () => {
  const noHops = refusedCall('TCP', '1001', 483, 'Too Many Hops', { invite: { headers: { 'max-forwards': 0 } } });
  expect(moreSpecialFirst(treeOf(plain, noHops))).toEqual([1, 0]);
});
