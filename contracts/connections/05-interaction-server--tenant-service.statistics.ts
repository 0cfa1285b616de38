import {
  closedForGood,
  closePage,
  closes,
  info,
  loggedIn,
  notOpened,
  opened,
  openState,
  overtaken,
  stateIn,
  stateStream,
  statisticsSession,
} from '../common/statistics.ts';
import { sessions } from '../common/tenant-session.ts';
import { documented, type Interaction } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import type { TcpMessage } from '../messages/tcp.ts';
import { world } from '../world.ts';

const tracking: Interaction<TcpMessage>[] = [
  stateStream('the state of an agent decides about capacity: it comes at once, and again when it changes'),
  {
    description: 'an agent who is tracked no more is closed',
    basis: documented(closePage),
    given: [loggedIn],
    steps: [openState(1), opened(1), info(1, stateIn), ...closes(2, 1)],
  },
  overtaken,
  closedForGood,
  notOpened('an agent whom nobody knows cannot be tracked', openState(1, 'A9999'), []),
];

/** The state of agents, by which the Interaction Server knows who can take more. That it is asked of Stat Server is inferred. */
export default defineContract<TcpMessage>({
  connection: 5,
  part: { name: 'statistics' },
  port: 2060,
  interactions: [...sessions(statisticsSession(world.applications.interactionServer.name)), ...tracking],
});
