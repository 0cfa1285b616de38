import { errorBody, jsonType, sidecarWithoutUpstream } from '../common/http-common.ts';
import { wav } from '../common/object-storage.ts';
import {
  audioBytes,
  counted,
  countedAfterwards,
  defaultProfile,
  knownEtag,
  missingMessageId,
  ownSettings,
  passwordResetPath,
  states,
  systemSettings,
  webMediaPath,
  webMessagePath,
} from '../common/voicemail.ts';
import {
  answerHeaders,
  asAdministrator,
  asAgent,
  audioHeaders,
  bearer,
  type HttpRequestTemplate,
  listedMessages,
  listMessages,
  media,
  ownMailboxes,
  profile,
  readMailboxes,
  readSettings,
  settings,
  wavHeaders,
} from '../common/voicemail-web.ts';
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
import { dialect } from '../dialect.ts';
import { arrayContaining, type Json, regex, type Template } from '../matchers.ts';
import type { HttpMessage, HttpResponse } from '../messages/http.ts';
import { world } from '../world.ts';

type Exchange = Interaction<HttpMessage>;
const { number: mailbox, messageId, othersNumber } = world.mailbox;
const { agentSignedIn, administratorSignedIn, ownsMailbox, lastNewMessageDeleted, exists, hasOwnSettings } = states;

const answered = (body: Template<Json>) => destination<HttpMessage>({ status: 200, headers: answerHeaders, body });
const routesAssumed = assumed(
  'routes and bodies below /fs: no public document has them, so a small REST shape stands in',
);
const mailboxSettings = documented(
  'Feature Server, provisioning mailboxes: settings of a mailbox (JSON names are assumed)',
);
const counters = inferred("the counters are those of the platform's public message-waiting event");

/** What changes something, and is answered by a status alone. */
function change(
  description: string,
  given: readonly ProviderState[],
  basis: Basis,
  request: HttpRequestTemplate,
  status = 200,
): Exchange {
  return { description, basis, given, steps: [source<HttpMessage>(request), destination<HttpMessage>({ status })] };
}

/** The recording of a message, or what is said of it. */
function audio(
  description: string,
  basis: Basis,
  request: HttpRequestTemplate,
  response: Template<HttpResponse>,
): Exchange {
  return {
    description,
    basis,
    given: [agentSignedIn, states.hasMessage],
    steps: [source<HttpMessage>(request), destination<HttpMessage>(response)],
  };
}

/** A refusal, in the envelope of the platform's public APIs. */
function refused(
  description: string,
  basis: Basis,
  given: readonly ProviderState[],
  request: HttpRequestTemplate,
  [code, message]: [code: number, message: string],
  headers: Record<string, Template<string>> = {},
): Exchange {
  return {
    description,
    negative: true,
    basis,
    given,
    steps: [
      source<HttpMessage>(request),
      destination<HttpMessage>({
        status: code,
        headers: { ...answerHeaders, ...headers },
        body: errorBody(code, message),
      }),
    ],
  };
}

const challenge = {
  'www-authenticate': regex('^Bearer( [a-z_]+="[^"]*"(, ?[a-z_]+="[^"]*")*)?$', 'Bearer'),
};
const tokenNeeded = inferred('the service asks GWS who the user is, so there has to be a token (RFC 6750, section 3)');
const ownOnly = inferred('a user sees the own mailboxes only, and administration is for administrators');
const range = (section: string) => documented(`RFC 9110, section ${section} (that recordings have ranges is assumed)`);

/**
 * What Workspace asks for its user and Agent Setup for an administrator. How Voicemail in turn asks GWS whose token it was
 * given is another flow of the same row.
 */
export default defineContract<HttpMessage>({
  connection: 19,
  port: 8081,
  interactions: [
    {
      description: 'read the own mailboxes: a new message is waiting',
      basis: counters,
      given: [agentSignedIn, ownsMailbox],
      steps: [source<HttpMessage>(readMailboxes), answered(ownMailboxes(counted))],
    },
    {
      description: 'read the own mailboxes after the last new message was deleted: nothing is waiting',
      basis: counters,
      given: [agentSignedIn, lastNewMessageDeleted],
      steps: [source<HttpMessage>(readMailboxes), answered(ownMailboxes(countedAfterwards))],
    },
    {
      description: 'list the new messages of the own mailbox',
      basis: routesAssumed,
      given: [agentSignedIn, states.hasMessage],
      free: [{ path: '$.body.messages[*].expiresAt', reason: 'only messages that are not kept for ever have one' }],
      steps: [source<HttpMessage>(listMessages(mailbox)), answered(listedMessages)],
    },
    audio('hear a message', routesAssumed, media('GET'), { status: 200, headers: wavHeaders, body: wav }),
    audio(
      'hear a message from its first byte on',
      range('15.3.7'),
      media('GET', { range: regex('^bytes=0-[0-9]*$', 'bytes=0-') }),
      {
        status: 206,
        headers: {
          ...wavHeaders,
          'content-range': regex('^bytes 0-[0-9]+/[0-9]+$', `bytes 0-${audioBytes - 1}/${audioBytes}`),
        },
        body: regex('^UklGR.*$', wav.value as string),
      },
    ),
    audio('ask how long a message is', range('9.3.2'), media('HEAD'), {
      status: 200,
      headers: { ...wavHeaders, 'content-length': String(audioBytes) },
    }),
    audio(
      'hear a message again: 304, as it never changes',
      documented('RFC 9110, section 15.4.5 (that recordings have an entity tag is assumed)'),
      media('GET', { 'if-none-match': knownEtag }),
      { status: 304, headers: audioHeaders },
    ),
    change('save a message', [agentSignedIn, states.hasMessage], routesAssumed, {
      method: 'PUT',
      path: webMessagePath(mailbox, messageId),
      headers: { ...asAgent, 'content-type': jsonType },
      body: { status: 'saved' },
    }),
    change(
      'delete a message',
      [agentSignedIn, states.hasMessage],
      routesAssumed,
      { method: 'DELETE', path: webMessagePath(mailbox, messageId), headers: asAgent },
      204,
    ),
    {
      description: 'read the settings of a mailbox that leaves them to the system',
      basis: mailboxSettings,
      given: [administratorSignedIn, exists],
      steps: [source<HttpMessage>(readSettings), answered(settings(systemSettings))],
    },
    {
      description: 'read the settings of a mailbox that has its own',
      basis: mailboxSettings,
      given: [administratorSignedIn, hasOwnSettings],
      steps: [source<HttpMessage>(readSettings), answered(settings(ownSettings))],
    },
    change(
      'unlock a mailbox',
      [administratorSignedIn, states.locked],
      documented('Feature Server, provisioning mailboxes: an administrator unlocks (route and body are assumed)'),
      {
        ...readSettings,
        method: 'PUT',
        headers: { ...asAdministrator, 'content-type': jsonType },
        body: { status: 'Active' },
      },
    ),
    change(
      'reset a PIN to the number of the mailbox',
      [administratorSignedIn, states.locked],
      documented(
        'Feature Server, provisioning mailboxes: a reset makes the number the PIN again (the route is assumed)',
      ),
      { method: 'POST', path: passwordResetPath(mailbox), headers: asAdministrator },
    ),
    {
      description: 'read the profiles',
      basis: documented('Agent Setup, voicemail profiles: 1 to 100 days, or no limit (JSON names are assumed)'),
      given: [administratorSignedIn, states.defaultProfile, states.unlimitedProfile],
      steps: [
        source<HttpMessage>({ method: 'GET', path: dialect.http.voicemail.profiles, headers: asAdministrator }),
        answered({
          profiles: arrayContaining<Json>(profile('Default', defaultProfile.retentionDays), profile('Unlimited', null)),
        }),
      ],
    },
    {
      ...refused(
        'read the own mailboxes without a token',
        tokenNeeded,
        [ownsMailbox],
        { method: 'GET', path: dialect.http.voicemail.userMailboxes },
        [401, 'a bearer token is needed'],
        challenge,
      ),
      only: { side: 'destination', reason: 'a source that keeps the contract sends a token with every request' },
    },
    refused(
      'read the own mailboxes with a token that is rejected',
      tokenNeeded,
      [states.tokenInvalid],
      { ...readMailboxes, headers: bearer(world.tokens.expired) },
      [401, 'the token is not valid'],
      challenge,
    ),
    refused(
      'list the messages of a mailbox of somebody else',
      ownOnly,
      [agentSignedIn, states.doesNotOwnMailbox],
      listMessages(othersNumber),
      [403, `mailbox ${othersNumber} belongs to somebody else`],
    ),
    refused(
      'read the settings of a mailbox without being an administrator',
      ownOnly,
      [agentSignedIn, exists],
      { ...readSettings, headers: asAgent },
      [403, 'this is for administrators'],
    ),
    refused(
      'hear a message that is gone',
      assumed('a message that is not there is a 404'),
      [agentSignedIn, states.hasNoMessage],
      { method: 'GET', path: webMediaPath(mailbox, missingMessageId), headers: asAgent },
      [404, `message ${missingMessageId} not found`],
    ),
    refused(
      'hear a message from a byte on that it does not have',
      range('15.5.17'),
      [agentSignedIn, states.hasMessage],
      media('GET', { range: regex('^bytes=[1-9][0-9]{6,}-$', 'bytes=1000000-') }),
      [416, 'the recording is shorter'],
      { 'content-range': `bytes */${audioBytes}` },
    ),
    sidecarWithoutUpstream('read the own mailboxes while the service is down', states.down, readMailboxes),
  ],
});
