import type { StartProgress } from '../peers/destinations.ts';
import type { CommandContext } from './context.ts';

/** Tells on standard error how the start of each destination goes. */
export function startNote(context: CommandContext): (progress: StartProgress) => void {
  return ({ system, protocol, state, elapsedMs, detail }) => {
    const after = state === 'starting' ? '' : ` after ${elapsedMs} ms`;
    context.note(`${system} (${protocol}): ${state}${after}${detail === undefined ? '' : `: ${detail}`}`);
  };
}
