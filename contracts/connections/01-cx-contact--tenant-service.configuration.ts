import {
  common,
  configurationSession,
  exists,
  namedObject,
  noneExists,
  objectsRead,
  objectsSent,
  ofTenant,
  options,
  read,
  readAll,
  readOnly,
  readPage,
  refused,
  sdkPage,
  someExist,
  update,
} from '../common/configuration.ts';
import { answer, referenceOf, request } from '../common/tcp-steps.ts';
import { sessions, userValid } from '../common/tenant-session.ts';
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
import { bind, bound, eachLike, integer, string } from '../matchers.ts';
import type { TcpMessage, TcpValue } from '../messages/tcp.ts';
import { world } from '../world.ts';

const { requests, events, objectTypes, filter, errorTypes } = dialect.tcp.configuration;
const { applications, campaign, callingList } = world;
const ocs = applications.outboundServer;

const given = (...states: ProviderState[]): ProviderState[] => [userValid, ...states];

const newList = { name: string(callingList.name), ...common };
const create = (id: number): Step<TcpMessage> =>
  request(id, requests.create, { ObjectType: objectTypes.callingList, ConfObject: newList });
const created = (id: number): Step<TcpMessage> =>
  answer(id, events.created, {
    ConfObject: { DBID: bind('calling list', integer(callingList.dbid)), ...newList },
  });
const noList = state('there is no object of that name', {
  objectType: objectTypes.callingList,
  name: callingList.name,
});
const listExists = exists(objectTypes.callingList, callingList.dbid);
const databaseExists = exists(objectTypes.application, applications.outboundDatabase.dbid);

const writeOptions = (id: number): Step<TcpMessage> =>
  update(id, objectTypes.application, ocs.dbid, { options: options('OCServer', { 'dial-mode': 'predict' }) });
const deleteList = (id: number): Step<TcpMessage> =>
  request(id, requests.delete, { ObjectType: objectTypes.callingList, DBID: callingList.dbid });

const writePage = sdkPage('RequestCreateObject, RequestUpdateObject, RequestDeleteObject and their events');
const refusalInferred = inferred(
  'EventError answers what is not carried out; the names of its attributes are inferred',
);

const reads: Interaction<TcpMessage>[] = [
  {
    description: 'read the campaigns of the tenant',
    basis: documented(`${readPage}; the filter key tenant_dbid is inferred`),
    given: given(someExist(objectTypes.campaign)),
    steps: readAll(1, objectTypes.campaign, ofTenant, eachLike<TcpValue>(namedObject(campaign))),
  },
  {
    description: 'a tenant without campaigns is an answer without objects, not an error',
    basis: inferred('EventObjectsSent ends every answer, and there is nothing to put before it'),
    given: given(noneExists(objectTypes.campaign)),
    negative: true,
    steps: [read(1, objectTypes.campaign, ofTenant), objectsSent(1)],
    forbidden: [
      destination<TcpMessage>({ name: events.read, attributes: {} }),
      destination<TcpMessage>({ name: dialect.tcp.error, attributes: {} }),
    ],
  },
  {
    description: 'a filter with a key that campaigns do not have is refused',
    only: { side: 'destination', reason: 'a source that keeps the contract asks for its tenant only' },
    basis: refusalInferred,
    given: given(someExist(objectTypes.campaign)),
    negative: true,
    steps: [
      read(1, objectTypes.campaign, { no_such_key: 1 }),
      refused(1, string(errorTypes.invalidRequest), 'no_such_key is not a key of a filter'),
    ],
  },
];

const writes: Interaction<TcpMessage>[] = [
  {
    description: 'a calling list is created under a DBID of the server, and read back',
    basis: documented(
      `${writePage}; that the server gives the DBID: Platform SDK Developer Guide, configuration objects`,
    ),
    given: given(databaseExists, noList),
    steps: [
      create(1),
      created(1),
      read(2, objectTypes.callingList, { [filter.dbid]: bound('calling list', callingList.dbid) }),
      objectsRead(2, objectTypes.callingList, [{ DBID: bound('calling list', callingList.dbid), ...newList }]),
      objectsSent(2),
    ],
  },
  {
    description: 'a calling list by a name that is taken is refused',
    basis: documented(
      'Public clients of the Platform SDK: CFGUniquenessViolation; the names of the attributes of the error are inferred',
    ),
    given: given(databaseExists, listExists),
    negative: true,
    steps: [create(1), refused(1, errorTypes.notUnique, 'there is an object of that name')],
  },
  {
    description: 'the options of OCS are rewritten',
    basis: documented(
      `${writePage}; that CX Contact rewrites them: sample Helm charts of CX Contact. The form of the change is assumed`,
    ),
    given: given(exists(objectTypes.application, ocs.dbid)),
    steps: [writeOptions(1), answer(1, events.updated, {})],
  },
  {
    description: 'a write without the permission is refused',
    basis: refusalInferred,
    given: given(exists(objectTypes.application, ocs.dbid), readOnly),
    negative: true,
    steps: [writeOptions(1), refused(1, string(errorTypes.noPermission), 'the user may only read')],
    forbidden: [destination<TcpMessage>({ name: events.updated, referenceId: referenceOf(1), attributes: {} })],
  },
  {
    description: 'a calling list is deleted',
    basis: documented(`${writePage}; that the request names the DBID is inferred`),
    given: given(listExists),
    steps: [deleteList(1), answer(1, events.deleted, {})],
  },
  {
    description: 'an object that is gone cannot be deleted',
    basis: assumed('an EventError, as for every request that is not carried out'),
    given: given(state('the object does not exist', { objectType: objectTypes.callingList, dbid: callingList.dbid })),
    negative: true,
    steps: [deleteList(1), refused(1, string(errorTypes.notFound), 'there is no such object')],
  },
];

/** What CX Contact reads and writes of campaigns, lists and the options of OCS. */
export default defineContract<TcpMessage>({
  connection: 1,
  part: { name: 'configuration' },
  port: 8888,
  interactions: [...sessions(configurationSession(applications.webServices.name, 'cxc')), ...reads, ...writes],
});
