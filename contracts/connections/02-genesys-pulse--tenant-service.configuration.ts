import {
  configurationSession,
  objectsRead,
  objectsSent,
  ofTenant,
  otherNames,
  person,
  read,
  readAll,
  readPage,
} from '../common/configuration.ts';
import { otherChanges, toldOfChange } from '../common/configuration-changes.ts';
import { sessions, userValid } from '../common/tenant-session.ts';
import { assumed, documented, type Interaction, type ProviderState, state } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { eachLike, string } from '../matchers.ts';
import type { TcpMessage, TcpValue } from '../messages/tcp.ts';
import { world } from '../world.ts';

const { objectTypes } = dialect.tcp.configuration;
const [agent] = world.persons;

const inventory = state('persons exist', { enabled: 3, disabled: 1 });
const given = (...states: ProviderState[]): ProviderState[] => [userValid, ...states];
const changedPerson = { objectType: objectTypes.person, dbid: agent.dbid, property: 'firstName', value: 'Adele' };
const names = { firstName: string(agent.firstName), lastName: string(agent.lastName) };

const reads: Interaction<TcpMessage>[] = [
  {
    description: 'read the persons of the tenant',
    basis: documented(`${readPage}; the purpose: Genesys Pulse Private Edition Guide, Architecture`),
    given: given(inventory),
    free: otherNames,
    steps: readAll(1, objectTypes.person, ofTenant, eachLike<TcpValue>(person)),
  },
  {
    description: 'a large answer comes in several parts, which all count',
    basis: assumed('a part holds as many objects as the server allows, so four persons by two make two parts'),
    given: given(inventory, state('an answer carries at most so many objects a part', { objects: 2 })),
    free: otherNames,
    steps: [
      read(1, objectTypes.person, ofTenant),
      objectsRead(1, objectTypes.person, eachLike<TcpValue>(person, { min: 2, max: 2 })),
      objectsRead(1, objectTypes.person, eachLike<TcpValue>(person, { min: 2, max: 2 })),
      objectsSent(1),
    ],
  },
];

/** What Pulse reads to know who may see what, and follows while it runs. */
export default defineContract<TcpMessage>({
  connection: 2,
  part: { name: 'configuration' },
  port: 8888,
  interactions: [
    ...sessions(configurationSession(world.applications.pulse.name, 'default')),
    ...reads,
    toldOfChange(changedPerson, given(inventory)),
    ...otherChanges(changedPerson, { ...person, ...names }, given(inventory)),
  ],
});
