const nothing = () => {};
/** What is done. @param atMs when the end of the turn began, since 1970: the clock is looked at once for all of them */
type Act = (atMs: number) => void;

/** It keeps its length, so that it grows no more, and nothing of what was done. */
const due: Act[] = [];
/** How many of them are to be done. */
let count = 0;

/**
 * Does something when the event loop has taken all that had come; what is asked for meanwhile is done in the same turn, behind
 * the rest. So what has come on many connections is read one after the other, and then all answers are written: code that has
 * just run is fast, and the first write wakes a peer that waits, which is the dearest part of it, and the others find it awake.
 */
export function atEndOfTurn(act: Act): void {
  if (count === 0) setImmediate(actAll);
  due[count] = act;
  count += 1;
}

function actAll(): void {
  const atMs = Date.now();
  try {
    for (let at = 0; at < count; at += 1) {
      const act = due[at] as Act;
      due[at] = nothing;
      act(atMs);
    }
  } finally {
    count = 0;
  }
}
