/**
 * The photos of a folder that training would see, as plans need them: how many, and some from all over the folder. They
 * are gone through in pieces of some milliseconds, and what was found is kept until their sides or labels change, as a form
 * asks for a plan with every setting.
 */
import type { ImageRow, Store } from '../../db/index.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../errors.ts';
import type { Library } from '../library/library.ts';
import { unhurriedPieces } from '../unhurried.ts';

export interface TrainingPhotos {
  count: number;
  /** Different labels among them. */
  labels: number;
  /** Photos beside them that are held out and have a label. */
  heldOut: number;
  /** At most so many of them, evenly over the folder in the order of file names. */
  spread(most: number): ImageRow[];
}

interface Kept {
  datasetId: string;
  changes: number;
  photos: Promise<TrainingPhotos>;
}
const kept = new WeakMap<Store, Kept>();

/** Waits while a first scan is still listing. @throws AppError bad-folder, not-found */
export async function trainingPhotos(
  { store }: Pick<AppContext, 'store'>,
  library: Library,
  datasetId: string,
): Promise<TrainingPhotos> {
  const dataset = library.dataset(datasetId);
  if (dataset.scannedAt === null) await library.readings.listed(datasetId);
  const failure = library.readings.failure(datasetId);
  if (failure !== undefined) throw new AppError('bad-folder.reading', { reason: failure });
  const changes = store.images.sideChanges(datasetId);
  const known = kept.get(store);
  if (known?.datasetId === datasetId && known.changes === changes) return known.photos;
  const photos = found(store, datasetId);
  kept.set(store, { datasetId, changes, photos });
  photos.catch(() => kept.get(store)?.photos === photos && kept.delete(store));
  return photos;
}

async function found({ images }: Store, datasetId: string): Promise<TrainingPhotos> {
  const rows: number[] = [];
  const labels = new Set<string>();
  let heldOut = 0;
  for await (const piece of unhurriedPieces(images.sidePieces(datasetId)))
    for (const { row, label, heldOut: isHeldOut } of piece) {
      if (isHeldOut) {
        if (label !== null) heldOut++;
        continue;
      }
      rows.push(row);
      if (label !== null) labels.add(label);
    }
  const spread = (most: number): ImageRow[] => {
    const step = Math.max(1, rows.length / most);
    return images.byRows(Array.from({ length: Math.min(most, rows.length) }, (_, i) => rows[Math.floor(i * step)]!));
  };
  return { count: rows.length, labels: labels.size, heldOut, spread };
}
