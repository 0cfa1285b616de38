import type { HttpFault, HttpResponse } from '../../../contracts/messages/http.ts';
import { refuse } from '../../common/http-replies.ts';
import { ok, refuseByTlib, type TlibError } from '../voice-sip-cluster-service/replies.ts';

/** What the FrontEnd Service knows of a request when a node has answered it, or has not. */
export interface Forwarded {
  referenceId: number;
  sipNodeId: string;
}

/**
 * What the FrontEnd Service tells its source (connections 31 and 38) by what the SIP node told it (connection 39): success
 * with the node's name, the refusals of the switch in TLib's own words, 504 for a node that is slow, and 503 for one that can
 * do nothing for any other reason.
 */
export function answerBy(node: HttpResponse | HttpFault, { referenceId, sipNodeId }: Forwarded): HttpResponse {
  if ('fault' in node) {
    return node.fault === 'timeout' ? refuse(504, 'the SIP node did not answer in time') : unavailable();
  }
  switch (node.status) {
    case 200:
      return ok({ referenceId, accepted: true, sipNodeId });
    case 404:
    case 409:
      return refuseByTlib(node.status, node.body as unknown as TlibError);
    default:
      return unavailable();
  }
}

function unavailable(): HttpResponse {
  return refuse(503, 'no SIP node is available');
}
