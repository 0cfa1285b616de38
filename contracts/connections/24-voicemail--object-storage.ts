import {
  answered,
  anyMailbox,
  containerPath,
  contentMd5,
  emptyWavBytes,
  etag,
  etagOf,
  lastModified,
  mailboxName,
  messageName,
  messagesPrefix,
  objectPath,
  requestId,
  signedHeaders,
  states,
  unread,
  wav,
} from '../common/object-storage.ts';
import { destination, documented, type ProviderState, source } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { eachKey, regex } from '../matchers.ts';
import type { HttpMessage } from '../messages/http.ts';
import { world } from '../world.ts';

const { messageId, otherMessageId } = world.mailbox;
const messagePath = objectPath(messageName(messageId));
const blobService = (page: string) => documented(`Microsoft, Azure Storage REST API, Blob service: ${page}`);

const storeMessage = source<HttpMessage>({
  method: 'PUT',
  path: messagePath,
  headers: {
    ...signedHeaders,
    'x-ms-blob-type': 'BlockBlob',
    'content-type': 'audio/wav',
    'content-length': regex('^[1-9][0-9]*$', '44'),
  },
  body: wav,
});

const readMessage = (id: string) =>
  source<HttpMessage>({ method: 'GET', path: objectPath(messageName(id)), headers: signedHeaders });

/** A write that counts only while the mailbox is as it was read. */
const updateMailbox = (etagName: string) =>
  source<HttpMessage>({
    method: 'PUT',
    path: objectPath(mailboxName),
    headers: {
      ...signedHeaders,
      'x-ms-blob-type': 'BlockBlob',
      'content-type': 'application/json',
      'if-match': etagOf(etagName),
    },
    // The store does not look into it; any object will do.
    body: eachKey({ mailbox: world.mailbox.number, messages: [messageId] }, regex('^.+$', 'mailbox')),
  });

const stored = destination<HttpMessage>({
  status: 201,
  headers: { ...answered, etag, 'last-modified': lastModified, 'content-md5': contentMd5 },
});

const messageHeaders = {
  ...answered,
  'content-type': 'audio/wav',
  etag,
  'last-modified': lastModified,
  'x-ms-blob-type': 'BlockBlob',
  'accept-ranges': 'bytes',
};
const wholeMessageHeaders = { ...messageHeaders, 'content-md5': contentMd5 };

/** A refusal: the code stands in a header and in an XML body. */
function refused(
  description: string,
  given: ProviderState,
  request: typeof storeMessage,
  status: number,
  code: string,
) {
  return {
    description,
    negative: true,
    basis: blobService(`error codes, ${code}`),
    given: [given],
    free: anyMailbox,
    steps: [
      request,
      destination<HttpMessage>({
        status,
        headers: {
          'x-ms-error-code': code,
          'x-ms-request-id': requestId,
          'content-type': regex('^application/xml(;.*)?$', 'application/xml'),
        },
        body: regex(
          `[\\s\\S]*<Error>\\s*<Code>${code}</Code>\\s*<Message>[^<]+</Message>[\\s\\S]*`,
          `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`,
        ),
      }),
    ],
  } as const;
}

/**
 * Azure Blob storage as Voicemail's store. How the service answers is documented; that Voicemail keeps its messages by
 * these operations is inferred from what it must do, and the names of its objects are assumed (dialect). Signatures,
 * dates, request ids and ETags are judged by form only.
 */
export default defineContract<HttpMessage>({
  connection: 24,
  interactions: [
    {
      description: 'store a message',
      basis: blobService('Put Blob'),
      given: [states.containerExists],
      free: unread,
      steps: [storeMessage, stored],
    },
    {
      description: 'read the first bytes of a message',
      basis: blobService('Specifying the range header for Blob service operations'),
      given: [states.messageExists],
      free: unread,
      steps: [
        source<HttpMessage>({
          method: 'GET',
          path: messagePath,
          headers: { ...signedHeaders, range: regex('^bytes=0-[0-9]+$', 'bytes=0-3') },
        }),
        destination<HttpMessage>({
          status: 206,
          headers: { ...messageHeaders, 'content-range': regex('^bytes 0-[0-9]+/[0-9]+$', 'bytes 0-3/44') },
          body: regex('^UklGR.*$', 'UklGRg=='),
        }),
      ],
    },
    {
      description: 'read a message',
      basis: blobService('Get Blob'),
      given: [states.messageExists],
      free: unread,
      steps: [
        readMessage(messageId),
        destination<HttpMessage>({ status: 200, headers: wholeMessageHeaders, body: wav }),
      ],
    },
    {
      description: "read a message's metadata only",
      basis: blobService('Get Blob Properties'),
      given: [states.messageExists],
      free: unread,
      steps: [
        source<HttpMessage>({ method: 'HEAD', path: messagePath, headers: signedHeaders }),
        // The length of the body that GET would answer (RFC 9110, section 8.6).
        destination<HttpMessage>({
          status: 200,
          headers: { ...wholeMessageHeaders, 'content-length': String(emptyWavBytes) },
        }),
      ],
    },
    {
      description: 'update the mailbox that was read before',
      basis: blobService('Put Blob; Specifying conditional headers, If-Match'),
      given: [states.mailboxHasEtag],
      free: [...anyMailbox, ...unread],
      steps: [updateMailbox('etag'), stored],
    },
    {
      description: 'list the messages of a mailbox',
      basis: blobService('List Blobs'),
      given: [states.twoMessagesExist],
      free: unread,
      steps: [
        source<HttpMessage>({
          method: 'GET',
          path: containerPath,
          query: { restype: 'container', comp: 'list', prefix: messagesPrefix },
          headers: signedHeaders,
        }),
        destination<HttpMessage>({
          status: 200,
          headers: { ...answered, 'content-type': regex('^application/xml(;.*)?$', 'application/xml') },
          body: regex(
            `[\\s\\S]*<EnumerationResults [^>]*>[\\s\\S]*<Blobs>[\\s\\S]*<Blob><Name>${messageName(messageId)}</Name>` +
              `[\\s\\S]*<Blob><Name>${messageName(otherMessageId)}</Name>[\\s\\S]*</Blobs>\\s*<NextMarker ?/>[\\s\\S]*`,
            '<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="voicemail"><Blobs>' +
              `<Blob><Name>${messageName(messageId)}</Name></Blob><Blob><Name>${messageName(otherMessageId)}</Name></Blob>` +
              '</Blobs><NextMarker/></EnumerationResults>',
          ),
        }),
      ],
    },
    {
      description: 'delete a message',
      basis: blobService('Delete Blob'),
      given: [states.messageExists],
      free: unread,
      steps: [
        source<HttpMessage>({ method: 'DELETE', path: messagePath, headers: signedHeaders }),
        destination<HttpMessage>({ status: 202, headers: answered }),
      ],
    },
    refused('read a message that is gone', states.messageMissing, readMessage('m-404'), 404, 'BlobNotFound'),
    refused(
      'read a message with a key that is no longer valid',
      states.keyRotated,
      readMessage(messageId),
      403,
      'AuthenticationFailed',
    ),
    refused(
      'update a mailbox that somebody else has changed',
      states.mailboxHasNewEtag,
      updateMailbox('staleEtag'),
      412,
      'ConditionNotMet',
    ),
    refused('store a message while the storage is busy', states.busy, storeMessage, 503, 'ServerBusy'),
  ],
});
