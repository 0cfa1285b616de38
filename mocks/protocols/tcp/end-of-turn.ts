const nothing = () => {};
let due: (() => void)[] = [];
let spare: (() => void)[] = [];
/** How many of them are to be done. The lists keep their length, so that they grow no more, and nothing of what was done. */
let count = 0;

/**
 * Does something when the event loop has taken all that had come. What many connections send is written one after the other then: the
 * first write wakes a peer that waits, which is the dearest part of it, and the others find it awake.
 */
export function atEndOfTurn(act: () => void): void {
  if (count === 0) setImmediate(actAll);
  due[count] = act;
  count += 1;
}

function actAll(): void {
  const [acts, end] = [due, count];
  [due, spare] = [spare, due];
  count = 0;
  for (let at = 0; at < end; at += 1) {
    const act = acts[at] as () => void;
    acts[at] = nothing;
    act();
  }
}
