import { assumed, type Interaction, type ProviderState, state } from '../contract.ts';
import { dialect } from '../dialect.ts';
import { string } from '../matchers.ts';
import type { TcpMessage } from '../messages/tcp.ts';
import { type Attributes, active, pinged, ready } from './rq-steps.ts';
import { closeDetails, connectionClosed, sessionAnswer, sessionOpen } from './tcp-session.ts';

const { session, errors } = dialect.tcp.rq;

/** What Genesys publishes of the Voice RQ Service. */
export const rqSamples = 'Genesys multicloud-services on GitHub, alerts and dashboards of the Voice RQ Service';

/** A session with the active node of a pair. @param given the state that makes the node the active one */
export const sessionWith = (
  description: string,
  identity: Attributes,
  [node, pair]: readonly [node: number, pair: number],
  given: ProviderState = active(node, pair),
): Interaction<TcpMessage> => ({
  description,
  basis: assumed(
    `RqHello names the client, RqReady the node; that clients follow nodes and pairs, of which one node is elected, is documented (${rqSamples})`,
  ),
  given: [given],
  steps: [sessionOpen(session.open, identity), sessionAnswer(session.opened, ready(node, pair))],
});

/**
 * What each of the four clients does with a node beside its commands. The first interaction opens the session that the others
 * need.
 * @param identity what the client says of itself
 */
export const sessions = (identity: Attributes): Interaction<TcpMessage>[] => [
  sessionWith('open a session with the active node of a pair', identity, [0, 0]),
  {
    description: 'a node on standby refuses the session, so that the client turns to the other node of the pair',
    basis: assumed(
      `the refusal is RqError NOT_READY and the end of the connection; that one node of a pair serves is documented (${rqSamples})`,
    ),
    given: [state('the node is on standby', { node: 1, pair: 0 })],
    free: closeDetails,
    negative: true,
    steps: [
      sessionOpen(session.open, identity),
      sessionAnswer(session.rejected, { code: errors.notReady, text: string('node 0 serves pair 0') }),
      connectionClosed,
    ],
  },
  {
    description: 'a ping is answered, which keeps a silent session alive',
    basis: assumed('RqPing and RqPong; no document gives the keep-alive of this protocol'),
    given: [active()],
    steps: pinged(1),
  },
];
