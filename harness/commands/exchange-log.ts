import { systemSlug } from '../../contracts/architecture.ts';
import type { Exchange } from '../../mocks/adapter.ts';
import type { Destination } from '../peers/destinations.ts';

/** How often the records are looked at; a line may come that much late. */
const lookEveryMs = 200;

/** One exchange as a line of the log; a failure in the words of the record, which are those of the answer and the report. */
function lineOf({ system, adapter }: Destination, { messages, failure }: Exchange): string {
  const titles = messages.map(({ content }) => adapter.profile.title(content));
  const what = titles.length === 0 ? 'no message' : titles.join(' -> ');
  return `${systemSlug(system)}: ${what}${failure === undefined ? '' : `\n${failure.message}`}`;
}

/**
 * Tells of everything that running destinations record, until it is stopped.
 * @returns stops it, after a last look
 */
export function logExchanges(destinations: readonly Destination[], note: (line: string) => void): () => void {
  const told = new Map<Destination, number>();
  const look = () => {
    for (const destination of destinations) {
      const last = told.get(destination) ?? 0;
      for (const exchange of destination.server.exchanges()) {
        if (exchange.id <= last) continue;
        told.set(destination, exchange.id);
        note(lineOf(destination, exchange));
      }
    }
  };
  const timer = setInterval(look, lookEveryMs);
  return () => {
    clearInterval(timer);
    look();
  };
}
