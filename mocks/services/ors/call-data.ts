import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { refuse, unstored } from './replies.ts';
import type { CallData, OrsWorld } from './world.ts';

/** Reads what is known of a call: as JSON where that is accepted, else as XML. */
export function getCallData(callUuid: string, { headers = {} }: HttpRequest, world: OrsWorld): HttpResponse {
  const call = world.calls.get(callUuid);
  if (call === undefined) return refuse(404, `call ${callUuid} not found`);
  return headers.accept?.includes('application/json')
    ? unstored('application/json; charset=utf-8', { ...call })
    : unstored('application/xml', callXml(call));
}

function callXml({ userData, ...fields }: CallData): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<calldata>${elements(fields)}<userData>${elements(userData)}</userData></calldata>`;
}

function elements(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`)
    .join('');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
