import type { SipHeaders } from '../messages/sip.ts';
import { otherSide } from '../mirrored.ts';
import type { SipRecord } from './record.ts';
import { type Occasion, occasion, rule, type SipRule } from './rule.ts';

const textOf = (headers: SipHeaders, name: string) => (typeof headers[name] === 'string' ? headers[name] : undefined);

function referrals(record: SipRecord): Occasion[] {
  return record.requests
    .filter(({ message }) => message.method === 'REFER')
    .flatMap((refer) => {
      const { headers } = refer.message;
      const single = occasion(
        refer,
        '$.headers.refer-to',
        typeof headers['refer-to'] === 'string',
        'one Refer-To has to stand there',
      );
      const accepted = record.answersTo(refer).find(({ message }) => message.status >= 200 && message.status < 300);
      // Both may agree on a REFER that nobody is told about (RFC 4488, section 4).
      const isSilent = /^false\b/.test(textOf(accepted?.message.headers ?? {}, 'refer-sub') ?? '');
      if (accepted === undefined || isSilent) return [single];
      const told = record.requests.filter(
        ({ index, from, message }) =>
          index > refer.index &&
          from === otherSide(refer.from) &&
          message.method === 'NOTIFY' &&
          message.headers['call-id'] === headers['call-id'] &&
          /^refer\b/.test(textOf(message.headers, 'event') ?? ''),
      );
      const last = told.at(-1);
      const state = last === undefined ? '' : (textOf(last.message.headers, 'subscription-state') ?? '');
      return [
        single,
        occasion(accepted, '$', told.length > 0, 'nothing tells how the REFER went'),
        ...told.map((notify) => {
          const type = notify.message.headers['content-type'];
          return occasion(
            notify,
            '$.headers.content-type',
            type === 'message/sipfrag',
            `it has to be message/sipfrag, got ${type}`,
          );
        }),
        ...(last === undefined
          ? []
          : [
              occasion(
                last,
                '$.headers.subscription-state',
                /^terminated\b/.test(state),
                `the last one is terminated, got "${state}"`,
              ),
            ]),
      ];
    });
}

function events({ requests, responses }: SipRecord): Occasion[] {
  const demanded: Readonly<Record<string, readonly string[]>> = {
    NOTIFY: ['event', 'subscription-state'],
    SUBSCRIBE: ['event'],
  };
  return [
    ...requests.flatMap((request) =>
      (demanded[request.message.method] ?? []).map((name) =>
        occasion(
          request,
          `$.headers.${name}`,
          request.message.headers[name] !== undefined,
          `${request.message.method} needs it`,
        ),
      ),
    ),
    ...responses
      .filter(({ message }) => message.status === 489)
      .map((response) =>
        occasion(
          response,
          '$.headers.allow-events',
          response.message.headers['allow-events'] !== undefined,
          '489 needs it',
        ),
      ),
  ];
}

function registrations(record: SipRecord): Occasion[] {
  return record.requests
    .filter(({ message }) => message.method === 'REGISTER')
    .flatMap((register) => {
      const { requestUri, headers } = register.message;
      const own = headers.contact?.[0]?.uri;
      const isRemoval = (headers.contact?.[0]?.params?.expires ?? headers.expires) === '0';
      const domain = occasion(
        register,
        '$.requestUri',
        !requestUri.includes('@'),
        `a registrar is a domain, got "${requestUri}"`,
      );
      const all =
        own === '*' ? [occasion(register, '$.headers.expires', isRemoval, 'all contacts can only be removed')] : [];
      const answers = record.answersTo(register).flatMap((response) => {
        const { status, headers: got } = response.message;
        if (status === 423) {
          return [
            occasion(response, '$.headers.min-expires', got['min-expires'] !== undefined, '423 says what is enough'),
          ];
        }
        if (status < 200 || status >= 300 || isRemoval || own === undefined || own === '*') return [];
        const listed = got.contact?.find(({ uri }) => uri === own);
        return [
          occasion(
            response,
            '$.headers.contact',
            listed?.params?.expires !== undefined,
            `${own} is registered, with its time`,
          ),
        ];
      });
      return [domain, ...all, ...answers];
    });
}

/** What RFC 3515, RFC 6665 and RFC 3261 (section 10) ask of transfers, subscriptions and registrations. */
export const eventRules: readonly SipRule[] = [
  rule(
    'X09',
    '3515, sections 2.1 and 2.4',
    'a REFER has one Refer-To; once accepted, NOTIFYs tell how it goes, to its end',
    referrals,
  ),
  rule(
    'X10',
    '6665, sections 4, 8.2 and 8.3.2',
    'NOTIFY and SUBSCRIBE name their event; 489 says which there are',
    events,
  ),
  rule(
    'X11',
    '3261, sections 10.2 and 10.3',
    'a registrar lists what it has registered; 423 says what is long enough',
    registrations,
  ),
];
