import {
  anyMailbox,
  emptyWavBytes,
  lastModified,
  mailboxName,
  messageName,
  messagesPrefix,
  states,
  wav,
} from '../common/object-storage.ts';
import {
  amazonS3,
  answered,
  bucketPath,
  etag,
  etagOf,
  keyPath,
  refused,
  signedHeaders,
  unread,
  xml,
} from '../common/s3-storage.ts';
import { destination, source } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { eachKey, regex, string } from '../matchers.ts';
import type { HttpMessage } from '../messages/http.ts';
import { world } from '../world.ts';

const { messageId, otherMessageId } = world.mailbox;
const messagePath = keyPath(messageName(messageId));

/** AWS's own client libraries name the operation besides, others do not; the service takes no notice. */
const operation = (name: string) => eachKey<Record<string, string>>({ 'x-id': string(name) }, regex('^x-id$', 'x-id'));

const storeMessage = source<HttpMessage>({
  method: 'PUT',
  path: messagePath,
  query: operation('PutObject'),
  headers: {
    ...signedHeaders,
    'content-type': 'audio/wav',
    'content-length': regex('^[1-9][0-9]*$', '44'),
  },
  body: wav,
});

const operations = { GET: 'GetObject', HEAD: 'HeadObject', DELETE: 'DeleteObject' } as const;
const requestMessage = (method: 'GET' | 'HEAD' | 'DELETE', id: string) =>
  source<HttpMessage>({
    method,
    path: keyPath(messageName(id)),
    query: operation(operations[method]),
    headers: signedHeaders,
  });

/** A write that counts only while the mailbox is as it was read. */
const updateMailbox = (etagName: string) =>
  source<HttpMessage>({
    method: 'PUT',
    path: keyPath(mailboxName),
    query: operation('PutObject'),
    headers: { ...signedHeaders, 'content-type': 'application/json', 'if-match': etagOf(etagName) },
    // The store does not look into it; any object will do.
    body: eachKey({ mailbox: world.mailbox.number, messages: [messageId] }, regex('^.+$', 'mailbox')),
  });

const stored = destination<HttpMessage>({ status: 200, headers: { ...answered, etag } });

const deleted = destination<HttpMessage>({ status: 204, headers: answered });

const messageHeaders = { ...answered, 'content-type': 'audio/wav', etag, 'last-modified': lastModified };

const entry = (id: string) => `<Contents>[\\s\\S]*<Key>${messageName(id)}</Key>[\\s\\S]*</Contents>`;

/**
 * AWS S3 as Voicemail's store, by the same states as Azure Blob storage. How the service answers is documented; that
 * Voicemail keeps its messages by these operations is inferred from what it must do, and the names of its objects are assumed
 * (dialect). Signatures, dates, request ids and ETags are judged by form only. A store of the S3 protocol that knows no
 * conditional writes, which came late to it, loses updates and is refused for that.
 */
export default defineContract<HttpMessage>({
  connection: 24,
  part: { name: 's3' },
  interactions: [
    {
      description: 'store a message in S3',
      basis: amazonS3('PutObject'),
      given: [states.containerExists],
      free: unread,
      steps: [storeMessage, stored],
    },
    {
      description: 'read the first bytes of a message from S3',
      basis: amazonS3('GetObject, Range'),
      given: [states.messageExists],
      free: unread,
      steps: [
        source<HttpMessage>({
          method: 'GET',
          path: messagePath,
          query: operation('GetObject'),
          headers: { ...signedHeaders, range: regex('^bytes=0-[0-9]+$', 'bytes=0-3') },
        }),
        destination<HttpMessage>({
          status: 206,
          headers: {
            ...messageHeaders,
            'accept-ranges': 'bytes',
            'content-range': regex('^bytes 0-[0-9]+/[0-9]+$', 'bytes 0-3/44'),
          },
          body: regex('^UklGR.*$', 'UklGRg=='),
        }),
      ],
    },
    {
      description: 'read a message from S3',
      basis: amazonS3('GetObject'),
      given: [states.messageExists],
      free: unread,
      steps: [
        requestMessage('GET', messageId),
        destination<HttpMessage>({ status: 200, headers: messageHeaders, body: wav }),
      ],
    },
    {
      description: "read a message's metadata only from S3",
      basis: amazonS3('HeadObject'),
      given: [states.messageExists],
      free: unread,
      steps: [
        requestMessage('HEAD', messageId),
        // The length of the body that GET would answer (RFC 9110, section 8.6).
        destination<HttpMessage>({
          status: 200,
          headers: { ...messageHeaders, 'content-length': String(emptyWavBytes) },
        }),
      ],
    },
    {
      description: 'update the mailbox in S3 that was read before',
      basis: amazonS3('PutObject, If-Match'),
      given: [states.mailboxHasEtag],
      free: [...anyMailbox, ...unread],
      steps: [updateMailbox('etag'), stored],
    },
    {
      description: 'list the messages of a mailbox in S3',
      basis: amazonS3('ListObjectsV2'),
      given: [states.twoMessagesExist],
      free: unread,
      steps: [
        source<HttpMessage>({
          method: 'GET',
          // Some clients end it with a slash.
          path: regex(`^${bucketPath}/?$`, bucketPath),
          query: { 'list-type': '2', prefix: messagesPrefix },
          headers: signedHeaders,
        }),
        destination<HttpMessage>({
          status: 200,
          headers: { ...answered, 'content-type': xml },
          body: regex(
            '[\\s\\S]*<ListBucketResult[^>]*>[\\s\\S]*<IsTruncated>false</IsTruncated>[\\s\\S]*' +
              `${entry(messageId)}\\s*${entry(otherMessageId)}[\\s\\S]*</ListBucketResult>\\s*`,
            '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
              `<IsTruncated>false</IsTruncated><Contents><Key>${messageName(messageId)}</Key></Contents>` +
              `<Contents><Key>${messageName(otherMessageId)}</Key></Contents></ListBucketResult>`,
          ),
        }),
      ],
    },
    {
      description: 'delete a message from S3',
      basis: amazonS3('DeleteObject'),
      given: [states.messageExists],
      free: unread,
      steps: [requestMessage('DELETE', messageId), deleted],
    },
    {
      description: 'delete a message that is gone from S3',
      basis: amazonS3('DeleteObject'),
      given: [states.messageMissing],
      free: unread,
      steps: [requestMessage('DELETE', 'm-404'), deleted],
    },
    refused(
      'read a message that is gone from S3',
      states.messageMissing,
      requestMessage('GET', 'm-404'),
      404,
      'NoSuchKey',
    ),
    refused(
      'read a message from S3 with a key that is no longer valid',
      states.keyRotated,
      requestMessage('GET', messageId),
      403,
      'SignatureDoesNotMatch|AccessDenied',
    ),
    refused(
      'update a mailbox in S3 that somebody else has changed',
      states.mailboxHasNewEtag,
      updateMailbox('staleEtag'),
      412,
      'PreconditionFailed',
    ),
    refused('store a message in S3 while the storage is busy', states.busy, storeMessage, 503, 'SlowDown'),
  ],
});
