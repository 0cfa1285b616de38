import type { Json } from '../matchers.ts';
import { world } from '../world.ts';

/**
 * What is an example and what is a promise: a value of the fixture world stands for any tenant, DN or call, so a document has a
 * parameter or a type in its place. All else that a contract says plainly (`status: "open"`) is meant to the letter.
 */

/** Members of the world whose numbers name something, or are an instant; other numbers are too common to tell. */
const namingMember = /(dbid|Dbid|Id|sec)$/;

const values = new Set<Json>();
collect(world, '');

function collect(value: unknown, member: string): void {
  if (typeof value === 'object' && value !== null) {
    for (const [name, part] of Object.entries(value)) collect(part, name);
  } else if (typeof value === 'string') {
    values.add(value);
  } else if (typeof value === 'number' && namingMember.test(member)) {
    values.add(value).add(String(value));
  }
}

/** Whether a plain value of a contract is one of the fixture world. */
export function isFixture(value: Json): boolean {
  return values.has(value);
}

/** A part of a path that is a value of the world, by its place in the document's own words. */
interface Parameter {
  name: string;
  values: readonly string[];
  /** The segment before it, where the value alone does not tell what it is. */
  after?: string;
}

const parameters: readonly Parameter[] = [
  { name: 'tenantUuid', values: [world.tenant.uuid, world.otherTenant.uuid] },
  { name: 'dn', values: Object.values(world.dns).map(({ number }) => number), after: 'devices' },
  { name: 'mailbox', values: [world.mailbox.number, world.mailbox.othersNumber, world.agentGroup.mailbox] },
  { name: 'messageId', values: [world.mailbox.messageId, world.mailbox.otherMessageId] },
  { name: 'callUuid', values: [world.call.uuid] },
  { name: 'sessionId', values: [world.orsSession.id, world.callback.sessionId, world.chat.sessionId] },
  { name: 'channelId', values: [world.chat.channelId] },
  { name: 'application', values: [world.routingScript.name, world.designer.backup] },
  { name: 'module', values: [world.designer.module] },
];

/** A path with parameters, and the values that they have in it. */
export interface PathTemplate {
  template: string;
  values: Readonly<Record<string, string>>;
}

/** A path with a parameter for each segment that is a value of the fixture world, with or without an ending (`m-1.wav`). */
export function pathTemplate(path: string): PathTemplate {
  const values: Record<string, string> = {};
  const segments = path.split('/');
  const templates = segments.map((segment, at) => {
    const [, value = segment, ending = ''] = /^([^.]+)(\.[a-z0-9]+)$/.exec(segment) ?? [];
    const found = parameters.find(
      ({ values: known, after }) => known.includes(value) && (after === undefined || after === segments[at - 1]),
    );
    if (found === undefined) return segment;
    values[found.name] = value;
    return `{${found.name}}${ending}`;
  });
  return { template: templates.join('/'), values };
}

const hashTags = [world.tenant, world.otherTenant].map(({ uuid }) => `{${uuid}}`);

/**
 * A key of Redis with a parameter for its hash tag, which is the tenant's UUID in braces. The braces belong to the value, since
 * they mark parameters in an address of AsyncAPI.
 */
export function keyTemplate(key: string): PathTemplate {
  const tag = hashTags.find((known) => key.includes(known));
  return tag === undefined
    ? { template: key, values: {} }
    : { template: key.replace(tag, '{tenantHashTag}'), values: { tenantHashTag: tag } };
}
