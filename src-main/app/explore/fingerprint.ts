/** Which photos a set was made of, in short: so that one that was made of the same ones is found again. */
import { createHash } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';

const IDS_PER_TURN = 5000;

/** Of the ids of photos that come in pieces; lets others have the thread between. */
export async function fingerprint(pieces: Iterable<readonly { id: string }[]>): Promise<string> {
  return fingerprintOfIds(idsOf(pieces));
}

/** The same of ids one after another. */
export async function fingerprintOfIds(ids: Iterable<string>): Promise<string> {
  const hash = createHash('sha256');
  let gone = 0;
  for (const id of ids) {
    hash.update(`${id}\n`);
    if (++gone % IDS_PER_TURN === 0) await breathe();
  }
  return hash.digest('hex').slice(0, 32);
}

function* idsOf(pieces: Iterable<readonly { id: string }[]>): Generator<string> {
  for (const piece of pieces) for (const { id } of piece) yield id;
}
