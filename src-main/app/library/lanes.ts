/** Photos of one list that are read several at a time. */

/**
 * Ends when all lanes have, each of which takes from `waiting` until nothing is left there; then `flush` writes what they
 * have read. Where one fails the others take nothing more, and what was read is written before the failure is told.
 */
export async function finish(lanes: Promise<void>[], waiting: unknown[], flush: () => void): Promise<void> {
  try {
    await Promise.all(lanes);
  } finally {
    waiting.length = 0;
    await Promise.allSettled(lanes);
    flush();
  }
}
