import { objectsRead, objectsSent, otherNames, person, read, readPage, refused } from '../common/configuration.ts';
import { closeDetails, connectionClosed, sessionAnswer, sessionOpen } from '../common/tcp-session.ts';
import { userPassword, userValid } from '../common/tenant-session.ts';
import {
  assumed,
  destination,
  documented,
  type Interaction,
  inferred,
  type ProviderState,
  type Step,
  state,
} from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { eachLike, integer, string } from '../matchers.ts';
import type { TcpMessage, TcpValue } from '../messages/tcp.ts';
import { world } from '../world.ts';

const { session, error } = dialect.tcp;
const {
  objectTypes,
  objectStates,
  filter,
  events,
  errorTypes,
  clientName,
  clientApplicationType,
  userName,
  protocolVersion,
} = dialect.tcp.configuration;

type Lane = Pick<Step, 'lane'>;

const openSession = sessionOpen(session.open, {
  clientName: string(clientName),
  clientApplicationType: integer(clientApplicationType),
  userName: string(userName),
  userPassword,
});

const ofTenant = { tenantDBID: world.tenant.dbid };
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

const inventory = state('persons exist', { enabled: 3, disabled: 1 });
const dnsExist = state('the switch has DNs', { switchDbid: world.switch.dbid });
const placesExist = state('places exist');
const inOnePart: Omit<Step, 'from' | 'content'> = {};
const inParts = { repeat: true } as const;

/** The tenant's DNs, asked for and answered in a lane of their own when something else is under way. */
const readDns = (lane: Lane = {}): Step<TcpMessage>[] => [
  read(2, objectTypes.dn, { [filter.switch]: world.switch.dbid }, lane),
  objectsRead(2, objectTypes.dn, eachLike<TcpValue>(dn), { ...inParts, ...lane }),
  objectsSent(2, lane),
];
const readPlaces = (lane: Lane = {}): Step<TcpMessage>[] => [
  read(3, objectTypes.place, {}, lane),
  objectsRead(3, objectTypes.place, eachLike<TcpValue>(place), { ...inParts, ...lane }),
  objectsSent(3, lane),
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
    basis: documented(`${readPage}; property names are inferred from the configuration object reference`),
    given: given(inventory),
    free: otherNames,
    steps: [
      read(1, objectTypes.person),
      objectsRead(1, objectTypes.person, eachLike<TcpValue>(person), inParts),
      objectsSent(1),
    ],
  },
  {
    description: 'the parts of an answer add up to the inventory',
    basis: assumed('a part holds as many objects as the server allows, so four persons by two make two parts'),
    given: given(inventory, state('an answer carries at most so many objects a part', { objects: 2 })),
    free: otherNames,
    steps: [
      read(1, objectTypes.person),
      objectsRead(1, objectTypes.person, eachLike<TcpValue>(person, { min: 2, max: 2 }), inOnePart),
      objectsRead(1, objectTypes.person, eachLike<TcpValue>(person, { min: 2, max: 2 }), inOnePart),
      objectsSent(1),
    ],
  },
  {
    description: 'a disabled person is part of the inventory and marked as such',
    only: { side: 'destination', reason: 'a source that wants the whole inventory does not ask for one person' },
    basis: inferred('billing counts people, enabled or not; the filter key user_name of persons is documented'),
    given: given(inventory),
    free: otherNames,
    steps: [
      read(1, objectTypes.person, { [filter.userName]: world.persons[3].userName }),
      objectsRead(1, objectTypes.person, [
        { ...person, userName: world.persons[3].userName, state: objectStates.disabled },
      ]),
      objectsSent(1),
    ],
  },
  {
    description: 'read the DNs of a switch',
    basis: documented(`${readPage}; the filter key switch_dbid is inferred`),
    given: given(dnsExist),
    steps: readDns(),
  },
  {
    description: 'read all places',
    basis: documented(readPage),
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
    basis: documented(readPage),
    given: given(state('applications exist')),
    free: ['options', 'tenantDBIDs', 'portInfos'].map((name) => ({
      path: `$.attributes.ConfObject[*].${name}`,
      reason: 'billing counts applications, and how one is configured is its own affair',
    })),
    steps: [
      read(4, objectTypes.application),
      objectsRead(4, objectTypes.application, eachLike<TcpValue>(application), inParts),
      objectsSent(4),
    ],
  },
  {
    description: 'read the tenant by its DBID',
    basis: documented(readPage),
    given: given(state('the tenant object exists', { dbid: world.tenant.dbid })),
    steps: [
      read(4, objectTypes.tenant, { [filter.dbid]: world.tenant.dbid }),
      objectsRead(4, objectTypes.tenant, [tenant]),
      objectsSent(4),
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
      read(4, objectTypes.tenant, { [filter.dbid]: world.tenant.dbid, [filter.name]: 'absent' }),
      objectsRead(4, objectTypes.tenant, [tenant]),
      objectsSent(4),
    ],
  },
];

const refusals: Interaction<TcpMessage>[] = [
  {
    description: 'nothing found is an answer without objects, not an error',
    basis: inferred('EventObjectsSent ends every answer, and there is nothing to put before it'),
    given: given(state('there are no objects of a type', { objectType: objectTypes.skill })),
    negative: true,
    steps: [read(5, objectTypes.skill, { [filter.name]: 'absent' }), objectsSent(5)],
    forbidden: [
      destination<TcpMessage>({ name: events.read, attributes: {} }),
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
      read(1, objectTypes.person),
      refused(1, string(errorTypes.notReady), 'the configuration database is not available'),
    ],
  },
  {
    description: 'a connection closed before the end of the answer leaves it incomplete',
    basis: inferred('only EventObjectsSent ends an answer, so what came before a close is not the whole set'),
    given: given(inventory, state('the server goes away within an answer')),
    free: [...otherNames, ...closeDetails],
    negative: true,
    steps: [
      read(1, objectTypes.person),
      objectsRead(1, objectTypes.person, eachLike<TcpValue>(person), { ...inParts, optional: true }),
      connectionClosed,
    ],
    forbidden: [destination<TcpMessage>({ name: events.sent, attributes: {} })],
  },
];

/** The daily inventory read of billing: one session, reads only, no subscription. */
export default defineContract<TcpMessage>({
  connection: 3,
  port: 8888,
  interactions: [...sessions, ...reads, ...refusals],
});
