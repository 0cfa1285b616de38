import type { Json } from '../../../contracts/matchers.ts';
import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { page } from './pages.ts';
import type { DesignerWorld } from './world.ts';

/** Looks a row of a data table up; the result is null where there is none. */
export function lookUp({ body }: HttpRequest, world: DesignerWorld): HttpResponse {
  if (world.condition === 'php down') return page(502, 'Bad Gateway');
  const { table, key } = body as Readonly<Record<string, Json>>;
  const row = world.tables.get(String(table))?.get(String(key));
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: { result: row === undefined ? null : { ...row } },
  };
}

/** Keeps what a session tells of itself. */
export function addSessionRecord({ body }: HttpRequest, world: DesignerWorld): HttpResponse {
  const record = body as Readonly<Record<string, Json>>;
  world.sessionRecords = new Map(world.sessionRecords).set(String(record.sessionId), record);
  return { status: 200 };
}
