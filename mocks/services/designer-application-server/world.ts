import { createHash } from 'node:crypto';
import { backupPath, mainPath, modulePath, scriptPath } from '../../../contracts/common/designer-application-server.ts';
import type { Json } from '../../../contracts/matchers.ts';
import { world as fixture } from '../../../contracts/world.ts';

/** A file of a workspace. */
export interface StaticFile {
  contentType: string;
  body: string;
  /** Milliseconds since 1970. */
  modifiedMs: number;
}

/** All that one running mock knows. */
export interface DesignerWorld {
  /** By path. */
  files: ReadonlyMap<string, StaticFile>;
  /** Rows of data tables by key, by the table's name. */
  tables: ReadonlyMap<string, ReadonlyMap<string, Readonly<Record<string, string>>>>;
  /** By session id; a record that comes again takes the place of the one before. */
  sessionRecords: ReadonlyMap<string, Readonly<Record<string, Json>>>;
  condition: 'up' | 'php down' | 'workspace lost' | 'down';
}

const publishedMs = fixture.now.sec * 1000;
const scxmlType = 'application/scxml+xml';

const scxmlHead = '<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" initial="start">';

/** A document with its revision in it, so that each one has an entity tag of its own. */
export function scxmlFile(revision: number): StaticFile {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n${scxmlHead}<!-- ${revision} --><state id="start"/></scxml>\n`;
  return { contentType: scxmlType, body, modifiedMs: publishedMs + (revision - 1) * 1000 };
}

/** A document that ends in the middle. */
export const malformedFile: StaticFile = {
  contentType: scxmlType,
  body: `${scxmlHead}<state id="start">\n`,
  modifiedMs: publishedMs,
};

export const scriptFile: StaticFile = {
  contentType: 'application/javascript',
  body: 'function greet() { return "Hello"; }\n',
  modifiedMs: publishedMs,
};

/** Opening hours by day. */
export const hoursTable: ReadonlyMap<string, Readonly<Record<string, string>>> = new Map([
  ['monday', { opens: '08:00', closes: '18:00' }],
  ['sunday', { opens: '10:00', closes: '14:00' }],
]);

/** A strong entity tag: other bytes, other tag. */
export function etagOf({ body }: StaticFile): string {
  return `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`;
}

/** What Designer has published in the fixture world. */
export function createWorld(): DesignerWorld {
  return {
    files: new Map([
      [mainPath, scxmlFile(1)],
      [backupPath, scxmlFile(1)],
      [modulePath, scxmlFile(1)],
      [scriptPath, scriptFile],
    ]),
    tables: new Map([[fixture.designer.dataTable, hoursTable]]),
    sessionRecords: new Map(),
    condition: 'up',
  };
}
