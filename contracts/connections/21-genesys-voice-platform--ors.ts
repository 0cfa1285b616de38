import { errorBody, jsonType, sidecarWithoutUpstream } from '../common/http-common.ts';
import { cookieUnread, eventPath, notStored, ownedElsewhere, ownersAddress, states } from '../common/ors.ts';
import {
  assumed,
  type Basis,
  destination,
  type FreePart,
  type Interaction,
  inferred,
  type ProviderState,
  source,
} from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { regex, string, type Template, text, values } from '../matchers.ts';
import type { HttpMessage } from '../messages/http.ts';
import { world } from '../world.ts';

type Exchange = Interaction<HttpMessage>;

const { uuid: callUuid, ani, dnis } = world.call;
const { id: sessionId } = world.orsSession;
const { requestId } = world.dialog;
const { events, callData } = dialect.http.ors;
const donePath = eventPath(sessionId, events.dialogDone);

const routesAssumed = assumed('a read of the call data by its UUID: no public document lists what this port serves');
const eventsAssumed = assumed("names of the events and their fields; the route is that of ORS's documented interface");
const ended = inferred('hang-up ends the session, and what comes later finds none');

/** What an answer to an event says beside its status. */
const onlyStatus: readonly FreePart[] = [
  ...cookieUnread,
  { path: '$.headers.cache-control', reason: 'no cache keeps the answer to such a POST' },
];

const readCallData = (accept: Template<string>) => ({
  method: 'GET',
  path: callData(callUuid),
  query: { sid: sessionId, requestid: requestId },
  headers: { accept },
});
const readJson = readCallData(
  regex('^application/json(, ?application/xml(;q=[0-9.]+)?)?$', 'application/json, application/xml'),
);
const readXml = readCallData('application/xml');

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const dialogDone = {
  method: 'POST',
  path: donePath,
  headers: form,
  body: { requestid: requestId, result: 'ok', digits: regex('^[0-9*#]+$', '1234') },
};
const dialogStart = {
  method: 'POST',
  path: eventPath(sessionId, events.dialogStart),
  headers: form,
  body: { requestid: requestId },
};

/** An element of XML with this text, anywhere in it. */
const holds = (name: string, pattern: string) => `(?=[\\s\\S]*<${name}>${pattern}</${name}>)`;
const xmlExample = [
  '<?xml version="1.0" encoding="UTF-8"?>',
  `<calldata><callUuid>${callUuid}</callUuid><sessionId>${sessionId}</sessionId><ani>${ani}</ani><dnis>${dnis}</dnis>`,
  '<language>en-US</language><userData><topic>billing</topic></userData></calldata>',
].join('\n');
const languagePattern = '[a-z]{2}(-[A-Z]{2})?';
const numberPattern = '\\+?[0-9]+';

/** An event that the session takes. */
function taken(description: string, request: Template<HttpMessage>): Exchange {
  return {
    description,
    basis: eventsAssumed,
    given: [states.dialogAwaited],
    free: onlyStatus,
    steps: [source<HttpMessage>(request), destination<HttpMessage>({ status: 200 })],
  };
}

/** An event that the session does not take; GVP raises an error of its status in the dialog. */
function refused(
  description: string,
  basis: Basis,
  given: ProviderState,
  request: Template<HttpMessage>,
  status: number,
): Exchange {
  return {
    description,
    negative: true,
    basis,
    given: [given],
    free: onlyStatus,
    steps: [
      source<HttpMessage>(request),
      destination<HttpMessage>({
        status,
        headers: { 'content-type': jsonType },
        body: errorBody(status, `session ${sessionId} does not wait for this dialog`),
      }),
    ],
  };
}

/**
 * Call data for a VoiceXML dialog on GVP, and what the dialog tells the session that it belongs to: a request id pairs the
 * two. The port is another than that of the general interface, with fewer routes.
 */
export default defineContract<HttpMessage>({
  connection: 21,
  port: 11200,
  interactions: [
    {
      description: 'read the call data at the start of a dialog',
      basis: routesAssumed,
      given: [states.callInSession],
      steps: [
        source<HttpMessage>(readJson),
        destination<HttpMessage>({
          status: 200,
          headers: { 'content-type': jsonType, 'cache-control': notStored },
          body: {
            callUuid,
            sessionId,
            ani: text(regex(`^${numberPattern}$`, ani)),
            dnis: text(regex(`^${numberPattern}$`, dnis)),
            language: text(regex(`^${languagePattern}$`, 'en-US')),
            userData: values<Record<string, string>>({ topic: string('billing') }),
          },
        }),
      ],
    },
    {
      description: 'read the call data as XML, for the data element of VoiceXML',
      basis: assumed(
        'an element for each field below one root; that XML is what is read, VoiceXML 2.1 says (section 5)',
      ),
      given: [states.callInSession],
      steps: [
        source<HttpMessage>(readXml),
        destination<HttpMessage>({
          status: 200,
          headers: {
            'content-type': regex('^(application|text)/xml(;[^,]*)?$', 'application/xml'),
            'cache-control': notStored,
          },
          body: regex(
            [
              '^',
              holds('callUuid', callUuid),
              holds('sessionId', sessionId),
              holds('ani', numberPattern),
              holds('dnis', numberPattern),
              holds('language', languagePattern),
              holds('userData', '[\\s\\S]*'),
              '(<\\?xml[^>]*\\?>\\s*)?<calldata>[\\s\\S]*</calldata>\\s*$',
            ].join(''),
            xmlExample,
          ),
        }),
      ],
    },
    taken('tell that the dialog has started', dialogStart),
    taken('return the result of the dialog', dialogDone),
    {
      description: 'read the data of a call that is gone',
      negative: true,
      basis: assumed('a 404, which VoiceXML 2.0 turns into error.badfetch.http.404 (section 5.2.6)'),
      given: [states.noCall],
      steps: [
        source<HttpMessage>(readJson),
        destination<HttpMessage>({
          status: 404,
          headers: { 'content-type': jsonType, 'cache-control': notStored },
          body: errorBody(404, `call ${callUuid} not found`),
        }),
      ],
    },
    refused(
      'return the result of a dialog that the session no longer waits for',
      assumed(
        'the request id pairs a dialog with the request for it; one that is over is in conflict with the session',
      ),
      states.laterDialogAwaited,
      dialogDone,
      409,
    ),
    refused('return the result of a dialog after hang-up', ended, states.dialogEnded, dialogDone, 404),
    refused('tell that the dialog has started after hang-up', ended, states.dialogEnded, dialogStart, 404),
    {
      description: 'return the result of the dialog to a node that does not own the session',
      negative: true,
      basis: inferred('calls back into a session go to the node that runs it, or by the documented 307 to that node'),
      given: [ownedElsewhere(sessionId)],
      free: onlyStatus,
      steps: [
        source<HttpMessage>(dialogDone),
        destination<HttpMessage>({ status: 307, headers: { location: ownersAddress(donePath) } }),
      ],
    },
    {
      description: 'read the call data while ORS answers later than the fetch waits',
      negative: true,
      basis: assumed('a fetch has a limit, 10 s where the page sets none; it is shortened here'),
      given: [states.callInSession, states.silent],
      stepTimeoutMs: 300,
      steps: [source<HttpMessage>(readJson), destination<HttpMessage>({ fault: 'timeout' })],
    },
    sidecarWithoutUpstream('read the call data while ORS is down', states.down, readJson),
  ],
});
