import {
  configurationSession,
  objectsRead,
  objectsSent,
  otherNames,
  person,
  read,
  readOnly,
  readPage,
  refused,
  sdkPage,
  update,
} from '../common/configuration.ts';
import { answer, referenceOf } from '../common/tcp-steps.ts';
import { sessions, userValid } from '../common/tenant-session.ts';
import { destination, documented, type Interaction, inferred, type ProviderState, state } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { bind, bound, integer, string } from '../matchers.ts';
import type { TcpMessage } from '../messages/tcp.ts';
import { world } from '../world.ts';

const { objectTypes, filter, events, errorTypes } = dialect.tcp.configuration;
const [agent] = world.persons;

const given = (...states: ProviderState[]): ProviderState[] => [userValid, ...states];
const agentExists = state('the object exists', { objectType: objectTypes.person, dbid: agent.dbid });
const byUserName = { [filter.userName]: agent.userName };
const sameAgent = { ...person, userName: agent.userName };

const emailAddress = bind('address', string('agent1@t100.example'));
const changeAddress = (id: number) => update(id, objectTypes.person, agent.dbid, { emailAddress });
const updatePage = sdkPage('RequestUpdateObject, EventObjectUpdated');
const refusalInferred = inferred(
  'EventError answers what is not carried out; the names of its attributes are inferred',
);

const persons: Interaction<TcpMessage>[] = [
  {
    description: 'read one agent by the user name',
    basis: documented(`${readPage}; the filter key user_name of persons is documented there too`),
    given: given(agentExists),
    free: otherNames,
    steps: [read(1, objectTypes.person, byUserName), objectsRead(1, objectTypes.person, [sameAgent]), objectsSent(1)],
  },
  {
    description: 'an agent is changed, and is read back as changed',
    basis: documented(`${updatePage}; the form of the change and its properties are inferred`),
    given: given(agentExists),
    free: otherNames,
    steps: [
      changeAddress(1),
      answer(1, events.updated, {}),
      read(2, objectTypes.person, byUserName),
      objectsRead(2, objectTypes.person, [{ ...sameAgent, emailAddress: bound('address', 'agent1@t100.example') }]),
      objectsSent(2),
    ],
  },
  {
    description: 'a user name that nobody has is an answer without objects, not an error',
    basis: inferred('EventObjectsSent ends every answer, and there is nothing to put before it'),
    given: given(state('there are no objects of a type', { objectType: objectTypes.person })),
    negative: true,
    steps: [read(1, objectTypes.person, byUserName), objectsSent(1)],
    forbidden: [destination<TcpMessage>({ name: events.read, referenceId: integer(1), attributes: {} })],
  },
  {
    description: 'the change of an agent who has been deleted meanwhile is refused',
    basis: refusalInferred,
    given: given(state('the object does not exist', { objectType: objectTypes.person, dbid: agent.dbid })),
    negative: true,
    steps: [changeAddress(1), refused(1, string(errorTypes.notFound), 'there is no such object')],
    forbidden: [destination<TcpMessage>({ name: events.updated, referenceId: referenceOf(1), attributes: {} })],
  },
  {
    description: 'a change without the permission is refused',
    basis: refusalInferred,
    given: given(agentExists, readOnly),
    negative: true,
    steps: [changeAddress(1), refused(1, string(errorTypes.noPermission), 'the user may only read')],
    forbidden: [destination<TcpMessage>({ name: events.updated, referenceId: referenceOf(1), attributes: {} })],
  },
];

/** How GWS reads and changes agents. */
export default defineContract<TcpMessage>({
  connection: 4,
  part: { name: 'configuration' },
  port: 8888,
  interactions: [...sessions(configurationSession(world.applications.webServices.name, 'default')), ...persons],
});
