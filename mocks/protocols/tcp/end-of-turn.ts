let due: (() => void)[] = [];

/**
 * Does something when the event loop has taken all that had come. What many connections send is written one after the other then: the
 * first write wakes a peer that waits, which is the dearest part of it, and the others find it awake.
 */
export function atEndOfTurn(act: () => void): void {
  due.push(act);
  if (due.length === 1) setImmediate(actAll);
}

function actAll(): void {
  const acts = due;
  due = [];
  for (const act of acts) act();
}
