import { equalJson } from '../matching/values.ts';
import type { Sdp } from '../messages/sip.ts';
import { type AnyEntry, isRequestEntry, type RequestEntry, type SipRecord } from './record.ts';
import { type Occasion, occasion, rule, type SipRule } from './rule.ts';

type Described = AnyEntry & { sdp: Sdp };

/** An offer with its answer (RFC 3264, section 4); the answer is absent where the record has none. */
interface Negotiation {
  offer: Described;
  answer?: Described;
}

const described = (entry: AnyEntry | undefined): Described | undefined =>
  entry?.message.sdp === undefined ? undefined : { ...entry, sdp: entry.message.sdp };

/** The first description in a response that may hold one: a 2xx, or a provisional one before it. */
const inResponses = (record: SipRecord, request: RequestEntry) =>
  described(record.answersTo(request).find(({ message }) => message.status < 300 && message.sdp !== undefined));

const acknowledgement = (record: SipRecord, invite: RequestEntry) =>
  record.requests.find((request) => request.message.method === 'ACK' && record.inviteOf(request) === invite);

function negotiations(record: SipRecord): Negotiation[] {
  return record.requests
    .filter(({ message }) => message.method === 'INVITE' || message.method === 'UPDATE')
    .flatMap((request): Negotiation[] => {
      const own = described(request);
      const came = inResponses(record, request);
      if (own !== undefined) return [came === undefined ? { offer: own } : { offer: own, answer: came }];
      if (came === undefined || request.message.method !== 'INVITE') return [];
      const answer = described(acknowledgement(record, request));
      return [answer === undefined ? { offer: came } : { offer: came, answer }];
    });
}

function answers(record: SipRecord): Occasion[] {
  return negotiations(record).flatMap(({ offer, answer }) => {
    if (answer === undefined) return [];
    const kinds = ({ media }: Sdp) => media.map(({ kind }) => kind).join(', ');
    const sections = occasion(
      answer,
      '$.sdp.media',
      kinds(answer.sdp) === kinds(offer.sdp),
      `the sections have to be those of the offer, ${kinds(offer.sdp)}, got ${kinds(answer.sdp)}`,
    );
    const codecs = answer.sdp.media.flatMap((section, at) => {
      const offered = offer.sdp.media[at]?.codecs.map(({ name }) => name) ?? [];
      if (section.port === 0 || offered.length === 0) return [];
      const names = section.codecs.map(({ name }) => name);
      const text = `one has to be of the offer, ${offered.join(', ')}, got ${names.join(', ') || 'none'}`;
      return [
        occasion(
          answer,
          `$.sdp.media[${at}].codecs`,
          names.some((name) => offered.includes(name)),
          text,
        ),
      ];
    });
    return [sections, ...codecs];
  });
}

const allowedAnswers: Readonly<Record<string, readonly string[]>> = {
  sendonly: ['recvonly', 'inactive'],
  recvonly: ['sendonly', 'inactive'],
  inactive: ['inactive'],
};

function directions(record: SipRecord): Occasion[] {
  return negotiations(record).flatMap(({ offer, answer }) =>
    (answer?.sdp.media ?? []).flatMap(({ direction }, at) => {
      const asked = offer.sdp.media[at]?.direction ?? '';
      const allowed = allowedAnswers[asked];
      if (answer === undefined || allowed === undefined) return [];
      const text = `${asked} is answered by ${allowed.join(' or ')}, got ${direction}`;
      return [occasion(answer, `$.sdp.media[${at}].direction`, allowed.includes(direction), text)];
    }),
  );
}

interface Origin {
  session: string;
  version: number;
}

function originOf({ origin = '' }: Sdp): Origin {
  const [user = '', id = '', version = '', ...address] = origin.split(' ');
  return { session: [user, id, ...address].join(' '), version: Number(version) };
}

/** The descriptions of each side in a dialog, one after the other. */
function changes(record: SipRecord): Occasion[] {
  const last = new Map<string, Sdp>();
  return record.entries.flatMap((entry) => {
    const { sdp, headers } = entry.message;
    if (sdp === undefined) return [];
    // By the sender's tag: each phone that a call is forked to has a session of its own.
    const tag = (isRequestEntry(entry) ? headers.from : headers.to)?.tag;
    const key = `${entry.from} ${headers['call-id']} ${tag}`;
    const before = last.get(key);
    last.set(key, sdp);
    // An INVITE that is tried again begins a session anew.
    const isFirst = isRequestEntry(entry) && headers.to?.tag === undefined;
    if (before === undefined || isFirst) return [];
    const [was, is] = [originOf(before), originOf(sdp)];
    const isSame = equalJson({ ...before, origin: '' }, { ...sdp, origin: '' });
    const version = is.version === was.version ? isSame : is.version === was.version + 1;
    return [
      occasion(
        entry,
        '$.sdp.origin',
        is.session === was.session,
        `it is another session: "${was.session}" before, "${is.session}" now`,
      ),
      occasion(
        entry,
        '$.sdp.origin',
        version,
        `the version rises by one with a change: ${was.version} before, ${is.version} now`,
      ),
      occasion(
        entry,
        '$.sdp.media',
        sdp.media.length >= before.media.length,
        `no section may go: ${before.media.length} before, ${sdp.media.length} now`,
      ),
    ];
  });
}

function complete({ entries }: SipRecord): Occasion[] {
  return entries.flatMap((entry) =>
    (entry.message.sdp?.media ?? []).flatMap(({ connection, codecs, port }, at) => [
      occasion(entry, `$.sdp.media[${at}].connection`, connection !== undefined, 'nothing says where the media go'),
      ...codecs
        .map(({ payload, name }, place) => ({ payload, name, place }))
        .filter(({ payload }) => payload >= 96 && port !== 0)
        .map(({ payload, name, place }) =>
          occasion(
            entry,
            `$.sdp.media[${at}].codecs[${place}].name`,
            name !== 'unknown',
            `nothing says what payload ${payload} is`,
          ),
        ),
    ]),
  );
}

/** Of INVITEs that were answered: an offer in time, and an answer to it. */
function placement(record: SipRecord): Occasion[] {
  return record.requests
    .filter(({ message }) => message.method === 'INVITE')
    .flatMap((invite) => {
      const success = record.answersTo(invite).find(({ message }) => message.status >= 200 && message.status < 300);
      if (success === undefined) return [];
      const first = inResponses(record, invite);
      const came = occasion(
        success,
        '$.sdp',
        first !== undefined,
        invite.message.sdp === undefined
          ? 'an INVITE without an offer gets one by its 2xx'
          : 'an offer gets an answer by the 2xx',
      );
      const ack = acknowledgement(record, invite);
      // An offer before the 2xx is answered by the PRACK (RFC 3262, section 5).
      const isEarly = first !== undefined && first.index < success.index;
      if (invite.message.sdp !== undefined || ack === undefined || isEarly) return [came];
      return [
        came,
        occasion(ack, '$.sdp', ack.message.sdp !== undefined, 'an offer in a 2xx gets its answer in the ACK'),
      ];
    });
}

/** What RFC 3264 and RFC 4566 ask of offers and answers. */
export const offerRules: readonly SipRule[] = [
  rule('X04', '3264, section 6', 'an answer has the sections of its offer, and in each a codec of it', answers),
  rule(
    'X05',
    '3264, section 8',
    'a new description is of the same session, one version higher, and takes no section away',
    changes,
  ),
  rule(
    'X05-direction',
    '3264, sections 6.1 and 8.4',
    'an answer to a one-way offer goes the other way, or no way',
    directions,
  ),
  rule(
    'X06',
    '4566, sections 5.7 and 6',
    'every section says where media go, and what its dynamic payloads are',
    complete,
  ),
  rule(
    'X07',
    '3261, section 13.2.1',
    'an offer comes in the INVITE or its 2xx, and its answer with the next message',
    placement,
  ),
];
