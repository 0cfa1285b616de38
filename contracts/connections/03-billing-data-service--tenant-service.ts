import { closeDetails, connectionClosed, sessionAnswer, sessionOpen } from '../common/tcp-session.ts';
import {
  assumed,
  destination,
  documented,
  type FreePart,
  type Interaction,
  inferred,
  type ProviderState,
  type Step,
  source,
  state,
} from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { bind, bound, eachLike, fromState, integer, string, type Template } from '../matchers.ts';
import type { TcpMessage, TcpValue } from '../messages/tcp.ts';
import { world } from '../world.ts';

const { session, error } = dialect.tcp;
const { objectTypes, objectStates, flags, filter, clientName, clientApplicationType, userName, protocolVersion } =
  dialect.tcp.configuration;

const platformSdk =
  'Platform SDK 9.0 Java API Reference, ConfServer protocol: RequestReadObjects, EventObjectsRead, EventObjectsSent';

type Lane = Pick<Step, 'lane'>;
type Filter = { [key: string]: string | number };

/** The reference id of each request, by the name it is bound to; two in flight must differ. */
const examples = { persons: 1, person: 1, dns: 2, places: 3, tenant: 4, applications: 4, skills: 5 };
type Reference = keyof typeof examples;

/** Asks for all objects of a type that pass the filter; no filter means all. */
const read = (reference: Reference, objectType: number, wanted: Filter = {}, lane: Lane = {}) =>
  source<TcpMessage>(
    {
      name: 'RequestReadObjects',
      referenceId: bind(reference, integer(examples[reference])),
      attributes: { ObjectType: objectType, Filter: wanted },
    },
    lane,
  );

/** One part of the answer. @param objects a template of the list in this part */
const objectsRead = (
  reference: Reference,
  objectType: number,
  objects: Template<TcpValue[]>,
  options: Omit<Step, 'from' | 'content'> = {},
) =>
  destination<TcpMessage>(
    {
      name: 'EventObjectsRead',
      referenceId: bound(reference, examples[reference]),
      attributes: { ObjectType: objectType, ConfObject: objects },
    },
    options,
  );

/** The end of the answer, without which it is incomplete. */
const objectsSent = (reference: Reference, lane: Lane = {}) =>
  destination<TcpMessage>(
    { name: 'EventObjectsSent', referenceId: bound(reference, examples[reference]), attributes: {} },
    lane,
  );

const openSession = sessionOpen(session.open, {
  clientName: string(clientName),
  clientApplicationType: integer(clientApplicationType),
  userName: string(userName),
  userPassword: fromState('cmePassword', 'a-password'),
});

const [agent] = world.persons;
const ofTenant = { tenantDBID: world.tenant.dbid };
const person = {
  DBID: integer(agent.dbid),
  userName: string(agent.userName),
  employeeID: string(agent.employeeId),
  isAgent: integer(flags.yes),
  state: integer(objectStates.enabled),
  ...ofTenant,
};
const dn = {
  DBID: integer(world.dns.agent.dbid),
  number: string(world.dns.agent.number),
  switchDBID: world.switch.dbid,
  state: integer(objectStates.enabled),
  ...ofTenant,
};
const place = { DBID: integer(401), name: string('7001'), state: integer(objectStates.enabled), ...ofTenant };
const application = { DBID: integer(120), name: string('OCS'), state: integer(objectStates.enabled) };
const tenant = { DBID: world.tenant.dbid, name: string(world.tenant.name), state: integer(objectStates.enabled) };

/** What a person has besides. */
const otherNames: readonly FreePart[] = ['firstName', 'lastName'].map((name) => ({
  path: `$.attributes.ConfObject[*].${name}`,
  reason: 'billing tells persons by their DBID, user name and employee ID, and a person may have no such name',
}));

const userValid = state('the CME user is valid');
const inventory = state('persons exist', { enabled: 3, disabled: 1 });
const dnsExist = state('the switch has DNs', { switchDbid: world.switch.dbid });
const placesExist = state('places exist');
const inOnePart: Omit<Step, 'from' | 'content'> = {};
const inParts = { repeat: true } as const;

/** The tenant's DNs, asked for and answered in a lane of their own when something else is under way. */
const readDns = (lane: Lane = {}): Step<TcpMessage>[] => [
  read('dns', objectTypes.dn, { [filter.switch]: world.switch.dbid }, lane),
  objectsRead('dns', objectTypes.dn, eachLike<TcpValue>(dn), { ...inParts, ...lane }),
  objectsSent('dns', lane),
];
const readPlaces = (lane: Lane = {}): Step<TcpMessage>[] => [
  read('places', objectTypes.place, {}, lane),
  objectsRead('places', objectTypes.place, eachLike<TcpValue>(place), { ...inParts, ...lane }),
  objectsSent('places', lane),
];

const given = (...states: ProviderState[]): ProviderState[] => [userValid, ...states];

const sessions: Interaction<TcpMessage>[] = [
  {
    description: 'open a configuration session',
    basis: assumed(
      'the handshake is one SessionOpen and one SessionOpened; that it names application, type, user and password is documented (Platform SDK Developer Guide, Configuration Server)',
    ),
    given: given(),
    steps: [openSession, sessionAnswer(session.opened, { protocolVersion: string(protocolVersion) })],
  },
  {
    description: 'a session with bad credentials is rejected and closed',
    basis: assumed(
      'a refused registration is a SessionRejected with a reason; clients are documented to see an exception',
    ),
    given: [state('the CME user is refused')],
    free: closeDetails,
    negative: true,
    steps: [
      openSession,
      sessionAnswer(session.rejected, { reason: string('the user name or the password is wrong') }),
      connectionClosed,
    ],
  },
];

const reads: Interaction<TcpMessage>[] = [
  {
    description: 'read all persons',
    basis: documented(`${platformSdk}; property names are inferred from the configuration object reference`),
    given: given(inventory),
    free: otherNames,
    steps: [
      read('persons', objectTypes.person),
      objectsRead('persons', objectTypes.person, eachLike<TcpValue>(person), inParts),
      objectsSent('persons'),
    ],
  },
  {
    description: 'the parts of an answer add up to the inventory',
    basis: assumed('a part holds as many objects as the server allows, so four persons by two make two parts'),
    given: given(inventory, state('an answer carries at most so many objects a part', { objects: 2 })),
    free: otherNames,
    steps: [
      read('persons', objectTypes.person),
      objectsRead('persons', objectTypes.person, eachLike<TcpValue>(person, { min: 2, max: 2 }), inOnePart),
      objectsRead('persons', objectTypes.person, eachLike<TcpValue>(person, { min: 2, max: 2 }), inOnePart),
      objectsSent('persons'),
    ],
  },
  {
    description: 'a disabled person is part of the inventory and marked as such',
    only: { side: 'destination', reason: 'a source that wants the whole inventory does not ask for one person' },
    basis: inferred('billing counts people, enabled or not; the filter key user_name of persons is documented'),
    given: given(inventory),
    free: otherNames,
    steps: [
      read('person', objectTypes.person, { [filter.userName]: world.persons[3].userName }),
      objectsRead('person', objectTypes.person, [
        { ...person, userName: world.persons[3].userName, state: objectStates.disabled },
      ]),
      objectsSent('person'),
    ],
  },
  {
    description: 'read the DNs of a switch',
    basis: documented(`${platformSdk}; the filter key switch_dbid is inferred`),
    given: given(dnsExist),
    steps: readDns(),
  },
  {
    description: 'read all places',
    basis: documented(platformSdk),
    given: given(placesExist),
    steps: readPlaces(),
  },
  {
    description: 'two reads in flight are told apart by their reference ids',
    basis: inferred('requests and answers are linked by the reference id alone, so the answers may interleave'),
    given: given(dnsExist, placesExist),
    steps: [...readDns({ lane: 'DNs' }), ...readPlaces({ lane: 'places' })],
  },
  {
    description: 'read all applications',
    basis: documented(platformSdk),
    given: given(state('applications exist')),
    steps: [
      read('applications', objectTypes.application),
      objectsRead('applications', objectTypes.application, eachLike<TcpValue>(application), inParts),
      objectsSent('applications'),
    ],
  },
  {
    description: 'read the tenant by its DBID',
    basis: documented(platformSdk),
    given: given(state('the tenant object exists', { dbid: world.tenant.dbid })),
    steps: [
      read('tenant', objectTypes.tenant, { [filter.dbid]: world.tenant.dbid }),
      objectsRead('tenant', objectTypes.tenant, [tenant]),
      objectsSent('tenant'),
    ],
  },
  {
    description: 'a DBID in the filter overrides every other key',
    only: { side: 'destination', reason: 'a source that gives the DBID has no use for another key' },
    basis: documented(
      'Platform SDK 9.0 Java API Reference, RequestReadObjects: with dbid all other filter keys are ignored',
    ),
    given: given(state('the tenant object exists', { dbid: world.tenant.dbid })),
    steps: [
      read('tenant', objectTypes.tenant, { [filter.dbid]: world.tenant.dbid, [filter.name]: 'absent' }),
      objectsRead('tenant', objectTypes.tenant, [tenant]),
      objectsSent('tenant'),
    ],
  },
];

const refusals: Interaction<TcpMessage>[] = [
  {
    description: 'nothing found is an answer without objects, not an error',
    basis: inferred('EventObjectsSent ends every answer, and there is nothing to put before it'),
    given: given(state('there are no objects of a type', { objectType: objectTypes.skill })),
    negative: true,
    steps: [read('skills', objectTypes.skill, { [filter.name]: 'absent' }), objectsSent('skills')],
    forbidden: [
      destination<TcpMessage>({ name: 'EventObjectsRead', attributes: {} }),
      destination<TcpMessage>({ name: error, attributes: {} }),
    ],
  },
  {
    description: 'a read while the configuration database is down is refused',
    basis: inferred(
      'EventError answers what cannot be served; the names of its attributes are inferred, no code is asserted',
    ),
    given: given(state('the configuration database is down')),
    negative: true,
    steps: [
      read('persons', objectTypes.person),
      destination<TcpMessage>({
        name: error,
        referenceId: bound('persons', examples.persons),
        attributes: { type: string('CFGServerNotReady'), text: string('the configuration database is not available') },
      }),
    ],
  },
  {
    description: 'a connection closed before the end of the answer leaves it incomplete',
    basis: inferred('only EventObjectsSent ends an answer, so what came before a close is not the whole set'),
    given: given(inventory, state('the server goes away within an answer')),
    free: [...otherNames, ...closeDetails],
    negative: true,
    steps: [
      read('persons', objectTypes.person),
      objectsRead('persons', objectTypes.person, eachLike<TcpValue>(person), { ...inParts, optional: true }),
      connectionClosed,
    ],
    forbidden: [destination<TcpMessage>({ name: 'EventObjectsSent', attributes: {} })],
  },
];

/** The daily inventory read of billing: one session, reads only, no subscription. */
export default defineContract<TcpMessage>({
  connection: 3,
  port: 8888,
  interactions: [...sessions, ...reads, ...refusals],
});
