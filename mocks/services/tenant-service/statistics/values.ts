import { dialect } from '../../../../contracts/dialect.ts';
import type { TcpMessage } from '../../../../contracts/messages/tcp.ts';
import { world as fixture } from '../../../../contracts/world.ts';
import type { Progress, TelephonyWorld } from '../telephony/world.ts';
import type { OpenStatistic, StatisticsWorld } from './world.ts';

const { statuses, stateValue } = dialect.tcp.statistics;

const statusInCall: Readonly<Record<Progress, number>> = {
  dialing: statuses.callDialing,
  ringing: statuses.callRinging,
  established: statuses.callInbound,
  held: statuses.callOnHold,
};

/** The one number that every statistic has that is none of a state. */
const handleTime = 120;

/** What Stat Server would say of an agent now. */
export function currentValue(
  world: TelephonyWorld,
  { agentId, kind }: Pick<OpenStatistic, 'agentId' | 'kind'>,
): TcpMessage['attributes'] {
  const TM_SERVER = Math.floor(Date.now() / 1_000);
  return kind === 'number'
    ? { TM_SERVER, LONG_VALUE: handleTime }
    : { TM_SERVER, [stateValue]: stateOf(world, agentId) };
}

/** Tells a statistic's value to whoever has it open. */
export function tellValue(world: TelephonyWorld, statistic: OpenStatistic): void {
  const value = currentValue(world, statistic);
  statistic.lastTold = JSON.stringify(value[stateValue]);
  statistic.tell(value);
}

/** Tells every state of an agent that has changed since it was told last. */
export function tellStates(world: TelephonyWorld & StatisticsWorld): void {
  for (const statistic of [...world.openStatistics]) {
    const value = currentValue(world, statistic);
    if (JSON.stringify(value[stateValue]) !== statistic.lastTold) tellValue(world, statistic);
  }
}

function stateOf({ agents, calls }: TelephonyWorld, agentId: string): TcpMessage['attributes'] {
  const Time = fixture.now.sec;
  const code = fixture.persons.find(({ employeeId }) => employeeId === agentId)?.loginCode;
  const [dn, agent] = [...agents].find(([, { loginId }]) => loginId === code) ?? [];
  if (dn === undefined || agent === undefined) return { AgentId: agentId, Status: statuses.loggedOut, Time };
  const progress = [...calls.values()].map(({ parties }) => parties.get(dn)).find((each) => each !== undefined);
  const waiting = agent.activity === 'ready' ? statuses.waitForNextCall : statuses.notReadyForNextCall;
  const Status = progress === undefined ? waiting : statusInCall[progress];
  const DnStatuses = [{ DnId: dn, SwitchId: fixture.switch.name, Status }];
  return { AgentId: agentId, Status, Time, LoginId: agent.loginId, Place: { PlaceId: dn, Status, Time, DnStatuses } };
}
