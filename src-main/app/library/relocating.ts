/**
 * Whether a folder that is named as the new place of another holds its photos: else one wrong folder would leave all of
 * them away, and every run and embedding of them without its photos. And what is to be forgotten where that is taken back.
 */
import { stat } from 'node:fs/promises';
import { nameOf } from '../../../shared/naming.ts';
import { Gone } from '../../db/index.ts';
import type { DatasetRow, NamedRow } from '../../db/index.ts';
import { answered, systemPath } from '../../files/index.ts';
import { AppError } from '../errors.ts';
import { each, unhurried, unhurriedPieces } from '../unhurried.ts';
import { walk } from './listing.ts';
import { match } from './matching.ts';
import type { ReadingParts } from './listing.ts';
import { inPieces } from './lists.ts';
import { photoPath } from './photos.ts';

/** Photos that are looked for under their names first: a folder that only moved is not walked twice. */
const SAMPLE = 100;
/** Of these at a time. */
const PARALLEL_LOOKS = 10;

/**
 * @param dataset as it was
 * @throws AppError bad-folder.others where fewer than half of the photos are in `folder`, of those that were there at the
 * last reading, or of all where none was; ImageError, FileError no-answer; the signal's reason
 */
export async function assertHolds(
  parts: ReadingParts,
  dataset: DatasetRow,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const { images } = parts.store;
  const [here, away]: [number[], number[]] = [[], []];
  for await (const piece of unhurriedPieces(images.knownPieces(dataset.id)))
    for (const { row, gone } of piece) (gone === Gone.away ? away : here).push(row);
  const wanted = here.length > 0 ? here : away;
  const moved = { ...dataset, folder };
  if (wanted.length === 0 || (await holdsSample(parts, moved, wanted, signal))) return;
  const found = await countFound(parts, moved, [...here, ...away], signal);
  const count = wanted.length;
  if (found < count / 2) throw new AppError('bad-folder.others', { folder, name: nameOf(dataset), found, count });
}

/** What was found for the first time after a row of images counts as missed no more. */
export async function forgetSince(
  images: Pick<ReadingParts['store']['images'], 'knownPieces' | 'byRow' | 'setGone'>,
  datasetId: string,
  after: number,
): Promise<void> {
  for await (const piece of unhurriedPieces(images.knownPieces(datasetId))) {
    const fresh = piece.filter(({ row }) => row > after).map(({ row }) => row);
    await inPieces(fresh, (some) => {
      images.setGone(
        some.map((row) => images.byRow(row).id),
        Gone.replaced,
      );
      return [];
    });
  }
}

/** Whether half of some photos, spread over all, are in the folder under their names. */
async function holdsSample(
  { store, pool }: ReadingParts,
  moved: DatasetRow,
  rows: readonly number[],
  signal: AbortSignal,
): Promise<boolean> {
  const size = Math.min(SAMPLE, rows.length);
  const isThere = async ({ file, bytes, modified, content }: NamedRow): Promise<boolean> => {
    const path = photoPath(moved, { file });
    const found = await answered(moved.folder, () => stat(systemPath(path)).catch(() => null));
    if (found?.size !== bytes) return false;
    if (found.mtimeMs === modified || content === null) return true;
    return (await pool.identify(path, signal).catch(() => null))?.content === content;
  };
  let there = 0;
  for (let at = 0; at < size; at += PARALLEL_LOOKS) {
    signal.throwIfAborted();
    const some = Array.from({ length: Math.min(PARALLEL_LOOKS, size - at) }, (_, i) =>
      store.images.byRow(rows[Math.floor(((at + i) * rows.length) / size)]!),
    );
    there += (await Promise.all(some.map(isThere))).filter(Boolean).length;
    if (there >= size / 2) return true;
  }
  return false;
}

/** How many photos the folder holds, under whatever names. */
async function countFound(
  parts: ReadingParts,
  moved: DatasetRow,
  known: readonly number[],
  signal: AbortSignal,
): Promise<number> {
  const found = await walk(parts, moved, { signal, progress: { found: 0, skipped: 0 }, onProgress: () => {} });
  const matches = await match(parts, moved, found, signal);
  const rows = found.seen;
  for (const { row } of matches) rows.add(row.row);
  await unhurried(
    each(found.fresh, ({ file, bytes, content }) => {
      if (content !== null) return;
      // touched before its content was ever read
      const same = parts.store.images.named(moved.id, file).find((row) => row.bytes === bytes && row.content === null);
      if (same) rows.add(same.row);
    }),
    signal,
  );
  let count = 0;
  await unhurried(
    each(known, (row) => void (rows.has(row) && count++)),
    signal,
  );
  return count;
}
