import { states } from '../../../contracts/common/gws-auth.ts';
import { dialect } from '../../../contracts/dialect.ts';
import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { world as fixture } from '../../../contracts/world.ts';
import { changed, without } from '../../common/changed.ts';
import { noUpstream, refuse } from '../../common/http-replies.ts';
import type { HttpServiceMock } from '../../protocols/http/service.ts';

const json = { 'content-type': 'application/json; charset=utf-8' };

/** Whom a token stands for; a contact center is a tenant. */
interface TokenOwner {
  userName: string;
  contactCenterId: string;
}

/** All that one running mock knows. */
interface GwsWorld {
  /** By token. */
  owners: ReadonlyMap<string, TokenOwner>;
  condition: 'up' | 'unavailable' | 'down';
}

/** Genesys Web Services and Applications, as far as it says whose token one is. */
const genesysWebServices: HttpServiceMock<GwsWorld> = {
  system: 'Genesys Web Services and Applications',
  notModelled: [
    'signing in, and all of the API but the user behind a token',
    'the ageing of tokens: one is expired when a state says so',
  ],
  createWorld: () => ({
    owners: new Map([
      [fixture.tokens.agent, { userName: fixture.persons[0].userName, contactCenterId: fixture.tenant.uuid }],
      [
        fixture.tokens.administrator,
        { userName: fixture.administrator.userName, contactCenterId: fixture.tenant.uuid },
      ],
    ]),
    condition: 'up',
  }),
  respond,
  states: {
    [states.tokenOfAgent.name]: (world, { token, userName, contactCenterId }) => ({
      ...changed(world, {
        owners: new Map(world.owners).set(String(token), {
          userName: String(userName),
          contactCenterId: String(contactCenterId),
        }),
      }),
      values: { authorization: `Bearer ${token}` },
    }),
    [states.tokenExpired.name]: (world, { token }) => ({
      ...changed(world, { owners: without(world.owners, String(token)) }),
      values: { authorization: `Bearer ${token}` },
    }),
    [states.unavailable.name]: (world) => changed(world, { condition: 'unavailable' }),
    [states.down.name]: (world) => changed(world, { condition: 'down' }),
  },
};

function respond({ method, path, headers = {} }: HttpRequest, world: GwsWorld): HttpResponse {
  if (world.condition === 'down') return noUpstream();
  if (world.condition === 'unavailable') return refuse(503, 'the service is not available');
  if (method !== 'GET' || path !== dialect.http.genesysWebServices.userInfo) {
    return refuse(404, `${method} ${path} is not a route`);
  }
  const token = /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const owner = token === undefined ? undefined : world.owners.get(token);
  if (owner === undefined) return refuse(401, 'a valid bearer token is needed', { 'www-authenticate': 'Bearer' });
  return { status: 200, headers: json, body: { status: { code: 0 }, data: { ...owner } } };
}

export default genesysWebServices;
