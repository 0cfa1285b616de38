import type { Step } from '../contract.ts';
import { filled, PartedTemplate } from './parts.ts';

/** One step as a message of a pact file. `from` tells which side sends it; Pact has no word for that. */
export function pactMessage(step: Step): Record<string, unknown> {
  const parted = new PartedTemplate(step.content);
  const { matchingRules, generators } = parted.whole();
  return filled({
    contents: { content: parted.example, contentType: 'application/json', encoded: false },
    metadata: filled({
      from: step.from,
      optional: step.optional,
      repeat: step.repeat,
      lane: step.lane,
      session: step.session,
      reconnected: step.reconnected,
    }),
    matchingRules: filled({ body: matchingRules }),
    generators: filled({ body: generators }),
  });
}
