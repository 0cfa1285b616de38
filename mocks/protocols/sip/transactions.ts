import type { Side } from '../../../contracts/contract.ts';
import { isSipRequest, isSipResponse, type SipMessage } from '../../../contracts/messages/sip.ts';
import { otherSide } from '../../../contracts/mirrored.ts';

/** A message of an interaction, as a scenario sends or awaits it. */
export interface Content {
  from: Side;
  content: SipMessage;
}

/**
 * The names by which SIPp knows the client transactions of a scenario (RFC 3261, section 17.1). It then takes a response by the branch
 * of its request, passes over one that is late or comes again, and repeats the ACK of a final response that does (section 13.2.2.4).
 */
export class Transactions {
  /** The names that SIPp takes: it refuses one that is never answered, and an INVITE that is never acknowledged. */
  readonly #names: ReadonlySet<string>;

  /** @param side the side whose requests they are */
  constructor(messages: readonly Content[], side: Side) {
    const of = (from: Side, named: (content: SipMessage) => string | undefined) =>
      new Set(messages.filter((each) => each.from === from).map(({ content }) => named(content)));
    const [begun, acknowledged, answered] = [of(side, begins), of(side, acknowledges), of(otherSide(side), answers)];
    const isWhole = (name: string) => answered.has(name) && (acknowledged.has(name) || !name.startsWith('INVITE'));
    this.#names = new Set([...begun].filter((name): name is string => name !== undefined && isWhole(name)));
  }

  /** Attributes of a `send` or a `recv` element. */
  attributes(content: SipMessage): Readonly<Record<string, string>> {
    return {
      ...this.#known('start_txn', begins(content)),
      ...this.#known('ack_txn', acknowledges(content)),
      ...this.#known('response_txn', answers(content)),
    };
  }

  #known(attribute: string, name: string | undefined): Readonly<Record<string, string>> {
    return name !== undefined && this.#names.has(name) ? { [attribute]: name } : {};
  }
}

const nameOf = (method: string, { headers }: SipMessage) => `${method}${headers.cseq?.number}`;

function begins(content: SipMessage): string | undefined {
  return isSipRequest(content) && content.method !== 'ACK' ? nameOf(content.method, content) : undefined;
}

function acknowledges(content: SipMessage): string | undefined {
  return isSipRequest(content) && content.method === 'ACK' ? nameOf('INVITE', content) : undefined;
}

function answers(content: SipMessage): string | undefined {
  return isSipResponse(content) ? nameOf(content.headers.cseq?.method ?? '', content) : undefined;
}
