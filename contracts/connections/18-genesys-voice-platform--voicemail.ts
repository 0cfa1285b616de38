import { sidecarWithoutUpstream } from '../common/http-common.ts';
import { wav } from '../common/object-storage.ts';
import {
  announced,
  audioBytes,
  callAudioPath,
  callMessagePath,
  directives,
  etag,
  forwardTarget,
  knownEtag,
  missingMessageId,
  promptPath,
  states,
} from '../common/voicemail.ts';
import { postingSubmit, tag, vxmlPage, vxmlType } from '../common/vxml.ts';
import { assumed, type Basis, destination, documented, type Interaction, inferred, source } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { arrayContaining, fromState, type Json, type Matcher, regex, statusCode, string } from '../matchers.ts';
import type { HttpMessage } from '../messages/http.ts';
import { world } from '../world.ts';

type Exchange = Interaction<HttpMessage>;

const routes = dialect.http.voicemail;
const { number: mailbox, messageId } = world.mailbox;
const tenant = world.tenant.name;

const callId = regex(dialect.sip.callUuid.pattern, world.call.uuid);
const phoneNumber = (example: string) => regex('^[+]?[0-9]+$', example);
const form = {
  'content-type': regex('^application/x-www-form-urlencoded(;[^,]*)?$', 'application/x-www-form-urlencoded'),
};

const namesAssumed = assumed('pages below the entry page, and all names of fields: no public document has them');
const errorsArePages = inferred('a call hears what went wrong as a page; HTTP errors are left to the infrastructure');

/** A page with what happens in the call right now: it is never good for a second call. */
const page = (body: Matcher<string>) =>
  destination<HttpMessage>({ status: 200, headers: { 'content-type': vxmlType, 'cache-control': 'no-store' }, body });

/** A page that only has to be one: it says something and ends, or goes on. */
const anyPage = page(vxmlPage('<form><block>Thank you.<exit/></block></form>'));

const pinField = '<field name="pin" type="digits"/>';
const loginSubmit = `<submit next="${routes.login}" method="post"/>`;

const openDeposit = source<HttpMessage>({
  method: 'GET',
  path: routes.entry,
  query: { tenant, mode: 'deposit', mailbox, ani: phoneNumber(world.call.ani), callid: callId },
});

const logIn = (pin: Matcher<string> | string) =>
  source<HttpMessage>({
    method: 'POST',
    path: routes.login,
    headers: form,
    body: { mailbox, pin, callid: callId },
  });

const field = (name: string, body: Matcher<string> | string) => ({ name, contentType: 'text/plain', body });

/** The recording is one part; every other variable of the page is one more, in any order. */
const deposit = source<HttpMessage>({
  method: 'POST',
  path: routes.deposit,
  headers: {
    'content-type': regex('^multipart/form-data;[^,]*boundary=[^,]+$', 'multipart/form-data; boundary=voxpact-part'),
  },
  body: arrayContaining<Json>(
    { name: 'audio', filename: string('message.wav'), contentType: 'audio/wav', body: wav },
    field('mailbox', mailbox),
    field('callerId', phoneNumber(world.call.ani)),
    field('duration', regex('^[0-9]+$', '4200')),
    field('priority', regex('^(normal|high)$', 'normal')),
  ),
});

const play = (id: string) =>
  source<HttpMessage>({
    method: 'GET',
    path: callAudioPath(id),
    query: { token: fromState('token', 'sample-token', regex('^[A-Za-z0-9._~-]+$', 'sample-token')) },
  });

/** What a caller does with a message that was heard. */
function handled(
  description: string,
  basis: Basis,
  fields: Record<string, string>,
  given = [states.hasMessage],
): Exchange {
  return {
    description,
    basis,
    given,
    steps: [
      source<HttpMessage>({ method: 'POST', path: callMessagePath(messageId), headers: form, body: fields }),
      anyPage,
    ],
  };
}

const promptHeaders = { etag, 'cache-control': directives('public', 'max-age=86400') };
const freshness = assumed('a recording that is the same for every caller is good for a day, and has an entity tag');

/**
 * Voicemail's pages for the telephone. What a call meets - a wrong PIN, a full mailbox - is a page with status 200.
 * A page is judged by what the interpreter needs of it; where it leads is its own affair.
 */
export default defineContract<HttpMessage>({
  connection: 18,
  port: 8081,
  interactions: [
    {
      description: 'open the entry page to leave a message',
      basis: documented(
        'Feature Server, sample deployment: the IVR profile begins at /fs (names in the query are assumed)',
      ),
      given: [states.hasRoom],
      steps: [
        openDeposit,
        page(
          vxmlPage(
            `<form><record name="audio" maxtime="120s"/><block><submit next="${routes.deposit}" method="post" ` +
              'enctype="multipart/form-data"/></block></form>',
            [tag('record', { maxtime: '[0-9]*[.]?[0-9]+m?s' }), postingSubmit({ enctype: 'multipart/form-data' })],
          ),
        ),
      ],
    },
    {
      description: 'open the entry page to hear messages',
      basis: namesAssumed,
      given: [states.hasPassword],
      steps: [
        source<HttpMessage>({
          method: 'GET',
          path: routes.entry,
          query: { tenant, mode: 'access', ani: phoneNumber(mailbox) },
        }),
        page(
          vxmlPage(`<form><field name="mailbox" type="digits"/>${pinField}<block>${loginSubmit}</block></form>`, [
            tag('field', { name: 'mailbox' }),
            tag('field', { name: 'pin' }),
            postingSubmit(),
          ]),
        ),
      ],
    },
    {
      description: 'log in: the menu says how many messages are new and saved',
      basis: documented(
        'Feature Server, provisioning mailboxes: the first password is the number (the form is assumed)',
      ),
      given: [states.hasPassword],
      steps: [
        logIn(mailbox),
        page(
          vxmlPage('<form><field name="choice">3 new messages, 5 saved messages.</field></form>', [
            tag('field|menu'),
            `[^0-9]${announced.newMessages}[^0-9].*[^0-9]${announced.savedMessages}[^0-9]`,
          ]),
        ),
      ],
    },
    {
      description: 'leave a message',
      basis: documented(
        'VoiceXML 2.0, section 5.3.8: recordings are submitted as multipart/form-data (names are assumed)',
      ),
      given: [states.hasRoom],
      steps: [deposit, anyPage],
    },
    {
      description: 'play a message',
      basis: assumed('the menu page links each message to its audio, with a token of the call'),
      given: [states.hasMessage],
      steps: [
        play(messageId),
        destination<HttpMessage>({
          status: 200,
          headers: {
            'content-type': 'audio/wav',
            'content-length': regex('^[1-9][0-9]*$', String(audioBytes)),
            'accept-ranges': 'bytes',
            'cache-control': 'no-store',
          },
          body: wav,
        }),
      ],
    },
    handled('save a message', namesAssumed, { action: 'save' }),
    handled('delete a message', namesAssumed, { action: 'delete' }),
    handled(
      'forward a message',
      inferred('the predecessor forwards messages; the fields of the form are assumed'),
      { action: 'forward', target: forwardTarget },
      [states.hasMessage, states.targetHasRoom],
    ),
    {
      description: 'fetch a recording that is the same for every caller',
      basis: freshness,
      given: [states.promptExists],
      free: [{ path: '$.headers.accept-ranges', reason: 'a recording of a few seconds is fetched whole' }],
      steps: [
        source<HttpMessage>({ method: 'GET', path: promptPath }),
        destination<HttpMessage>({
          status: 200,
          headers: { ...promptHeaders, 'content-type': regex('^audio/(x-)?wav$', 'audio/wav') },
          body: wav,
        }),
      ],
    },
    {
      description: 'ask whether the recording has changed since: 304 without a body',
      basis: documented('RFC 9110, section 15.4.5: 304 repeats the headers that 200 would have (the rest is assumed)'),
      given: [states.promptExists],
      steps: [
        source<HttpMessage>({ method: 'GET', path: promptPath, headers: { 'if-none-match': knownEtag } }),
        destination<HttpMessage>({ status: 304, headers: promptHeaders }),
      ],
    },
    {
      description: 'log in with a wrong PIN: asked again',
      negative: true,
      basis: errorsArePages,
      given: [states.noFailedLogins],
      steps: [
        logIn(regex(`^(?!${mailbox}$)[0-9]*$`, '0000')),
        page(
          vxmlPage(`<form>${pinField}<block>${loginSubmit}</block></form>`, [
            tag('field', { name: 'pin' }),
            postingSubmit(),
          ]),
        ),
      ],
    },
    {
      description: 'log in to a mailbox that is locked: told so, and the call ends',
      negative: true,
      basis: documented('Feature Server, provisioning mailboxes: four failures lock a mailbox for ten minutes'),
      given: [states.locked],
      steps: [
        logIn(mailbox),
        page(vxmlPage('<form><block>It is locked.<exit/></block></form>', [tag('exit|disconnect')], [tag('field')])),
      ],
    },
    {
      description: 'open the entry page of a mailbox that is full: nothing is recorded',
      negative: true,
      basis: documented('Feature Server, provisioning mailboxes: a mailbox has a greatest number of messages'),
      given: [states.full],
      steps: [openDeposit, page(vxmlPage('<form><block>It is full.<exit/></block></form>', [], [tag('record')]))],
    },
    {
      description: 'leave a message while the storage is unreachable',
      negative: true,
      basis: documented('VoiceXML 2.0, section 5.2.6: error.badfetch.http.5xx (which of the two statuses is assumed)'),
      given: [states.storageUnreachable],
      steps: [deposit, destination<HttpMessage>({ status: statusCode([500, 503], 503) })],
    },
    {
      description: 'play a message that is gone',
      negative: true,
      basis: inferred('what a caller has deleted is not there for the next request'),
      given: [states.hasNoMessage],
      steps: [play(missingMessageId), destination<HttpMessage>({ status: 404 })],
    },
    sidecarWithoutUpstream('open the entry page while the service is down', states.down, openDeposit.content),
  ],
});
