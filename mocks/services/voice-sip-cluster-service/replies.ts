import { dialect } from '../../../contracts/dialect.ts';
import type { Json } from '../../../contracts/matchers.ts';
import type { HttpResponse } from '../../../contracts/messages/http.ts';

const json = { 'content-type': 'application/json; charset=utf-8' };

/** TLib's number and words for what the switch does not do. */
export interface TlibError {
  errorCode: number;
  errorMessage: string;
}

/** Success, which is 200 for every request. */
export function ok(body: Json): HttpResponse {
  return { status: 200, headers: json, body };
}

/** An error of the switch: there is no such call (404), or its state forbids the request (409). */
export function refuseByTlib(status: 404 | 409, { errorCode, errorMessage }: TlibError): HttpResponse {
  return {
    status,
    headers: json,
    body: { status: { code: status, message: errorMessage }, errorCode, errorMessage },
  };
}

const { errorCodes } = dialect.http.tlibRequests;

export function unknownCall(callUuid: string): HttpResponse {
  return refuseByTlib(404, { errorCode: errorCodes.unknownCall, errorMessage: `no call ${callUuid}` });
}

export function unknownDn(dn: string): HttpResponse {
  return refuseByTlib(404, { errorCode: errorCodes.unknownDn, errorMessage: `DN ${dn} is not registered` });
}

export function wrongState(errorMessage: string): HttpResponse {
  return refuseByTlib(409, { errorCode: errorCodes.wrongState, errorMessage });
}

/** Answers of the readiness probe. */
export function ready(): HttpResponse {
  return ok({ level: 2 });
}

export function notReady(reason: string): HttpResponse {
  return { status: 503, headers: json, body: { level: 1, reasons: [reason] } };
}
