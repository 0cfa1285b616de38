import { equalJson } from '../matching/values.ts';
import type { SipHeaders } from '../messages/sip.ts';
import { requestsInDialogs } from './dialogs.ts';
import type { RequestEntry, ResponseEntry, SipRecord } from './record.ts';
import { type Occasion, occasion, rule, type SipRule } from './rule.ts';

/** A response with the request that it answers. */
type Answered = ResponseEntry & { request: RequestEntry };

const answered = ({ responses }: SipRecord) => responses.filter((each): each is Answered => each.request !== undefined);

const repeatedParts: readonly (readonly [path: string, part: (headers: SipHeaders) => unknown])[] = [
  ['$.headers.via', ({ via }) => via],
  ['$.headers.from', ({ from }) => from],
  ['$.headers.call-id', (headers) => headers['call-id']],
  ['$.headers.cseq.number', ({ cseq }) => cseq?.number],
  ['$.headers.cseq.method', ({ cseq }) => cseq?.method],
  ['$.headers.to.uri', ({ to }) => to?.uri],
];

function repeated(record: SipRecord): Occasion[] {
  return answered(record).flatMap((response) =>
    repeatedParts.map(([path, part]) => {
      const [asked, got] = [part(response.request.message.headers), part(response.message.headers)];
      return occasion(
        response,
        path,
        equalJson(asked, got),
        `it has to be that of the request, ${show(asked)}, got ${show(got)}`,
      );
    }),
  );
}

const show = (value: unknown) => JSON.stringify(value) ?? 'nothing';

function toTags(record: SipRecord): Occasion[] {
  return answered(record)
    .filter(({ message }) => message.status > 100)
    .map((response) => {
      const { message, request } = response;
      const asked = request.message.headers.to?.tag;
      const got = message.headers.to?.tag;
      const kept = asked === undefined ? (got ?? '') !== '' : got === asked;
      const text = asked === undefined ? 'one has to be there, got none' : `it has to be "${asked}", got ${show(got)}`;
      return occasion(response, '$.headers.to.tag', kept, text);
    });
}

/** Headers without one of which a status says too little. */
function needs(status: number, ...headers: string[]) {
  const [first] = headers;
  return ({ responses }: SipRecord): Occasion[] =>
    responses
      .filter(({ message }) => message.status === status)
      .map((response) => {
        const kept = headers.some((header) => response.message.headers[header] !== undefined);
        return occasion(response, `$.headers.${first}`, kept, `${status} needs it`);
      });
}

/** Requests of dialogs that are over, as far as the record shows their end. */
function lost(record: SipRecord): Occasion[] {
  return requestsInDialogs(record)
    .filter(({ request, dialog }) => dialog.isOver && request.message.method !== 'ACK')
    .flatMap(({ request }) =>
      record
        .answersTo(request)
        .map((response) =>
          occasion(
            response,
            '$.status',
            response.message.status === 481,
            `it has to be 481, got ${response.message.status}`,
          ),
        ),
    );
}

const isFinal = ({ message }: ResponseEntry) => message.status >= 200;
const cancels = ({ requests }: SipRecord) => requests.filter(({ message }) => message.method === 'CANCEL');

/** CANCELs that came before the final response, with their INVITE's. */
function cancelsInTime(record: SipRecord): { cancel: RequestEntry; finals: readonly ResponseEntry[] }[] {
  return cancels(record).flatMap((cancel) => {
    const invite = record.inviteOf(cancel);
    if (invite === undefined) return [];
    const finals = record.answersTo(invite).filter(isFinal);
    return finals.some(({ index }) => index < cancel.index) ? [] : [{ cancel, finals }];
  });
}

/** A 2xx that was on its way has ended the transaction, and there is nothing left to cancel. */
function cancelled(record: SipRecord): Occasion[] {
  return cancelsInTime(record).flatMap(({ cancel, finals }) => {
    const crossed = finals.some(({ message }) => message.status < 300);
    return record.answersTo(cancel).map((each) => {
      const { status } = each.message;
      const kept = status === 200 || (status === 481 && crossed);
      return occasion(each, '$.status', kept, `a CANCEL in time gets 200, got ${status}`);
    });
  });
}

function givenUp(record: SipRecord): Occasion[] {
  return cancelsInTime(record).flatMap(({ finals }) =>
    finals.map((each) => {
      const { status } = each.message;
      return occasion(each, '$.status', status === 487, `a cancelled INVITE gets 487, got ${status}`);
    }),
  );
}

function cancelling(record: SipRecord): Occasion[] {
  return cancels(record).map((cancel) => {
    const invite = record.inviteOf(cancel);
    const answers = invite === undefined ? [] : record.answersTo(invite);
    const kept = answers.some(({ index, message }) => index < cancel.index && message.status < 200);
    return occasion(cancel, '$.method', kept, 'a CANCEL waits for a provisional response to an INVITE');
  });
}

/** INVITEs of both sides of a dialog, the later one sent before the earlier one had its final response. */
function crossing(record: SipRecord): Occasion[] {
  const invites = record.requests.filter(({ message }) => message.method === 'INVITE');
  return invites.flatMap((later) => {
    const earlier = invites.find(
      (each) =>
        each.index < later.index &&
        each.from !== later.from &&
        each.message.headers['call-id'] === later.message.headers['call-id'] &&
        !record.answersTo(each).some((answer) => isFinal(answer) && answer.index < later.index),
    );
    if (earlier === undefined) return [];
    return [earlier, later]
      .flatMap((each) => record.answersTo(each).filter(isFinal))
      .map((answer) => {
        const { status } = answer.message;
        return occasion(answer, '$.status', status === 491, `INVITEs that cross get 491, got ${status}`);
      });
  });
}

/** Several 2xx to one INVITE come from several phones that it was forked to. */
function oneFinal(record: SipRecord): Occasion[] {
  return record.requests.flatMap((request) => {
    const finals = record.answersTo(request).filter(isFinal);
    const allAnswer = finals.every(({ message }) => message.status < 300);
    return finals.map((response, at) =>
      occasion(
        response,
        '$.status',
        at === 0 || allAnswer,
        `a final response had come, and ${response.message.status} came too`,
      ),
    );
  });
}

/** What RFC 3261 asks of responses. */
export const responseRules: readonly SipRule[] = [
  rule(
    'R30',
    '3261, sections 8.2.6.2 and 18.2.1',
    'a response repeats Via, From, To, Call-ID and CSeq of its request',
    repeated,
  ),
  rule(
    'R31',
    '3261, section 8.2.6.2',
    'a response from 101 on has a To tag, within a dialog that of the request',
    toTags,
  ),
  rule('R34', '3261, section 8.2.1', '405 says which methods are allowed', needs(405, 'allow')),
  rule('R35', '3261, sections 8.2.2.3 and 16.3', '420 says what is not supported', needs(420, 'unsupported')),
  rule(
    'R36',
    '3261, section 8.2.3',
    '415 says what is accepted',
    needs(415, 'accept', 'accept-encoding', 'accept-language'),
  ),
  rule('R38', '3261, sections 12.2.2 and 15.1.2', 'a request of a dialog that is over gets 481', lost, 'warning'),
  rule('R39', '3261, section 9.2', 'a CANCEL in time gets 200', cancelled),
  rule('R39-INVITE', '3261, section 9.2', 'an INVITE that is cancelled in time gets 487', givenUp, 'warning'),
  rule('R40', '3261, section 9.1', 'only an INVITE that has a provisional response is cancelled', cancelling),
  rule('R43', '3261, sections 14.1 and 14.2', 'INVITEs that cross each other within a dialog are refused', crossing),
  rule(
    'R45',
    '4320, section 4',
    'a request other than INVITE gets no provisional response but 100, and no 408',
    (record) =>
      answered(record)
        .filter(({ request }) => request.message.method !== 'INVITE')
        .map((response) => {
          const { status } = response.message;
          const kept = status !== 408 && (status >= 200 || status === 100);
          return occasion(
            response,
            '$.status',
            kept,
            `it may be no provisional response but 100 and no 408, got ${status}`,
          );
        }),
    'warning',
  ),
  rule('P12', '3261, sections 16.7 and 17.1.4', 'a request gets one final response', oneFinal),
];
