import {
  common,
  namedObject,
  objectsRead,
  objectsSent,
  ofTenant,
  options,
  otherNames,
  person,
  read,
  readAll,
  readPage,
  someExist,
} from '../common/configuration.ts';
import { follow, toldOfChange } from '../common/configuration-changes.ts';
import type { Attributes } from '../common/tcp-steps.ts';
import { type SessionKind, sessions } from '../common/tenant-session.ts';
import { documented, type FreePart, type Interaction, inferred, type ProviderState, state } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { eachLike, integer, string } from '../matchers.ts';
import type { TcpMessage, TcpValue } from '../messages/tcp.ts';
import { world } from '../world.ts';

const { objectTypes, objectStates, filter, clientApplicationType, protocolVersion } = dialect.tcp.configuration;
const own = world.applications.interactionServer;

const applicationExists = state('the object exists', { objectType: objectTypes.application, dbid: own.dbid });
const given = (...states: ProviderState[]): ProviderState[] => [applicationExists, ...states];

/** A server gives its name and type only: it has no user. */
const session: SessionKind = {
  name: 'configuration',
  identity: { clientName: own.name, clientApplicationType: integer(clientApplicationType) },
  opened: { protocolVersion: string(protocolVersion) },
  given: given(),
  refused: {
    given: state('the object does not exist', { objectType: objectTypes.application, dbid: own.dbid }),
    reason: 'there is no such application',
  },
  documents:
    'a server names its application and type, and the name of this one (sample Helm charts of Interaction Server)',
};

const followedScripts = {
  objectType: objectTypes.script,
  dbid: world.routingScript.dbid,
  property: 'name',
  value: 'Evening',
};

const place = { DBID: integer(401), name: string('7001'), ...common };
const group = { DBID: integer(world.agentGroup.dbid), name: string(world.agentGroup.name), ...common };

/** One of the kinds of object that digital work needs. */
const readsOf = (
  description: string,
  objectType: number,
  object: Attributes,
  free: readonly FreePart[] = [],
): Interaction<TcpMessage> => ({
  description,
  basis: inferred(
    'multimedia work needs scripts, places, persons and groups; the message is documented, the choice is not',
  ),
  given: given(someExist(objectType)),
  free,
  steps: readAll(1, objectType, ofTenant, eachLike<TcpValue>(object)),
});

const reads: Interaction<TcpMessage>[] = [
  {
    description: 'read the own application with its options, tenants and ports',
    basis: documented(`${readPage}; what the application holds is inferred`),
    given: given(),
    steps: [
      read(1, objectTypes.application, { [filter.name]: own.name }),
      objectsRead(1, objectTypes.application, [
        {
          DBID: own.dbid,
          name: own.name,
          state: integer(objectStates.enabled),
          options: options('settings', { 'delivering-timeout': '30' }),
          tenantDBIDs: eachLike<TcpValue>(integer(world.tenant.dbid)),
          portInfos: eachLike<TcpValue>({ id: string('default'), port: string('7120') }),
        },
      ]),
      objectsSent(1),
    ],
  },
  readsOf('read the scripts of the tenant', objectTypes.script, namedObject(world.routingScript)),
  readsOf('read the places of the tenant', objectTypes.place, place),
  readsOf('read the persons of the tenant', objectTypes.person, person, otherNames),
  readsOf('read the agent groups of the tenant', objectTypes.agentGroup, group),
];

const changes: Interaction<TcpMessage>[] = [
  toldOfChange(followedScripts, given(someExist(objectTypes.script))),
  {
    description: 'on a new connection the changes are asked for anew, and the objects are read again',
    basis: inferred('a change while nobody listened is told to nobody, so only a read brings it'),
    given: given(someExist(objectTypes.script)),
    steps: [
      ...follow(1, followedScripts),
      ...readAll(2, objectTypes.script, ofTenant, eachLike<TcpValue>(namedObject(world.routingScript))),
    ],
  },
];

/** What the Interaction Server reads at its start, and follows while it runs. */
export default defineContract<TcpMessage>({
  connection: 5,
  part: { name: 'configuration' },
  port: 8888,
  interactions: [...sessions(session), ...reads, ...changes],
});
