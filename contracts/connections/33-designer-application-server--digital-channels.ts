import {
  closePath,
  failed,
  mediaPath,
  messagesPath,
  sessionPath,
  signed,
  states,
  succeeded,
  withApiKey,
} from '../common/digital-channels.ts';
import { jsonType, sidecarWithoutUpstream } from '../common/http-common.ts';
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
import {
  bind,
  bound,
  eachLike,
  integer,
  type Json,
  regex,
  statusCode,
  string,
  type Template,
  text,
  uuid,
  values,
} from '../matchers.ts';
import type { HttpMessage } from '../messages/http.ts';
import { world } from '../world.ts';

type Exchange = Interaction<HttpMessage>;

const { sessionId, messageId, laterMessageId, clientMessageId } = world.chat;
const messagingApi =
  'Digital Channels, Third-party messaging API (PEC-Developer/Current/WebAPIs/Third-party_messaging)';

const json = { 'content-type': jsonType };
const sessionAssumed = assumed('routes and fields of a chat session: what Designer calls is in no public document');
const accessRefused = inferred('headers that prove who calls are required, so what they do not prove is refused');

const someText = (example: string) => text(regex('^[\\s\\S]+$', example));
const fromSystem = { role: 'system' };
const textMessage = { type: 'Text', text: someText('Hello'), from: fromSystem };
const send = (body: Template<Json>) => ({
  method: 'POST',
  path: messagesPath,
  headers: { ...json, ...withApiKey },
  body,
});
const sendText = send(textMessage);

/** The first bytes of a PNG file. */
const png = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1').toString('base64');
const upload = (parts: Template<Json>) => ({
  method: 'POST',
  path: mediaPath,
  headers: {
    ...signed,
    'content-type': regex('^multipart/form-data;[^,]*boundary=[^,]+$', 'multipart/form-data; boundary=voxpact-part'),
  },
  body: parts,
});
const uploadFile = upload([
  {
    name: 'file',
    filename: bind('filename', string('menu.png')),
    contentType: bind('mimetype', regex('^[a-z]+/[^,]+$', 'image/png')),
    body: regex('^[A-Za-z0-9+/]+={0,2}$', png),
  },
]);

/** A request to an open session that succeeds. */
function answered(
  description: string,
  basis: Basis,
  request: Template<HttpMessage>,
  data?: Record<string, Template<Json>>,
): Exchange {
  const body = data === undefined ? succeeded : { ...succeeded, data };
  return {
    description,
    basis,
    given: [states.sessionOpen],
    steps: [source<HttpMessage>(request), destination<HttpMessage>({ status: 200, headers: json, body })],
  };
}

/** A request that ends in an error, which the envelope tells. */
function refused(
  description: string,
  basis: Basis,
  given: ProviderState,
  request: Template<HttpMessage>,
  status: Template<number>,
  error: ReturnType<typeof failed>,
): Exchange {
  return {
    description,
    negative: true,
    basis,
    given: [given],
    steps: [source<HttpMessage>(request), destination<HttpMessage>({ status, headers: json, body: error })],
  };
}

const unauthorized = statusCode([401, 403], 401);

/**
 * What a Designer application does in a chat. The table names the Designer Application Server as the source; on the wire it
 * is ORS that runs the application. A session stays open when an agent leaves, until it is closed.
 */
export default defineContract<HttpMessage>({
  connection: 33,
  port: 80,
  interactions: [
    answered(
      'send text to the customer',
      documented(`${messagingApi}: envelope of an answer; the base path is that of published chat widgets`),
      sendText,
      { messageId: text(uuid(laterMessageId)) },
    ),
    answered(
      'send a message with choices to the customer',
      sessionAssumed,
      send({
        type: 'Structured',
        content: {
          text: someText('How can we help?'),
          replies: eachLike<Json>({ id: someText('1'), text: someText('Billing') }),
        },
        from: fromSystem,
      }),
      { messageId: text(uuid(laterMessageId)) },
    ),
    answered(
      'send a message again: the same message id',
      assumed("a client's own id marks a message that is sent again; it must not come twice"),
      send({ ...textMessage, clientMessageId }),
      { messageId },
    ),
    answered(
      'read the session',
      sessionAssumed,
      { method: 'GET', path: sessionPath, headers: withApiKey },
      {
        sessionId,
        state: 'open',
        channel: 'webchat',
        participants: eachLike<Json>({ role: string('customer'), nickname: string('Cal') }),
        userData: values<Record<string, string>>({ topic: string('billing') }),
      },
    ),
    answered(
      'read what was said after a message',
      sessionAssumed,
      {
        method: 'GET',
        path: messagesPath,
        query: { after: messageId, limit: regex('^[1-9][0-9]*$', '50') },
        headers: withApiKey,
      },
      {
        messages: [
          { messageId: laterMessageId, type: 'Text', text: someText('Hi'), from: { role: string('customer') } },
        ],
      },
    ),
    answered('close the session', sessionAssumed, {
      method: 'POST',
      path: closePath,
      headers: { ...json, ...withApiKey },
      body: { reason: someText('completed') },
    }),
    {
      description: 'upload media for a message',
      basis: documented(`${messagingApi}: upload of media, with headers for contact center and signature`),
      given: [states.channelExists],
      steps: [
        source<HttpMessage>(uploadFile),
        destination<HttpMessage>({
          status: 200,
          headers: json,
          body: {
            ...succeeded,
            data: {
              mediaId: someText('media-1'),
              url: text(regex('^genesys://nexus/[^/]+$', 'genesys://nexus/media-1')),
              filename: bound('filename', 'menu.png'),
              mimetype: bound('mimetype', 'image/png'),
              length: integer(Buffer.from(png, 'base64').length),
            },
          },
        }),
      ],
    },
    refused(
      'send text to a session that is closed',
      assumed('a closed session is not found any more'),
      states.sessionClosed,
      sendText,
      404,
      failed(404, `chat session ${sessionId} not found`),
    ),
    {
      ...refused(
        'upload media without a file',
        inferred('the 400 is documented, what it is for is not; no request fits it better than one without the file'),
        states.channelExists,
        upload([{ name: 'comment', contentType: 'text/plain', body: 'no file' }]),
        400,
        failed(400, 'the part file is missing'),
      ),
      only: { side: 'destination', reason: 'a source that keeps the contract sends the file' },
    },
    refused(
      'send text with a key that is unknown',
      accessRefused,
      states.keyUnknown,
      sendText,
      unauthorized,
      failed(401, 'the api key is unknown'),
    ),
    refused(
      'upload media with a signature that is no longer valid',
      accessRefused,
      states.secretRotated,
      uploadFile,
      unauthorized,
      failed(401, 'the signature does not fit'),
    ),
    sidecarWithoutUpstream('send text while digital channels is down', states.down, sendText),
  ],
});
