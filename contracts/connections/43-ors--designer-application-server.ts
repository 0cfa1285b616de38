import {
  backupPath,
  brokenDocument,
  cacheable,
  etagOf,
  fromSession,
  htmlPage,
  htmlType,
  lookupPath,
  mainPath,
  modulePath,
  scriptPath,
  scriptType,
  scxmlDocument,
  scxmlType,
  sessionRecordsPath,
  states,
} from '../common/designer-application-server.ts';
import { httpDate, jsonType, sidecarWithoutUpstream, utcTime } from '../common/http-common.ts';
import {
  assumed,
  type Basis,
  destination,
  documented,
  type Interaction,
  inferred,
  type ProviderState,
  source,
} from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { type Matcher, regex, statusCode, string, type Template, text, values } from '../matchers.ts';
import type { HttpMessage, HttpRequest } from '../messages/http.ts';
import { world } from '../world.ts';

type Exchange = Interaction<HttpMessage>;

const routingScripts = 'Orchestration Server Deployment Guide, enhanced routing (OS/latest/Deployment/EnhRtg)';
const http = 'RFC 9110, HTTP Semantics';
const deployment = 'Designer Deployment Guide, Designer Application Server (DES/Current/Deployment)';
const sampleValues = 'genesys/multicloud-services, sample values of Designer';
const published = documented(
  `${sampleValues}: content is deployed to /workspaces; ${routingScripts}: placeholders in the address; the rest of the path is assumed`,
);
const restAssumed = assumed('paths below /workspaces: modules and scripts lie beside the applications of the tenant');
const phpDocumented = documented(`${deployment}: PHP serves dynamic pages; the route and its fields are assumed`);

const json = { 'content-type': jsonType };
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const number = (example: string) => regex('^[+]?[0-9]+$', example);

/** A fetch of a document, by an address with the placeholders for ANI and DNIS filled in. */
const fetchDocument = (path: string, headers: Record<string, Template<string>> = {}) => ({
  method: 'GET',
  path,
  query: { ani: number(world.call.ani), dnis: number(world.call.dnis) },
  headers: { ...fromSession, ...headers },
});
const fetchMain = fetchDocument(mainPath);
const fetchFile = (path: string) => ({ method: 'GET', path, headers: fromSession });

/** @param headers those of the encoding: a form and a JSON object have the same fields */
const lookUp = (headers: Record<string, Template<string>>) => ({
  method: 'POST',
  path: lookupPath,
  headers: { ...fromSession, ...headers },
  body: { table: world.designer.dataTable, key: text(regex('^[a-z]+$', 'monday')) },
});

/** Static content, as it comes with all that a cache needs. */
const content = (type: Matcher<string>, body: Matcher<string>) =>
  destination<HttpMessage>({
    status: 200,
    headers: { 'content-type': type, 'last-modified': httpDate, ...cacheable },
    body,
  });
const document = content(scxmlType, scxmlDocument);

function fetched(
  description: string,
  basis: Basis,
  given: ProviderState,
  request: Template<HttpRequest>,
  answer: Exchange['steps'][number],
): Exchange {
  return { description, basis, given: [given], steps: [source<HttpMessage>(request), answer] };
}

/** A look-up in a data table. */
const lookedUp = (description: string, request: Template<HttpRequest>): Exchange =>
  fetched(
    description,
    phpDocumented,
    states.tablePublished,
    request,
    destination<HttpMessage>({
      status: 200,
      headers: json,
      body: { result: values<Record<string, string>>({ opens: string('08:00') }) },
    }),
  );

/** A failure of the server, told by a page for people. */
const failure = (status: Template<number>) =>
  destination<HttpMessage>({ status, headers: { 'content-type': htmlType }, body: htmlPage });

/** A first fetch that comes to nothing: the alternate address of the script is tried (Enhanced Routing Script options). */
function fallsBack(
  description: string,
  given: ProviderState,
  basis: Basis,
  first: Exchange['steps'][number],
  alternate: Exchange['steps'][number],
): Exchange {
  const request = source<HttpMessage>(fetchDocument(backupPath));
  return {
    ...fetched(description, basis, given, fetchMain, first),
    steps: [source<HttpMessage>(fetchMain), first, request, alternate],
    negative: true,
  };
}

/**
 * How ORS gets the applications that Designer has published. Sample deployments have the server at port 8081; the table says
 * 80. A session keeps the version that it has loaded, so a new one is for new sessions only.
 */
export default defineContract<HttpMessage>({
  connection: 43,
  port: 80,
  interactions: [
    fetched('fetch the main document of an application', published, states.published, fetchMain, document),
    fetched(
      'fetch a document again that has not changed',
      documented(`${http}, section 15.4.5: 304 Not Modified (that ORS asks by entity tag is inferred)`),
      states.unchanged,
      fetchDocument(mainPath, { 'if-none-match': etagOf('etag') }),
      destination<HttpMessage>({ status: 304, headers: cacheable }),
    ),
    fetched(
      'fetch a document again that was published anew',
      documented(`${http}, section 13.1.2: If-None-Match (that ORS asks by entity tag is inferred)`),
      states.publishedAnew,
      fetchDocument(mainPath, { 'if-none-match': etagOf('staleEtag') }),
      document,
    ),
    fetched('fetch a shared module', restAssumed, states.modulePublished, fetchFile(modulePath), document),
    fetched(
      'fetch a script that a document includes',
      restAssumed,
      states.scriptPublished,
      fetchFile(scriptPath),
      content(scriptType, regex('^[\\s\\S]*\\S[\\s\\S]*$', 'function greet() {}')),
    ),
    lookedUp('look up opening hours, encoded as a form', lookUp(form)),
    lookedUp('look up opening hours, encoded as JSON', lookUp(json)),
    fetched(
      'post the record of a session',
      documented(
        `${deployment}: a process takes posts of session detail records; the route and its fields are assumed`,
      ),
      states.analyticsEnabled,
      {
        method: 'POST',
        path: sessionRecordsPath,
        headers: { ...fromSession, ...json },
        body: {
          sessionId: text(regex('^[0-9A-Z~]{32}$', world.orsSession.id)),
          ccid: world.tenant.uuid,
          application: world.routingScript.name,
          startedAt: utcTime,
        },
      },
      destination<HttpMessage>({ status: 200 }),
    ),
    fallsBack(
      'fetch a document that is missing, then the alternate one',
      states.missing,
      inferred('a file that nginx does not find is a 404 with its page; then the alternate address is tried'),
      failure(404),
      document,
    ),
    fallsBack(
      'fetch a document that is malformed, then the alternate one',
      states.malformed,
      documented(`${routingScripts}: a document that cannot be compiled counts as one that cannot be fetched`),
      content(scxmlType, brokenDocument),
      document,
    ),
    fallsBack(
      'fetch a document while the workspace is lost, then the alternate one, in vain',
      states.workspaceLost,
      inferred('without its volume nginx finds no file, or the server says that it cannot serve'),
      failure(statusCode([404, 503], 503)),
      failure(statusCode([404, 503], 503)),
    ),
    {
      ...fetched(
        'look up opening hours while PHP is down',
        inferred('nginx answers 502 for a FastCGI process that is gone'),
        states.phpDown,
        lookUp(form),
        failure(502),
      ),
      negative: true,
    },
    // Not a fetch of a document: for that the alternate address, behind the same sidecar, would be asked next.
    sidecarWithoutUpstream('look up opening hours while the server is down', states.down, lookUp(form)),
  ],
});
