import { acknowledgesRefusal, type RequestInDialog, requestsInDialogs } from './dialogs.ts';
import { openingMethods, type RequestEntry, type SipRecord } from './record.ts';
import { type Occasion, occasion, rule, type SipRule } from './rule.ts';

const callIdOf = ({ message }: RequestEntry) => message.headers['call-id'];
const branchOf = ({ message }: RequestEntry) => message.headers.via?.branch;

/** Whether a request is part of another one's transaction: a CANCEL, and the ACK of a refusal. */
function joinsInvite(request: RequestEntry, record: SipRecord): boolean {
  return request.message.method === 'CANCEL' || acknowledgesRefusal(request, record);
}

function branches(record: SipRecord): Occasion[] {
  const path = '$.headers.via.branch';
  return record.requests.flatMap((request) => {
    const branch = branchOf(request) ?? '';
    const cookie = occasion(
      request,
      path,
      branch.startsWith('z9hG4bK'),
      `it has to begin with z9hG4bK, got "${branch}"`,
    );
    if (joinsInvite(request, record)) {
      const invite = record.inviteOf(request);
      if (invite === undefined) return [cookie];
      const text = `it has to be that of the INVITE, "${branchOf(invite)}", got "${branch}"`;
      return [cookie, occasion(request, path, branch === branchOf(invite), text)];
    }
    const taken = record.requests.some(
      (other) => other.index < request.index && other.from === request.from && branchOf(other) === branch,
    );
    return [
      cookie,
      occasion(request, path, !taken, `a new transaction has a branch of its own, and "${branch}" was there`),
    ];
  });
}

function tags(record: SipRecord): Occasion[] {
  const inDialogs = new Map(requestsInDialogs(record).map(({ request, dialog }) => [request, dialog]));
  return record.requests.flatMap((request) => {
    const { headers, method } = request.message;
    const from = occasion(request, '$.headers.from.tag', (headers.from?.tag ?? '') !== '', 'a request has a From tag');
    const dialog = inDialogs.get(request);
    const got = `got ${headers.to?.tag === undefined ? 'none' : `"${headers.to.tag}"`}`;
    const place = '$.headers.to.tag';
    if (dialog === undefined || joinsInvite(request, record)) {
      const isNew = openingMethods.includes(method) && !joinsInvite(request, record);
      if (!isNew) return [from];
      return [
        from,
        occasion(request, place, headers.to?.tag === undefined, `there is no dialog yet, so no To tag; ${got}`),
      ];
    }
    const tag = dialog.tags[request.from === 'source' ? 'destination' : 'source'];
    return [
      from,
      occasion(request, place, headers.to?.tag === tag, `it has to be that of the dialog, "${tag}"; ${got}`),
    ];
  });
}

function contacts({ entries }: SipRecord): Occasion[] {
  return entries.flatMap((entry) => {
    const { message } = entry;
    const isInvite = 'method' in message && message.method === 'INVITE';
    const isSuccess = 'status' in message && message.status >= 200 && message.status < 300;
    if (!isInvite && !(isSuccess && message.headers.cseq?.method === 'INVITE')) return [];
    const contact = message.headers.contact ?? [];
    const kept = contact.length === 1 && /^sips?:/.test(contact[0]?.uri ?? '');
    return [occasion(entry, '$.headers.contact', kept, `one SIP URI has to stand there, got ${contact.length}`)];
  });
}

/** By the tags of a dialog, or the branch of a transaction, which others than the Call-ID tell as well. */
function callIds(record: SipRecord): Occasion[] {
  return record.requests.flatMap((request) => {
    const { from, to } = request.message.headers;
    const earlier = record.requests.filter(({ index }) => index < request.index);
    const other = earlier.findLast((each) => {
      const its = each.message.headers;
      const sameTransaction = each.from === request.from && branchOf(each) === branchOf(request);
      const sameDialog =
        to?.tag !== undefined && (each.from === request.from ? its.from?.tag === from?.tag : its.from?.tag === to.tag);
      return sameTransaction || sameDialog;
    });
    if (other === undefined) return [];
    const text = `it has to be that of the dialog, "${callIdOf(other)}", got "${callIdOf(request)}"`;
    return [occasion(request, '$.headers.call-id', callIdOf(request) === callIdOf(other), text)];
  });
}

function numbers(record: SipRecord): Occasion[] {
  const path = '$.headers.cseq.number';
  return record.requests.flatMap((request) => {
    const { method, headers } = request.message;
    const number = headers.cseq?.number ?? Number.NaN;
    if (method === 'ACK' || method === 'CANCEL') {
      const invites = record.requests.filter(
        (each) => each.index < request.index && each.from === request.from && each.message.method === 'INVITE',
      );
      const own = invites.filter((each) => callIdOf(each) === callIdOf(request));
      if (own.length === 0) return [];
      const kept = own.some(({ message }) => message.headers.cseq?.number === number);
      return [occasion(request, path, kept, `it has to be that of an INVITE, got ${number}`)];
    }
    const before = record.requests
      .filter(
        (each) => each.index < request.index && each.from === request.from && callIdOf(each) === callIdOf(request),
      )
      .map(({ message }) => message.headers.cseq?.number ?? 0);
    if (before.length === 0) return [];
    const highest = Math.max(...before);
    return [occasion(request, path, number > highest, `it has to be higher than ${highest}, got ${number}`)];
  });
}

function paths(record: SipRecord): Occasion[] {
  return requestsInDialogs(record)
    .filter(({ request }) => !joinsInvite(request, record) && request.message.headers.to?.tag !== undefined)
    .flatMap(({ request, dialog }) => [...target({ request, dialog }), ...route({ request, dialog })]);
}

function target({ request, dialog }: RequestInDialog): Occasion[] {
  const uri = dialog.targets[request.from === 'source' ? 'destination' : 'source'];
  if (uri === undefined) return [];
  const got = request.message.requestUri;
  return [occasion(request, '$.requestUri', got === uri, `it has to be the remote target, "${uri}", got "${got}"`)];
}

/** Host and port of a URI. */
const hostOf = (uri: string) => /^sips?:(?:[^@]*@)?([^;?]+)/.exec(uri)?.[1];

/** A proxy has taken itself off the route before it passes a request on. */
function route({ request, dialog }: RequestInDialog): Occasion[] {
  const { via, route: came = [] } = request.message.headers;
  const whole = dialog.routes[request.from] ?? [];
  const expected = whole.filter((uri) => hostOf(uri) !== via?.sentBy);
  if (expected.length === 0) return [];
  const got = came.map(({ uri }) => uri);
  const text = `it has to be the recorded route, ${expected.join(', ')}, got ${got.join(', ') || 'none'}`;
  return [occasion(request, '$.headers.route', got.join() === expected.join(), text)];
}

/** What RFC 3261 asks of requests. */
export const requestRules: readonly SipRule[] = [
  rule(
    'R21',
    '3261, section 8.1.1.7',
    'every transaction has a branch of its own, but CANCEL and the ACK of a refusal',
    branches,
  ),
  rule(
    'R22',
    '3261, sections 8.1.1.2, 8.1.1.3 and 19.3',
    'a request has a From tag, and a To tag only within a dialog',
    tags,
  ),
  rule(
    'R23',
    '3261, section 8.1.1.6',
    'a request outside of a dialog may go 70 hops at first',
    ({ requests }) =>
      requests
        .filter(({ message: { method, headers } }) => openingMethods.includes(method) && headers.to?.tag === undefined)
        // Who passes a request on has counted down; who asks for no hop at all means the next one (sections 11 and 16.3).
        .filter(({ message: { headers } }) => headers.via?.below === undefined && headers['max-forwards'] !== 0)
        .map((request) => {
          const hops = request.message.headers['max-forwards'];
          return occasion(request, '$.headers.max-forwards', hops === 70, `70 is usual, got ${hops}`);
        }),
    'warning',
  ),
  rule('R24', '3261, sections 8.1.1.8 and 12.1.1', 'an INVITE and its 2xx have one Contact, a SIP URI', contacts),
  rule('R25', '3261, section 8.1.1.4', 'a dialog has one Call-ID, letter by letter', callIds),
  rule(
    'R26',
    '3261, sections 12.2.1.1, 9.1 and 13.2.2.4',
    'the numbers of a side rise; ACK and CANCEL have that of their INVITE',
    numbers,
  ),
  rule(
    'R27',
    '3261, sections 12.1.2 and 12.2.1.1',
    'a request within a dialog is for the remote target, by the route that was recorded',
    paths,
  ),
  rule('R28', '3261, section 18.1.1', 'the Via names the transport that the request takes', ({ requests, transport }) =>
    requests.flatMap((request) => {
      const { via } = request.message.headers;
      if (via === undefined) return [];
      const text = `it has to be ${transport}, got ${via.transport}`;
      return [occasion(request, '$.headers.via.transport', via.transport === transport, text)];
    }),
  ),
];
