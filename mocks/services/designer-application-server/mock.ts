import { lookupPath, sessionRecordsPath, states } from '../../../contracts/common/designer-application-server.ts';
import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import type { StateHandler } from '../../adapter.ts';
import { changed, without } from '../../common/changed.ts';
import { noUpstream } from '../../common/http-replies.ts';
import type { HttpServiceMock } from '../../protocols/http/service.ts';
import { addSessionRecord, lookUp } from './dynamic-pages.ts';
import { page } from './pages.ts';
import { getFile } from './static-files.ts';
import {
  createWorld,
  type DesignerWorld,
  etagOf,
  hoursTable,
  malformedFile,
  type StaticFile,
  scriptFile,
  scxmlFile,
} from './world.ts';

type Handler = StateHandler<DesignerWorld>;

/** A file that is there, with the entity tag that it has and the one that it had before. */
const withFile =
  (file: StaticFile, before: StaticFile = file): Handler =>
  (world, { path }) => ({
    ...changed(world, { files: new Map(world.files).set(String(path), file) }),
    values: { etag: etagOf(file), staleEtag: etagOf(before) },
  });

/** Designer Application Server: what Designer has published, look-ups in data tables, and records of sessions. */
const designerApplicationServer: HttpServiceMock<DesignerWorld> = {
  system: 'Designer Application Server',
  notModelled: [
    'what the documents do: each is a chart of one state',
    'VoiceXML, grammars and audio, and dynamic pages other than look-ups',
    'ranges, compression and If-Modified-Since',
    'two deployments side by side, between which a fetch may switch',
  ],
  createWorld,
  respond,
  states: {
    [states.published.name]: withFile(scxmlFile(1)),
    [states.unchanged.name]: withFile(scxmlFile(1)),
    [states.publishedAnew.name]: withFile(scxmlFile(2), scxmlFile(1)),
    [states.modulePublished.name]: withFile(scxmlFile(1)),
    [states.scriptPublished.name]: withFile(scriptFile),
    [states.malformed.name]: (world, { path, backupPath }) => {
      const files = new Map(world.files).set(String(path), malformedFile).set(String(backupPath), scxmlFile(1));
      return changed(world, { files });
    },
    [states.missing.name]: (world, { path, backupPath }) => {
      const files = new Map(without(world.files, String(path))).set(String(backupPath), scxmlFile(1));
      return changed(world, { files });
    },
    [states.tablePublished.name]: (world, { table }) =>
      changed(world, { tables: new Map(world.tables).set(String(table), hoursTable) }),
    [states.analyticsEnabled.name]: (world) => changed(world, { sessionRecords: new Map() }),
    [states.phpDown.name]: (world) => changed(world, { condition: 'php down' }),
    [states.workspaceLost.name]: (world) => changed(world, { condition: 'workspace lost' }),
    [states.down.name]: (world) => changed(world, { condition: 'down' }),
  },
};

function respond(request: HttpRequest, world: DesignerWorld): HttpResponse {
  if (world.condition === 'down') return noUpstream();
  switch (`${request.method} ${request.path}`) {
    case `POST ${sessionRecordsPath}`:
      return addSessionRecord(request, world);
    case `POST ${lookupPath}`:
      return lookUp(request, world);
    default:
      if (request.method !== 'GET') return page(405, 'Not Allowed');
      return world.condition === 'workspace lost' ? page(503, 'Service Unavailable') : getFile(request, world);
  }
}

export default designerApplicationServer;
