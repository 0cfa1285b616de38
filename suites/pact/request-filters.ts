import { emulatorAccount } from '../../mocks/services/object-storage/account.ts';
import { signSharedKey } from '../../mocks/services/object-storage/shared-key.ts';

/** What a filter sees of a request on its way through the Verifier's proxy: Express's own form, of which we have no types. */
interface FilteredRequest {
  method: string;
  url: string;
  headers: Record<string, string | undefined>;
  body: unknown;
}

/** Changes a request in place and lets it go on. */
type RequestFilter = (request: FilteredRequest, response: unknown, next: () => void) => void;

/** Dates and signs a request as an account of Azure Blob storage must; a file can hold neither. */
export const signed: RequestFilter = (request, _response, next) => {
  const { method, url } = request;
  const { authorization: _, ...kept } = request.headers;
  const headers: Record<string, string> = {};
  for (const [name, value = ''] of Object.entries(kept)) headers[name] = value;
  headers['x-ms-date'] = new Date().toUTCString();
  headers.authorization = signSharedKey({ method, url, headers, account: emulatorAccount });
  Object.assign(request.headers, headers);
  next();
};

/** Gives a form its own bytes back: the Verifier's proxy has read it and would send it on as JSON. */
export const formKept: RequestFilter = (request, _response, next) => {
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    request.body = Buffer.from(new URLSearchParams(request.body as Record<string, string>).toString());
  }
  next();
};
