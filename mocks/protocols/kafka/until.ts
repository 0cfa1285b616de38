import { setTimeout as sleep } from 'node:timers/promises';
import type { Address } from '../../adapter.ts';

const EFFECT_TIMEOUT_MS = 10_000;
const LOOK_EVERY_MS = 10;

/**
 * Waits for what the broker was told to take effect; it answers a moment before.
 * @param holds looks whether it has; what it throws is tried again
 * @throws Error saying what was awaited, with what went wrong last as the cause
 */
export async function until(at: Address, what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + EFFECT_TIMEOUT_MS;
  let last: unknown;
  while (performance.now() < deadline) {
    try {
      if (await holds()) return;
    } catch (error) {
      last = error;
    }
    await sleep(LOOK_EVERY_MS);
  }
  throw new Error(`the Kafka broker at ${at.host}:${at.port}: waited ${EFFECT_TIMEOUT_MS} ms for ${what}`, {
    cause: last,
  });
}
