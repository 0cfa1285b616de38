import { type Basis, destination, documented, type FreePart, type Interaction, type Step } from '../contract.ts';
import { dialect } from '../dialect.ts';
import { integer, type Json, regex, type Template } from '../matchers.ts';
import type { HttpMessage, HttpRequest } from '../messages/http.ts';
import { world } from '../world.ts';
import { jsonType } from './http-common.ts';

/** Pieces that the contracts of all who ask the Config Service share: its routes, its tenant and what its answers have. */

const routes = dialect.http.configService;

/** One exchange with the Config Service. */
export type Exchange = Interaction<HttpMessage>;

/** The operations on a device, as the service's own metrics name them. */
export type DeviceOperation = 'login' | 'logout' | 'register' | 'unregister';

export const tenantsPath = routes.tenants;
export const tenantPath = (tenantUuid: string) => `${tenantsPath}/${tenantUuid}`;
/** @param type the object's type in the configuration, `DN`, `Person` */
export const objectPath = (tenantUuid: string, type: string) => `${tenantPath(tenantUuid)}/${routes.objects}/${type}`;
/** Of the fixture tenant. @param dn the device's number */
export const devicePath = (dn: string) => `${tenantPath(world.tenant.uuid)}/${routes.devices}/${dn}`;
/** Of the fixture tenant. */
export const operationPath = (dn: string, operation: DeviceOperation) => `${devicePath(dn)}/${operation}`;

/** Basis of a request type that the published dashboard counts by its name. */
export const requestType = (name: string): Basis =>
  documented(
    `genesys/multicloud-services, dashboards of the Config Service: request type ${name}; its route is assumed`,
  );

export const requestJson = { 'content-type': 'application/json; charset=utf-8' };
export const answerJson = { 'content-type': jsonType };

/** Headers of an answer that holds something with a revision, by which its readers tell an old copy from a new one. */
export const revisionTagged = (revisionExample: number) => ({
  ...answerJson,
  etag: regex('^"[0-9]+"$', `"${revisionExample}"`),
});

/** The revision that the fixture tenant has, where a state says that it exists. */
export const tenantRevision = 3;

/** The fixture tenant as its owner adds it. */
export const tenantBody = {
  tenantUuid: world.tenant.uuid,
  tenantId: world.tenant.name,
  name: world.tenant.name,
  dbid: world.tenant.dbid,
  sipDomain: world.tenant.sipDomain,
  status: 'ACTIVE',
};

/** The fixture tenant as the service gives it back. */
export const storedTenant = {
  ...tenantBody,
  status: regex('^(ACTIVE|INIT)$', 'ACTIVE'),
  revision: integer(tenantRevision),
};

export const getTenant: HttpRequest = { method: 'GET', path: tenantPath(world.tenant.uuid) };

/** Success. Its status is 200 and no other: the service's own metrics count everything else as an error. */
export const answered = (
  body: { readonly [field: string]: Template<Json> },
  headers: { readonly [name: string]: Template<string> } = answerJson,
): Step<HttpMessage> => destination<HttpMessage>({ status: 200, headers, body } as Template<HttpMessage>);

/** Fields of an answer that the service gives to everybody and one reader does without. @param paths `dnType`, `annex.TServer` */
export const notRead = (reader: string, ...paths: string[]): FreePart[] =>
  paths.map((path) => ({ path: `$.body.${path}`, reason: `${reader} does not read it` }));
