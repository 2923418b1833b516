/**
 * The second half of a reading: each photo that is new is decoded once for its size, hashes and thumbnail, in the
 * pool's processes; one that only lacks the hash of its content is read without decoding. What was read of a file that
 * has changed since it was listed is left out: the next listing sees to it.
 */
import { Gone } from '../../db/index.ts';
import type { DatasetRow, ImageRow, ReadFacts } from '../../db/index.ts';
import type { Skipped } from '../../../shared/contract.ts';
import { photoName } from '../../../shared/parts.ts';
import { ImagePoolError, sourceOf, vanished } from '../../images/index.ts';
import type { FileIdentity, ProbedImage } from '../../images/index.ts';
import { deviceOf } from '../../files/index.ts';
import { finish } from './lanes.ts';
import type { ReadingOptions, ReadingParts } from './listing.ts';
import { skippedFor } from './dividing.ts';
import { photoFile, ruleOf } from './measuring.ts';
import { gathered, unhurried } from '../unhurried.ts';
import type { Pace } from './pace.ts';
import { thumbnailSize } from './thumbnails.ts';
import type { Thumbnails } from './thumbnails.ts';

export interface DecodingParts extends ReadingParts {
  thumbnails: Pick<Thumbnails, 'write'>;
  pace: Pick<Pace, 'turn'>;
}

/** Rows and thumbnails are written this many photos at a time. */
const batchSize = 200;

/** @throws the signal's reason, or ImageError where the folder vanished; what was read until then is kept */
export async function decode(
  { store, pool, thumbnails, pace }: DecodingParts,
  dataset: DatasetRow,
  { signal, progress, onProgress }: ReadingOptions,
): Promise<void> {
  // a million are kept as numbers, in the order in which they were found
  const waiting = (await unhurried(gathered(store.images.unread(dataset.id)), signal)).reverse();
  const total = waiting.length;
  progress.read = Math.max(0, progress.found - total);
  const begun = performance.now();
  let done = 0;
  let facts: ReadFacts[] = [];
  let contents: { id: string; content: string }[] = [];
  let readable: string[] = [];
  let failed: (Skipped & { id: string })[] = [];
  const flush = () => {
    store.transaction(() => {
      store.images.setFacts(facts);
      store.images.setContents(contents);
      store.images.takeFromSkipped(dataset.id, readable);
      store.images.putSkipped(dataset.id, failed);
    });
    [facts, contents, readable, failed] = [[], [], [], []];
  };
  const rule = ruleOf(dataset);
  const device = await deviceOf(dataset.folder);
  const one = async (row: ImageRow) => {
    const photo = photoFile(dataset, row);
    try {
      if (row.part === '' && (row.gone === Gone.divided || (row.width > 0 && row.gone === Gone.here))) {
        const read = await pool.identify(photo.path, signal);
        if (isAsListed(row, read)) contents.push({ id: row.id, content: read.content });
      } else {
        const probe = await pool.probe(sourceOf(photo.path, row.part), thumbnailSize, signal, rule);
        if (isAsListed(row, probe)) {
          await thumbnails.write(photo, probe.thumbnail);
          facts.push({ id: row.id, ...factsOf(probe) });
          if (row.gone !== Gone.here) readable.push(photoName(row.file, row.part));
        }
      }
      progress.read++;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ImagePoolError) throw error; // not the file's fault
      if (device === undefined || (await deviceOf(dataset.folder)) !== device) throw vanished(dataset.folder);
      failed.push({ id: row.id, file: photoName(row.file, row.part), ...skippedFor(error) });
      progress.skipped++;
    }
    done++;
    progress.etaSeconds = done < 20 ? null : ((total - done) * (performance.now() - begun)) / 1000 / done;
    if (facts.length + contents.length + failed.length >= batchSize) flush();
    onProgress();
  };
  // twice as many in flight as there are processes, so that none waits for this one
  const count = Math.min(total, pool.workers * 2);
  const lanes = Array.from({ length: count }, async () => {
    let [seconds, isFirst] = [0, true]; // the first one waits for its process to start, which says nothing of photos
    for (let number = waiting.pop(); number !== undefined && !signal.aborted; number = waiting.pop()) {
      const [row] = store.images.byRows([number]);
      await pace.turn(dataset.id, seconds, count, signal);
      const began = performance.now();
      await one(row!);
      if (!isFirst) seconds = (performance.now() - began) / 1000;
      isFirst = false;
    }
  });
  await finish(lanes, waiting, flush);
  signal.throwIfAborted();
}

/** Whether the file that was read is the one that the row describes. */
export const isAsListed = (row: Pick<ImageRow, 'bytes' | 'modified'>, read: FileIdentity): boolean =>
  row.bytes === read.bytes && row.modified === read.modified;

export const factsOf = ({
  width,
  height,
  format,
  hash,
  content,
  notes,
}: Pick<ProbedImage, 'width' | 'height' | 'format' | 'hash' | 'content' | 'notes'>): Omit<ReadFacts, 'id'> => ({
  width,
  height,
  format,
  hash,
  content,
  notes: notes.length > 0 ? JSON.stringify(notes) : null,
});
