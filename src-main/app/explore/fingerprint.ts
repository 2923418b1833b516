/** Which photos a set was made of, in short: so that one that was made of the same ones is found again. */
import { createHash } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';

const AT_ONCE = 5000;

/** Of the ids of photos that come in pieces; lets others have the thread between these. */
export async function fingerprint(pieces: Iterable<readonly { id: string }[]>): Promise<string> {
  const hash = createHash('sha256');
  for (const piece of pieces) {
    for (const { id } of piece) hash.update(`${id}\n`);
    await breathe();
  }
  return hash.digest('hex').slice(0, 32);
}

/** Items that are all there, in pieces. */
export function* piecesOf<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += AT_ONCE) yield items.slice(from, from + AT_ONCE);
}
