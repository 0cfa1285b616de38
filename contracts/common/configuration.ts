import { type FreePart, type ProviderState, type Step, state } from '../contract.ts';
import { dialect } from '../dialect.ts';
import { integer, string, type Template, values } from '../matchers.ts';
import type { TcpMessage, TcpValue } from '../messages/tcp.ts';
import { world } from '../world.ts';
import { type Attributes, answer, request, type StepOptions, texts } from './tcp-steps.ts';
import { type SessionKind, userPassword, userValid } from './tenant-session.ts';

/** Pieces of the Configuration Server protocol, port 8888 of the Tenant Service. */

const { clientApplicationType, protocolVersion, requests, events, delta, objectStates, flags } =
  dialect.tcp.configuration;

/** The page of the Platform SDK that documents the messages. */
export const sdkPage = (messages: string) => `Platform SDK 9.0 Java API Reference, ConfServer protocol: ${messages}`;
export const readPage = sdkPage('RequestReadObjects, EventObjectsRead, EventObjectsSent');

type Filter = { readonly [key: string]: Template<string | number> };

/** Asks for all objects of a type that pass the filter; no filter means all. */
export const read = (id: number, objectType: number, wanted: Filter = {}, options: StepOptions = {}) =>
  request(id, requests.read, { ObjectType: objectType, Filter: wanted }, options);

/** One part of the answer. @param objects a template of the list in this part */
export const objectsRead = (
  id: number,
  objectType: number,
  objects: Template<TcpValue[]>,
  options: StepOptions = {},
): Step<TcpMessage> => answer(id, events.read, { ObjectType: objectType, ConfObject: objects }, options);

/** The end of the answer, without which it is incomplete. */
export const objectsSent = (id: number, options: StepOptions = {}): Step<TcpMessage> =>
  answer(id, events.sent, {}, options);

/** A read and its answer, in as many parts as the server likes. */
export const readAll = (id: number, objectType: number, wanted: Filter, objects: Template<TcpValue[]>) => [
  read(id, objectType, wanted),
  objectsRead(id, objectType, objects, { repeat: true }),
  objectsSent(id),
];

/** Changes some properties of an object. */
export const update = (id: number, objectType: number, dbid: number, changed: Template<TcpValue>) =>
  request(id, requests.update, { ObjectType: objectType, [delta]: { DBID: dbid, changed } });

/** The request is not carried out. @param type exact where one is documented */
export const refused = (id: number, type: Template<string>, text: string): Step<TcpMessage> =>
  answer(id, dialect.tcp.error, { type, text: string(text) });

/** A configuration session of a client that has a user. */
export const configurationSession = (clientName: string, userName: string): SessionKind => ({
  name: 'configuration',
  identity: {
    clientName: string(clientName),
    clientApplicationType: integer(clientApplicationType),
    userName: string(userName),
    userPassword,
  },
  opened: { protocolVersion: string(protocolVersion) },
  given: [userValid],
  refused: { given: state('the CME user is refused'), reason: 'the user name or the password is wrong' },
  documents:
    'it names application, type, user and password (Platform SDK Developer Guide, connecting to Configuration Server)',
});

/** The filter by which a client reads its own tenant's objects. */
export const ofTenant = { [dialect.tcp.configuration.filter.tenant]: world.tenant.dbid };

/** What the objects of a tenant have in common. */
export const common: Attributes = { state: integer(objectStates.enabled), tenantDBID: world.tenant.dbid };

/** An object that is known by its name. */
export const namedObject = ({ dbid, name }: { dbid: number; name: string }): Attributes => ({
  DBID: integer(dbid),
  name: string(name),
  ...common,
});

const [agent] = world.persons;
/** A person of the tenant. */
export const person: Attributes = {
  DBID: integer(agent.dbid),
  userName: string(agent.userName),
  employeeID: string(agent.employeeId),
  isAgent: integer(flags.yes),
  ...common,
};

/** What a person has besides. */
export const otherNames: readonly FreePart[] = ['firstName', 'lastName'].map((name) => ({
  path: `$.attributes.ConfObject[*].${name}`,
  reason: 'persons are told by their DBID, user name and employee ID, and a person may have no such name',
}));

/** An object is there, as the fixture world has it. */
export const exists = (objectType: number, dbid: number): ProviderState =>
  state('the object exists', { objectType, dbid });
export const someExist = (objectType: number): ProviderState => state('there are objects of a type', { objectType });
export const noneExists = (objectType: number): ProviderState =>
  state('there are no objects of a type', { objectType });
export const readOnly: ProviderState = state('the user may only read');

/** Options are sections of texts. */
export const options = (section: string, example: { readonly [name: string]: string }): Template<TcpValue> =>
  values<{ [section: string]: { readonly [name: string]: string } }>({ [section]: texts(example) });
