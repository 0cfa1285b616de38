import {
  aboutOpened,
  closedForGood,
  closePage,
  closes,
  info,
  loggedIn,
  notifications,
  notOpened,
  numberInfo,
  opened,
  openNumber,
  overtaken,
  sdkPage,
  stateStream,
  statisticsSession,
  underEither,
} from '../common/statistics.ts';
import { answer } from '../common/tcp-steps.ts';
import { sessions } from '../common/tenant-session.ts';
import { destination, documented, type Interaction, inferred } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { string } from '../matchers.ts';
import type { TcpMessage } from '../messages/tcp.ts';
import { world } from '../world.ts';

const { requests, events } = dialect.tcp.statistics;
const { immediate, onRequest, periodical } = notifications;

const values: Interaction<TcpMessage>[] = [
  {
    description: 'a statistic that is opened comes again and again until it is closed',
    basis: documented(`${sdkPage}; the attributes of EventInfo: Platform SDK 9.0 Java API Reference`),
    given: [loggedIn],
    steps: [openNumber(1, periodical), opened(1), info(1, numberInfo), info(1, numberInfo), ...closes(2, 1)],
  },
  {
    description: 'a statistic that nobody is told of is asked for, and closed',
    basis: documented(`${sdkPage}; ${closePage}. Under which reference id the value comes is not published`),
    given: [loggedIn],
    steps: [
      openNumber(1, onRequest),
      opened(1),
      aboutOpened(2, requests.peek, 1),
      destination<TcpMessage>({ name: events.info, referenceId: underEither(2, 1), attributes: numberInfo }),
      ...closes(3, 1),
    ],
  },
  stateStream('the state of an agent comes at once, and again when it changes'),
  overtaken,
  closedForGood,
];

const refusals: Interaction<TcpMessage>[] = [
  notOpened('a statistic of an agent whom nobody knows', openNumber(1, immediate, { agentId: 'A9999' }), []),
  notOpened('a statistic that the server does not define', openNumber(1, immediate, { type: 'NoSuchStatistic' }), [
    loggedIn,
  ]),
  {
    description: 'a statistic that is closed cannot be closed again',
    only: { side: 'destination', reason: 'a source that keeps the contract closes what is open' },
    basis: inferred(
      'RequestCloseStatistic is answered by EventStatisticClosed or EventError, and nothing is left to close',
    ),
    given: [loggedIn],
    negative: true,
    steps: [
      openNumber(1, onRequest),
      opened(1),
      ...closes(2, 1),
      aboutOpened(3, requests.close, 1),
      answer(3, dialect.tcp.error, { StringValue: string('the statistic is not open') }),
    ],
  },
];

/** What GWS shows of agents. The table gives the port; that it is Stat Server follows from the services of GWS. */
export default defineContract<TcpMessage>({
  connection: 4,
  part: { name: 'statistics' },
  port: 2060,
  interactions: [...sessions(statisticsSession(world.applications.webServices.name)), ...values, ...refusals],
});
