import { state } from '../contract.ts';
import { dialect } from '../dialect.ts';
import { fromState, regex } from '../matchers.ts';
import { world } from '../world.ts';

/** Pieces of what the Designer Application Server promises: where its content lies, how it looks, and its states. */

const { uuid: ccid, name: tenant } = world.tenant;
const { name: application } = world.routingScript;
const { backup, module, dataTable } = world.designer;
const routes = dialect.http.designerApplicationServer;

/** What Designer deploys lies below it. */
const workspaces = '/workspaces/';

export const mainPath = workspaces + routes.document(ccid, application);
export const backupPath = workspaces + routes.document(ccid, backup);
export const scriptPath = workspaces + routes.script(ccid, application);
export const modulePath = workspaces + routes.module(ccid, module);
export const lookupPath = workspaces + routes.lookup(ccid, application);
export const sessionRecordsPath = routes.sessionRecords;

/** The provider states, by what they say. */
export const states = {
  published: state(`application ${application} is published for ${tenant}`, { path: mainPath }),
  /** Gives `etag`. */
  unchanged: state(`application ${application} was not published anew for ${tenant}`, { path: mainPath }),
  /** Gives `staleEtag`, the one before. */
  publishedAnew: state(`application ${application} was published anew for ${tenant}`, { path: mainPath }),
  scriptPublished: state(`the script of application ${application} is published`, { path: scriptPath }),
  modulePublished: state(`module ${module} is published`, { path: modulePath }),
  tablePublished: state(`data table ${dataTable} is published`, { table: dataTable }),
  analyticsEnabled: state('analytics is enabled'),
  missing: state(`${application} is missing, backup exists`, { path: mainPath, backupPath }),
  malformed: state(`${application} is malformed`, { path: mainPath, backupPath }),
  phpDown: state('php process is down'),
  workspaceLost: state('workspace is unreachable'),
  down: state('designer application server is down'),
};

const etagForm = '^(W/)?"[^",]*"$';
const etagExample = '"5f2b8c1e"';
const etag = regex(etagForm, etagExample);
/** The entity tag that a state gave. */
export const etagOf = (name: 'etag' | 'staleEtag') => fromState(name, etagExample, etag);

/** Of content that may be kept: for how long, and by what it is asked for again. */
export const cacheable = {
  etag,
  'cache-control': regex('^([a-z-]+, ?)*max-age=[0-9]+(, ?[a-z-]+)*$', 'max-age=60'),
};

export const scxmlType = regex('^(application/(scxml[+])?xml|text/xml)(;[^,]*)?$', 'application/scxml+xml');
export const scriptType = regex('^(application|text)/javascript(;[^,]*)?$', 'application/javascript');
export const htmlType = regex('^text/html(;[^,]*)?$', 'text/html');

const attribute = (name: string) => `(?=[^>]*\\s${name}=["'][^"']+["'])`;

/** A document whose root is `scxml`, with its version and its first state. */
export const scxmlDocument = regex(
  '^(<[?]xml[^>]*[?]>\\s*)?(<!--[\\s\\S]*?-->\\s*)*' +
    `<scxml${attribute('version')}${attribute('initial')}[^>]*>[\\s\\S]*</scxml>\\s*$`,
  '<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" initial="start"><state id="start"/></scxml>',
);
/** A document that begins like one and does not end. */
export const brokenDocument = regex(
  '^(?![\\s\\S]*</scxml>)[\\s\\S]*<scxml[\\s\\S]*$',
  '<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" initial="start"><state id="start">',
);
/** A page for people; nobody parses it. */
export const htmlPage = regex('^\\s*<[\\s\\S]*>\\s*$', '<html><body>404 Not Found</body></html>');

/** What ORS tells of the session that fetches. */
export const fromSession = { 'x-ors-sessionid': regex('^[0-9A-Z~]{32}$', world.orsSession.id) };
