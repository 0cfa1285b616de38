import { assumed, type Interaction, inferred, type ProviderState, state } from '../contract.ts';
import { dialect } from '../dialect.ts';
import { fromState, string } from '../matchers.ts';
import type { TcpMessage } from '../messages/tcp.ts';
import { closeDetails, connectionClosed, sessionAnswer, sessionOpen } from './tcp-session.ts';
import type { Attributes } from './tcp-steps.ts';

const { session } = dialect.tcp;

export const userValid: ProviderState = state('the CME user is valid');

/** The password that the provider state has made the right or the wrong one. */
export const userPassword = fromState('cmePassword', 'a-password');

/** How one protocol of the Tenant Service opens a session. */
export interface SessionKind {
  /** `voice`, as in "open a voice session". */
  name: string;
  /** What the source says of itself. */
  identity: Attributes;
  /** What the destination says of itself. */
  opened?: Attributes;
  given?: readonly ProviderState[];
  refused: { given: ProviderState; reason: string };
  /** What is documented of the identification. */
  documents: string;
}

/**
 * The sessions of one protocol: opened, refused, and not to be had. The first interaction is the one by which the others open
 * theirs.
 */
export const sessions = ({
  name,
  identity,
  opened = {},
  given = [],
  refused,
  documents,
}: SessionKind): Interaction<TcpMessage>[] => [
  {
    description: `open a ${name} session`,
    basis: assumed(`the handshake is one SessionOpen and one SessionOpened; documented is that ${documents}`),
    given,
    steps: [sessionOpen(session.open, identity), sessionAnswer(session.opened, opened)],
  },
  {
    description: `a ${name} session that is refused is closed`,
    basis: assumed(
      'a refused registration is a SessionRejected with a reason and the end of the connection; clients are documented to see an exception (Platform SDK)',
    ),
    given: [refused.given],
    free: closeDetails,
    negative: true,
    steps: [
      sessionOpen(session.open, identity),
      sessionAnswer(session.rejected, { reason: string(refused.reason) }),
      connectionClosed,
    ],
  },
  {
    description: `a ${name} session ends before it is open while the Tenant Service is down`,
    basis: inferred(
      'sources dial a sidecar beside them (sample Helm charts: localhost:8888), which accepts and then has nobody to connect to',
    ),
    given: [...given, state('the Tenant Service is down')],
    free: closeDetails,
    negative: true,
    steps: [sessionOpen(session.open, identity), connectionClosed],
  },
];
