import type { Contract } from '../../../contracts/contract.ts';
import { dialect } from '../../../contracts/dialect.ts';
import { compile } from '../../../contracts/matching.ts';
import { isTcpMessage, type TcpMessage } from '../../../contracts/messages/tcp.ts';
import { rowOf } from '../../../contracts/parts.ts';
import { type Codec, reasonOf } from './codec.ts';
import { checks } from './conformance/checks.ts';
import { Flaw } from './conformance/flaw.ts';
import { Random, randomMessage } from './random-messages.ts';

const generatedMessages = 500;

/** What one check of a codec has found. */
export interface Finding {
  check: string;
  passed: boolean;
  /** One sentence: how much was tried, or the first thing that is wrong. */
  message: string;
}

/**
 * Tries a codec on every message of the TCP contracts, on generated ones, and on all that a stream may do to it.
 * @param contracts of any protocol; those of TCP are taken
 * @param seed of the generated messages and bytes; the same one finds the same
 */
export function checkCodec(codec: Codec, contracts: readonly Contract[], seed = 1): Finding[] {
  const random = new Random(seed);
  const generated = Array.from({ length: generatedMessages }, () => randomMessage(random));
  const contracted = messagesOf(contracts);
  return Object.entries(checks).map(([check, run]) => {
    try {
      return { check, passed: true, message: run({ codec, contracted, generated, random }) };
    } catch (error) {
      return { check, passed: false, message: error instanceof Flaw ? error.message : `it threw: ${reasonOf(error)}` };
    }
  });
}

/** Every message that the TCP contracts put on the wire, an example of each. */
function messagesOf(contracts: readonly Contract[]): TcpMessage[] {
  const messages = new Map<string, TcpMessage>();
  for (const contract of contracts.filter((each) => rowOf(each).protocol === 'TCP')) {
    for (const { content } of contract.interactions.flatMap(({ steps }) => steps)) {
      const { example } = compile(content);
      if (isTcpMessage(example) && example.name !== dialect.tcp.closed) messages.set(JSON.stringify(example), example);
    }
  }
  return [...messages.values()];
}
