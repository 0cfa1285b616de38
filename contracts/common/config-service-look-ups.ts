import { type Basis, type FreePart, type ProviderState, source } from '../contract.ts';
import { integer, type Json, regex, string, type Template, values } from '../matchers.ts';
import type { HttpMessage } from '../messages/http.ts';
import { world } from '../world.ts';
import {
  answered,
  type Exchange,
  getTenant,
  objectPath,
  revisionTagged,
  storedTenant,
  tenantRevision,
} from './config-service.ts';

/** Reading the tenant and looking up its objects: what the contracts of all readers share. */

type JsonObject = { readonly [key: string]: Json };
type Fields = { readonly [field: string]: Template<Json> };

/** What stands around a request and its answer. */
interface Asked {
  description: string;
  given: ProviderState;
  basis: Basis;
  free?: readonly FreePart[];
}

/** The revision that a fixture object has. */
const objectRevision = 1;

/** An object of the fixture tenant as every reader needs it. @param own what the reader at hand needs beside that */
export const storedObject = (type: string, dbid: number, own: Fields): Fields => ({
  type,
  dbid: integer(dbid),
  tenantUuid: world.tenant.uuid,
  state: regex('^(enabled|disabled)$', 'enabled'),
  revision: integer(objectRevision),
  ...own,
});

/** A DN of the fixture world by its number. */
export const dnWith = ({ dbid, number }: { dbid: number; number: string }, own: Fields): Fields =>
  storedObject('DN', dbid, { number, ...own });

/** The first switch of the fixture world. */
export const switchWith = (own: Fields): Fields =>
  storedObject('Switch', world.switch.dbid, { name: world.switch.name, ...own });

/** Any options of one section. Their values are text, as they are in the configuration, even where they spell a number. */
export const anyOptions = (option: string, valueExample: string) =>
  values<JsonObject>({ [option]: string(valueExample) });

/** Any sections of any options. */
export const anySections = (section: string, option: string, valueExample: string) =>
  values<JsonObject>({ [section]: anyOptions(option, valueExample) });

/** The section of an object's annex that the predecessor's telephony server reads, too. */
export const telephonySection = 'TServer';

/** The mailbox number that an extension or a group has. */
export const mailboxAnnex = (number: string) => ({ annex: { [telephonySection]: { gvm_mailbox: number } } });

/** Looks one object up by one key. @param answer the object, made with {@link storedObject} */
export function lookUp(asked: Asked, type: string, key: Readonly<Record<string, string>>, answer: Fields): Exchange {
  const { given, ...rest } = asked;
  return {
    ...rest,
    given: [given],
    steps: [
      source<HttpMessage>({ method: 'GET', path: objectPath(world.tenant.uuid, type), query: key }),
      answered(answer, revisionTagged(objectRevision)),
    ],
  };
}

/** Reads the fixture tenant. @param fields those that the reader needs */
export function readTenant(asked: Asked, fields: readonly (keyof typeof storedTenant)[]): Exchange {
  const { given, ...rest } = asked;
  const body = Object.fromEntries(fields.map((field) => [field, storedTenant[field]]));
  return {
    ...rest,
    given: [given],
    steps: [source<HttpMessage>(getTenant), answered(body, revisionTagged(tenantRevision))],
  };
}
