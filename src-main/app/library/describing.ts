/** The last part of a reading: ratings and keywords that other programs wrote into photos or beside them. */
import type { DatasetRow, Store } from '../../db/index.ts';
import { ImageError } from '../../images/index.ts';
import type { Description, ImagePool } from '../../images/index.ts';
import { gathered, unhurried } from '../unhurried.ts';
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
  try {
    await Promise.all(lanes);
  } finally {
    waiting.length = 0;
    await Promise.allSettled(lanes);
    flush();
  }
  signal.throwIfAborted();
  if (isNew && groupingOf(dataset).by === 'bursts') {
    owe(store, dataset.id);
    await align(store, dataset.id, signal);
  }
}
