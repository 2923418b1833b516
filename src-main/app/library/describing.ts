/** The last part of a reading: ratings and keywords that other programs wrote into photos or beside them. */
import type { DatasetRow, Store } from '../../db/index.ts';
import { ImageError } from '../../images/index.ts';
import type { Description, ImagePool } from '../../images/index.ts';
import type { AppContext } from '../context.ts';
import { gathered, unhurried } from '../unhurried.ts';
import { finish } from './lanes.ts';
import { photoPath } from './photos.ts';
import { align, groupingOf, owe } from './rules.ts';

/** Rows written at a time. */
const atOnce = 200;

/** Photos that cannot be opened now have nothing to say: their next reading sees to them. */
export async function describePhotos(
  { store, pool }: { store: Store; pool: Pick<ImagePool, 'describe' | 'workers'> },
  dataset: DatasetRow,
  signal: AbortSignal,
): Promise<void> {
  const waiting = (await unhurried(gathered(store.descriptions.waiting(dataset.id)), signal)).reverse();
  const isNew = waiting.length > 0;
  let read: (Description & { id: string })[] = [];
  const flush = () => {
    store.descriptions.set(read);
    read = [];
  };
  const lanes = Array.from({ length: Math.min(waiting.length, pool.workers * 2) }, async () => {
    for (let row = waiting.pop(); row && !signal.aborted; row = waiting.pop()) {
      try {
        read.push({ id: row.id, ...(await pool.describe(photoPath(dataset, row), signal)) });
      } catch (error) {
        if (!(error instanceof ImageError)) throw error;
      }
      if (read.length >= atOnce) flush();
    }
  });
  await finish(lanes, waiting, flush);
  signal.throwIfAborted();
  if (isNew && groupingOf(dataset).by === 'bursts') {
    owe(store, dataset.id);
    await align(store, dataset.id, signal);
  }
}

/**
 * The same, in its own time, of a folder that was only listed, as the command line does it: when somebody looks at it,
 * and once after each reading, as photos that cannot be opened wait for the next one. `announce` when it is done.
 */
export function describingOnce(
  context: Pick<AppContext, 'store' | 'pool' | 'closing'>,
  announce: (folderId: string) => void,
): (dataset: DatasetRow) => void {
  /** When the reading was that each folder was looked at after. */
  const looked = new Map<string, number | null>();
  return (dataset) => {
    if (looked.get(dataset.id) === dataset.scannedAt) return;
    looked.set(dataset.id, dataset.scannedAt);
    const { store, closing } = context;
    if (store.descriptions.waiting(dataset.id).next().done) return;
    describePhotos(context, dataset, closing).then(
      () => announce(dataset.id),
      () => looked.delete(dataset.id), // closing, or out of the library: who looks again asks again
    );
  };
}
