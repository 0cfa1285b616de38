import type { Contract } from '../../../contracts/contract.ts';
import { dialect } from '../../../contracts/dialect.ts';
import { tcpProfile } from '../../../contracts/messages/tcp.ts';

/** The names of the messages that a session begins with. */
export interface Handshake {
  open: string;
  opened: string;
  /** Refuses the session when it answers `open`; the protocol may use the name for other errors too. */
  rejected: string;
}

const { session, rq } = dialect.tcp;
const handshakes: readonly Handshake[] = [session, rq.session];
const byOpening = new Map(handshakes.map((handshake) => [handshake.open, handshake]));

/** The handshake that a message asks for; undefined for any other message. */
export function handshakeOpenedBy(name: string): Handshake | undefined {
  return byOpening.get(name);
}

/** The handshake of what the contracts' sources say; the first known one where they say none. */
export function handshakeOf(contracts: readonly Contract[]): Handshake {
  const steps = contracts.flatMap(({ interactions }) => interactions.flatMap((interaction) => interaction.steps));
  const said = new Set(steps.map(({ content }) => tcpProfile.title(content)));
  return handshakes.find(({ open }) => said.has(open)) ?? session;
}
