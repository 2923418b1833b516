/**
 * Between listing and measuring: files that the folder's rule divides into photos (pages, tiles of what is large). Each
 * file is looked at once for a rule; what it was divided into is kept with it, and goes where it goes. Where the rule
 * divides nothing, whole files are photos again. Leaves how a file is divided to src-main/images.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { toWireError } from '../../../shared/contract.ts';
import type { ScanProgress, Skipped } from '../../../shared/contract.ts';
import { divisionKey, ImageError, PICTURE_SIDE, vanished } from '../../images/index.ts';
import type { ImagePool } from '../../images/index.ts';
import { Gone } from '../../db/index.ts';
import type { DatasetRow, Store, WholeRow } from '../../db/index.ts';
import { deviceOf } from '../../files/index.ts';
import { photoFile, ruleOf } from './measuring.ts';
import { photoPath } from './photos.ts';
import type { Thumbnails } from './thumbnails.ts';
import { sorted, unhurried, unhurriedPieces } from '../unhurried.ts';

interface Parts {
  store: Store;
  pool: Pick<ImagePool, 'divide' | 'workers'>;
  thumbnails: Pick<Thumbnails, 'write'>;
}

/** Rows written at a time. */
const atOnce = 500;

/** @throws the signal's reason, or ImageError where the folder vanished; what was divided until then is kept */
export async function divide(
  { store, pool, thumbnails }: Parts,
  dataset: DatasetRow,
  { signal, progress, onProgress }: { signal: AbortSignal; progress?: ScanProgress; onProgress?: () => void },
): Promise<void> {
  const rule = ruleOf(dataset);
  const key = divisionKey(rule);
  const { images } = store;
  if (key === '' && !images.anyParts(dataset.id)) return;
  const fresh: WholeRow[] = [];
  for await (const wholes of unhurriedPieces(images.wholePieces(dataset.id)))
    for (let at = 0; at < wholes.length; at += atOnce) {
      if (at > 0) await breathe();
      signal.throwIfAborted();
      store.transaction(() => {
        for (const row of wholes.slice(at, at + atOnce)) {
          if (key === '') {
            if (row.gone === Gone.divided || row.divided !== null) images.keepWhole(row.id, '', wholeAgain(row));
          } else if (row.divided !== key) fresh.push(row);
          else if (row.parts > 0 && row.gone === Gone.here) images.keepDivided(row.id, key);
        }
      });
    }
  const inTurn = sorted(fresh, (a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
  const waiting = (await unhurried(inTurn, signal)).reverse();
  const device = await deviceOf(dataset.folder);
  const one = async (row: WholeRow) => {
    const path = photoPath(dataset, row);
    try {
      const { bytes, modified, division } = await pool.divide(path, signal, rule);
      if (bytes !== row.bytes || modified !== row.modified) return; // the next listing sees to it
      store.transaction(() => {
        if (division === null) images.keepWhole(row.id, key, wholeAgain(row));
        else {
          images.divide({ datasetId: dataset.id, id: row.id }, key, division, division.parts);
          images.takeFromSkipped(dataset.id, [row.file]);
        }
      });
      const whole = images.get(row.id)!;
      if (division !== null) await thumbnails.write(photoFile(dataset, whole), division.picture, PICTURE_SIDE);
      if (progress && division !== null) progress.found += division.parts.length - 1;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ImageError)) throw error; // not the file's fault
      if (device === undefined || (await deviceOf(dataset.folder)) !== device) throw vanished(dataset.folder);
      store.transaction(() => {
        images.keepWhole(row.id, '', row.gone);
        images.putSkipped(dataset.id, [{ id: row.id, file: row.file, ...skippedFor(error) }]);
      });
      if (progress) progress.skipped++;
    }
    onProgress?.();
  };
  await Promise.all(
    Array.from({ length: Math.min(waiting.length, pool.workers * 2) }, async () => {
      for (let row = waiting.pop(); row && !signal.aborted; row = waiting.pop()) await one(row);
    }),
  ).finally(() => (waiting.length = 0));
  signal.throwIfAborted();
  await unhurried(images.followingWholes(dataset.id), signal);
}

/** The state of a file that its rule no longer divides: a photo again, or as unreadable or away as it was. */
const wholeAgain = ({ gone }: WholeRow): number => (gone === Gone.divided ? Gone.here : gone);

export function skippedFor(error: unknown): Omit<Skipped, 'file'> {
  const { message, code, key, values } = toWireError(error);
  return { reason: message, code: code === 'internal' ? 'unreadable' : code, key, values };
}
