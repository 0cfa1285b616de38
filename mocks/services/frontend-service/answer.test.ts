import { expect, test } from '@jest/globals';
import { commonExchanges } from '../../../contracts/common/frontend-service.ts';
import { accepted, refusedByTlib, requests } from '../../../contracts/common/tlib-request.ts';
import nodeContract from '../../../contracts/connections/39-frontend-service--voice-sip-cluster-service.ts';
import { compile, generate, match } from '../../../contracts/matching.ts';
import type { HttpFault, HttpResponse } from '../../../contracts/messages/http.ts';
import { answerBy } from './answer.ts';

const forwarded = { referenceId: 1001, sipNodeId: 'voice-sip-0' };
const headers = { 'content-type': 'application/json; charset=utf-8' };
const envelope = (code: number, message: string) => ({ status: { code, message } });

/** The answer that an interaction of connection 39 gives as its example. */
function nodeAnswer(description: string): HttpResponse | HttpFault {
  const interaction = nodeContract.interactions.find((each) => each.description === description);
  if (interaction === undefined) throw new Error(`no interaction "${description}"`);
  return generate(compile(interaction.steps[1]?.content), {}) as unknown as HttpResponse | HttpFault;
}

/** What connections 31 and 38 promise for a refusal. */
function promisedFor(description: string): unknown {
  const found = commonExchanges('route a call', requests.routeCall).find((each) => each.description === description);
  if (found === undefined) throw new Error(`no interaction "${description}"`);
  return found.steps[1]?.content;
}

test.each([
  ['route a call', accepted({ sipNodeId: 'voice-sip-0' }).content],
  ['make a call', accepted({ sipNodeId: 'voice-sip-0' }).content],
  ['attach data to a call of another node: asked once here, then there', refusedByTlib(404).content],
  ['route a call that is being released', refusedByTlib(409).content],
  ['attach data while the queue of the node is full', promisedFor('route a call while no SIP node is available')],
  ['attach data while the SIP Server of the node restarts', promisedFor('route a call while no SIP node is available')],
  [
    'attach data while the node is slower than the FrontEnd Service waits',
    promisedFor('route a call while its SIP node is slow'),
  ],
  ['attach data while the node is down', promisedFor('route a call while no SIP node is available')],
])('what a node answers to "%s" becomes what 31 and 38 promise', (description, promised) => {
  const answer = answerBy(nodeAnswer(description), forwarded);
  expect(match(compile(promised), answer, { strict: [], bindings: new Map([['referenceId', 1001]]) })).toEqual([]);
});

test("the switch's own number and words go through", () => {
  const body = { ...envelope(409, 'busy'), errorCode: 71, errorMessage: 'busy' };
  expect(answerBy({ status: 409, body }, forwarded)).toEqual({ status: 409, headers, body });
});

test('success names the node and keeps the reference id of the request', () => {
  const answer = answerBy({ status: 200, body: { referenceId: 5, accepted: true, callUuid: 'X' } }, forwarded);
  expect(answer).toEqual({
    status: 200,
    headers,
    body: { referenceId: 1001, accepted: true, sipNodeId: 'voice-sip-0' },
  });
});

test.each<[HttpResponse | HttpFault, number]>([
  [{ fault: 'timeout' }, 504],
  [{ fault: 'refused' }, 503],
  [{ fault: 'closed' }, 503],
  [{ status: 503, headers: { 'content-type': 'text/plain' }, body: 'no healthy upstream' }, 503],
  [{ status: 503, headers: { 'retry-after': '1' }, body: envelope(503, 'the queue is full') }, 503],
  [{ status: 500 }, 503],
  [{ status: 400, body: envelope(400, 'not a request') }, 503],
])('%j is %i', (node, status) => {
  expect(answerBy(node, forwarded)).toMatchObject({ status, body: { status: { code: status } } });
});
