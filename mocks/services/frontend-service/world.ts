import type { HttpResponse } from '../../../contracts/messages/http.ts';
import { world as fixture } from '../../../contracts/world.ts';
import { createWorld as createNode, type SipNodeWorld } from '../voice-sip-cluster-service/world.ts';

/** An answer that was given, for when the request comes again. */
export interface Answered {
  reply: HttpResponse;
  atMs: number;
}

/** All that one running mock knows. */
export interface FrontEndWorld {
  /** The SIP nodes behind it, by id. */
  nodes: ReadonlyMap<string, SipNodeWorld>;
  nodesDelay: boolean;
  /** By what makes two requests the same. */
  answered: ReadonlyMap<string, Answered>;
  condition: 'up' | 'down';
}

/** Two nodes; the first one owns the fixture call. */
export function createWorld(): FrontEndWorld {
  return {
    nodes: new Map([
      [fixture.sipNode.id, createNode()],
      [fixture.otherSipNode.id, { ...createNode(), calls: new Map() }],
    ]),
    nodesDelay: false,
    answered: new Map(),
    condition: 'up',
  };
}

/** The node that has the call. */
export function ownerOf({ nodes }: FrontEndWorld, callUuid: string | undefined): string | undefined {
  return callUuid === undefined ? undefined : [...nodes].find(([, { calls }]) => calls.has(callUuid))?.[0];
}
