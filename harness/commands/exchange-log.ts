import { systemSlug } from '../../contracts/architecture.ts';
import type { Exchange } from '../../mocks/adapter.ts';
import type { Caller } from '../peers/callers.ts';

/** How often the records are looked at; a line may come that much late. */
const lookEveryMs = 200;

/** One exchange as a line of the log; a failure in the words of the record, which are those of the answer and the report. */
function lineOf({ system, adapter }: Caller, { messages, failure }: Exchange): string {
  const titles = messages.map(({ content }) => adapter.profile.title(content));
  const what = titles.length === 0 ? 'no message' : titles.join(' -> ');
  return `${systemSlug(system)}: ${what}${failure === undefined ? '' : `\n${failure.message}`}`;
}

/**
 * Tells of everything that running mocks record, until it is stopped.
 * @returns stops it, after a last look
 */
export function logExchanges(mocks: readonly Caller[], note: (line: string) => void): () => void {
  const told = new Map<Caller, number>();
  const look = () => {
    for (const mock of mocks) {
      const last = told.get(mock) ?? 0;
      for (const exchange of mock.server.exchanges()) {
        if (exchange.id <= last) continue;
        told.set(mock, exchange.id);
        note(lineOf(mock, exchange));
      }
    }
  };
  const timer = setInterval(look, lookEveryMs);
  return () => {
    clearInterval(timer);
    look();
  };
}
