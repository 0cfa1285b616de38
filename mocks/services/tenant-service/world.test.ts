import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { loadContracts } from '../../../contracts/catalogue.ts';
import type { ProviderState } from '../../../contracts/contract.ts';
import type { TcpMessage } from '../../../contracts/messages/tcp.ts';
import { rowOf } from '../../../contracts/parts.ts';
import { world as fixture } from '../../../contracts/world.ts';
import { Client } from './fixtures/client.ts';
import routing from './mock.http.ts';
import tenantService from './mock.ts';
import { createTenantWorld, type TenantWorld } from './world.ts';

const contracts = (await loadContracts()).filter((contract) => rowOf(contract).listens === 'Tenant Service');

/** The different states that the contracts of one protocol set. */
function statesOf(protocol: string): ProviderState[] {
  const given = contracts
    .filter((contract) => rowOf(contract).protocol === protocol)
    .flatMap(({ interactions }) => interactions.flatMap((each) => each.given));
  return [...new Map(given.map((each) => [JSON.stringify(each), each])).values()];
}

describe.each([
  ['TCP', tenantService],
  ['HTTP', routing],
] as const)('the provider states over %s', (protocol, service) => {
  const known: Readonly<Record<string, unknown>> = service.states;

  test('are those that the contracts name', () => {
    const named = new Set(statesOf(protocol).map(({ name }) => name));
    expect(Object.keys(known).sort()).toEqual([...named].sort());
  });

  test.each(statesOf(protocol).map((each) => [each.name, each] as const))('%s is undone', async (name, { params }) => {
    const world: object = service.createWorld();
    const before = { ...world };
    const handler = known[name] as (world: object, params: ProviderState['params']) => { undo?(): Promise<void> };
    await handler(world, params).undo?.();
    for (const [key, value] of Object.entries(before)) expect(world[key as keyof typeof world]).toBe(value);
  });
});

const [agent, secondAgent] = fixture.persons;
const dnOf = ({ dn }: { dn: string }) => ({ ThisDN: dn });
const registration = { RegisterMode: 'ModeShare', ControlMode: 'RegisterDefault', AddressType: 'DN' };
const login = { AgentID: agent.loginCode, AgentWorkMode: 'ManualIn' };
const namesOf = (messages: readonly TcpMessage[]) => messages.map(({ name }) => name);

const stateOf = (agentId: string) => ({
  StatisticObject: { ObjectId: agentId, ObjectType: 'Agent', TenantName: fixture.tenant.name, TenantPassword: '' },
  StatisticMetricEx: { Category: 'CurrentState', Subject: 'DNAction' },
  Notification: { Mode: 'Immediate' },
});
/** The numbers of the states that were told. */
const statusesIn = (messages: readonly TcpMessage[]) =>
  messages.flatMap(({ attributes }) => (attributes.StateValue as { Status: number } | undefined)?.Status ?? []);

/** Asks whether an answer came, and which. */
async function answerTo(client: Client, name: string, attributes: TcpMessage['attributes']): Promise<TcpMessage> {
  const [first] = await client.ask(name, attributes);
  if (first === undefined) throw new Error(`${name} was not answered`);
  return first;
}

describe('one world behind four ports', () => {
  let world: TenantWorld;
  beforeEach(() => {
    world = createTenantWorld();
  });

  test('a person who is created over 8888 has statistics over 2060', async () => {
    const statistics = new Client(world, 2060);
    expect(namesOf(await statistics.ask('RequestOpenStatisticEx', stateOf('A5005')))).toEqual(['EventError']);
    const person = { userName: 'agent5', employeeID: 'A5005', tenantDBID: fixture.tenant.dbid };
    await new Client(world, 8888).ask('RequestCreateObject', { ObjectType: 3, ConfObject: person });
    const opened = await statistics.ask('RequestOpenStatisticEx', stateOf('A5005'));
    expect(namesOf(opened)).toEqual(['EventStatisticOpened', 'EventInfo']);
  });

  test('what an agent does over 8000 is told over 2060, each change once', async () => {
    const [voice, second, statistics] = [new Client(world, 8000), new Client(world, 8000), new Client(world, 2060)];
    await statistics.ask('RequestOpenStatisticEx', stateOf(agent.employeeId));
    await voice.ask('RequestRegisterAddress', { ...dnOf(agent), ...registration });
    await second.ask('RequestRegisterAddress', { ...dnOf(secondAgent), ...registration });
    await voice.ask('RequestAgentLogin', { ...dnOf(agent), ...login });
    await voice.ask('RequestAgentReady', dnOf(agent));
    const dialing = await answerTo(second, 'RequestMakeCall', { ...dnOf(secondAgent), OtherDN: agent.dn });
    const { ConnID = '' } = dialing.attributes;
    await voice.ask('RequestAnswerCall', { ...dnOf(agent), ConnID });
    await voice.ask('RequestHoldCall', { ...dnOf(agent), ConnID });
    await second.ask('RequestReleaseCall', { ...dnOf(secondAgent), ConnID });
    await voice.ask('RequestAgentLogout', dnOf(agent));
    expect(statusesIn(statistics.news())).toEqual([8, 4, 7, 22, 13, 4, 23]);
  });

  test('a campaign that is created over 8888 is controlled over 5050, and the other clients are told', async () => {
    const [outbound, other] = [new Client(world, 5050), new Client(world, 5050)];
    for (const client of [outbound, other]) await client.ask('SessionOpen', { userPassword: world.password });
    const group = { CampaignId: 501, GroupId: fixture.campaign.groupDbid };
    expect(namesOf(await outbound.ask('RequestLoadCampaign', group))).toEqual(['EventError']);
    await new Client(world, 8888).ask('RequestCreateObject', { ObjectType: 27, ConfObject: { name: 'Trains' } });
    expect(namesOf(await outbound.ask('RequestLoadCampaign', group))).toEqual(['EventCampaignLoaded']);
    expect(other.news()).toEqual([
      { name: 'EventCampaignStatus', attributes: { ...group, GroupCampaignStatus: 'Loaded' } },
    ]);
    expect(outbound.news()).toEqual([]);
    expect(namesOf(await other.ask('RequestStartDialing', group))).toEqual(['EventDialingStarted']);
    expect(namesOf(await outbound.ask('RequestUnloadCampaign', group))).toEqual(['EventError']);
    expect(namesOf(await outbound.ask('RequestForceUnloadCampaign', group))).toEqual(['EventCampaignUnloaded']);
  });
});

describe('configuration', () => {
  test('every change is told to every session that follows the type, until it gives up or leaves', async () => {
    const world = createTenantWorld();
    const [writer, first, second] = [new Client(world, 8888), new Client(world, 8888), new Client(world, 8888)];
    const wish = { Subscription: { object_type: 3, tenant_id: fixture.tenant.dbid } };
    for (const follower of [first, second]) await follower.ask('RequestRegisterNotification', wish);
    const change = (firstName: string) =>
      writer.ask('RequestUpdateObject', { ObjectType: 3, ObjectDelta: { DBID: agent.dbid, changed: { firstName } } });
    await change('Adele');
    const told = { ObjectType: 3, ObjectDelta: { DBID: agent.dbid, changed: { firstName: 'Adele' } } };
    expect(first.news()).toEqual([{ name: 'EventObjectUpdated', attributes: told }]);
    expect(second.news()).toEqual([{ name: 'EventObjectUpdated', attributes: told }]);
    await first.ask('RequestUnregisterNotification', wish);
    second.leave();
    await change('Ada');
    expect([...first.news(), ...second.news()]).toEqual([]);
    expect(world.subscribers.size).toBe(0);
  });

  test('a DBID is not given twice, even when its object is gone', async () => {
    const writer = new Client(createTenantWorld(), 8888);
    const create = { ObjectType: 26, ConfObject: { name: 'List1', tenantDBID: fixture.tenant.dbid } };
    const dbidOf = ({ attributes }: TcpMessage) => (attributes.ConfObject as { DBID: number }).DBID;
    const first = dbidOf(await answerTo(writer, 'RequestCreateObject', create));
    await writer.ask('RequestDeleteObject', { ObjectType: 26, DBID: first });
    expect(dbidOf(await answerTo(writer, 'RequestCreateObject', create))).toBe(first + 1);
  });
});

describe('voice', () => {
  test('all who have registered a DN are told, and only who asked finds the reference id', async () => {
    const world = createTenantWorld();
    const [acting, watching] = [new Client(world, 8000), new Client(world, 8000)];
    for (const each of [acting, watching])
      await each.ask('RequestRegisterAddress', { ...dnOf(agent), ...registration });
    const [asked] = await acting.ask('RequestAgentLogin', { ...dnOf(agent), ...login });
    const [watched] = watching.news();
    expect(asked).toEqual({ ...watched, referenceId: 2 });
    expect(watched).not.toHaveProperty('referenceId');
    await watching.ask('RequestUnregisterAddress', dnOf(agent));
    await acting.ask('RequestAgentReady', dnOf(agent));
    expect(watching.news()).toEqual([]);
    acting.leave();
    expect(world.registrations.size).toBe(0);
  });

  test('the events of a world are numbered in a row, and its calls have ids of their own', async () => {
    const voice = new Client(createTenantWorld(), 8000);
    await voice.ask('RequestRegisterAddress', { ...dnOf(agent), ...registration });
    const call = { ...dnOf(agent), OtherDN: fixture.dns.answering.number };
    const events = [...(await voice.ask('RequestMakeCall', call)), ...(await voice.ask('RequestMakeCall', call))];
    expect(namesOf(events)).toEqual(['EventDialing', 'EventEstablished', 'EventDialing', 'EventEstablished']);
    const numbers = events.map(({ attributes }) => Number(`0x${attributes.EventSequenceNumber}`));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(new Set(events.map(({ attributes }) => attributes.ConnID)).size).toBe(2);
  });
});

describe('statistics', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const everyTwoSeconds = {
    ...stateOf(agent.employeeId),
    StatisticMetric: { StatisticType: 'AverHandleStatusTime', TimeProfile: 'Default' },
    StatisticMetricEx: null,
    Notification: { Mode: 'Periodical', Frequency: 2 },
  };

  test('a periodical value comes every so many seconds until it is closed', async () => {
    const client = new Client(createTenantWorld(), 2060);
    await client.ask('RequestOpenStatistic', everyTwoSeconds);
    jest.advanceTimersByTime(6_000);
    expect(namesOf(client.news())).toEqual(['EventInfo', 'EventInfo', 'EventInfo']);
    await client.ask('RequestCloseStatistic', { StatisticId: 1 });
    jest.advanceTimersByTime(6_000);
    expect(client.news()).toEqual([]);
  });

  test('a session that ends takes its statistics with it', async () => {
    const world = createTenantWorld();
    const client = new Client(world, 2060);
    await client.ask('RequestOpenStatistic', everyTwoSeconds);
    await client.ask('RequestOpenStatisticEx', stateOf(agent.employeeId));
    client.leave();
    jest.advanceTimersByTime(6_000);
    expect(client.news()).toEqual([]);
    expect(world.openStatistics.size).toBe(0);
  });
});

test('what a state has prepared does not happen after it was undone', async () => {
  const world = createTenantWorld();
  const voice = new Client(world, 8000);
  const set = await tenantService.states['a call comes once the DN is registered']?.(world, { number: agent.dn });
  await voice.ask('RequestRegisterAddress', { ...dnOf(agent), ...registration });
  await set?.undo?.();
  await new Promise((resolve) => setImmediate(resolve));
  expect(voice.news()).toEqual([]);
  expect(world.calls.size).toBe(0);
});
