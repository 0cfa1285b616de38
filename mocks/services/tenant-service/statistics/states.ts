import type { ProviderState } from '../../../../contracts/contract.ts';
import { dialect } from '../../../../contracts/dialect.ts';
import { world as fixture } from '../../../../contracts/world.ts';
import type { StateHandler } from '../../../adapter.ts';
import { changed, without } from '../../../common/changed.ts';
import { prepared } from '../happenings.ts';
import { text } from '../params.ts';
import { beActive, loggedIn, login } from '../telephony/agents.ts';
import type { TenantWorld } from '../world.ts';

const { workModes } = dialect.tcp.voice;

/** Where an agent of the fixture world works, and under which login. */
function workplaceOf(params: ProviderState['params']): { dn: string; loginId: string } {
  const id = text(params, 'agentId');
  const person = fixture.persons.find(({ employeeId }) => employeeId === id);
  if (person?.loginCode == null) throw new Error(`the fixture world has no agent ${id} with a login`);
  return { dn: person.dn, loginId: person.loginCode };
}

/** The provider states of statistics. */
export const statisticsStates: Readonly<Record<string, StateHandler<TenantWorld>>> = {
  'the agent is logged out': (world, params) =>
    changed(world, { agents: without(world.agents, workplaceOf(params).dn) }),
  'the agent is logged in and waits': (world, params) => {
    const { dn, loginId } = workplaceOf(params);
    return changed(world, { agents: new Map(world.agents).set(dn, loggedIn(loginId, workModes.autoIn)) });
  },
  'the agent does something else once a statistic is open': (world, params) => {
    const { dn, loginId } = workplaceOf(params);
    return prepared(world, 'statistic opened', (now) => {
      const agent = now.agents.get(dn);
      if (agent === undefined) login(now, dn, { AgentID: loginId, AgentWorkMode: workModes.autoIn });
      else beActive(now, dn, agent.activity === 'ready' ? 'not ready' : 'ready');
    });
  },
  'values come before the statistic is confirmed': (world) => changed(world, { valuesComeFirst: true }),
};
