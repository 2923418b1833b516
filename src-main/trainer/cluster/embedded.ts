/** What embed.py wrote, put together as one of our own files: rows in the order of its parts, each part by its checksum. */
import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { IdList } from '../../../shared/idList.ts';
import { clusterPhotosFile } from '../../../shared/cluster.ts';
import type { RunConfig } from '../../../shared/config.ts';
import type { ClusterResultJob, JobImage } from '../../../shared/contract/job.ts';
import type { JobResult } from '../../../shared/contract/report.ts';
import { Encoder, featureDim } from '../../engine/index.ts';
import type { State } from '../../engine/index.ts';
import { openVectors, writeNpyRows } from '../../export/index.ts';
import type { Vectors } from '../../export/index.ts';
import { checkGiven, crcAfter, crcText, FileError, readNpyLayout } from '../../files/index.ts';
import type { JobContext } from '../control.ts';
import { TrainerError } from '../errors.ts';
import { firstNotFinite } from '../finite.ts';
import { threadsOf } from '../machine.ts';
import { preparePhotos } from '../photos.ts';
import { ListedPhotos, readIndex } from './lists.ts';
import { bytesOf } from '../../../shared/bytes.ts';

type Embedded = Extract<JobResult, { kind: 'clusterResult' }>['embedded'];

/** Rows of a part that are read at a time: it may be larger than the memory. */
const ROWS_PER_PIECE = 1000;
/** Photos that are embedded here too. */
const checked = 8;
/**
 * Distance, relative to a vector's length, up to which an embedding counts as the same: another encoder or photo is
 * about its own length away, another decoder of JPEG under a hundredth.
 */
const largestDifference = 0.1;

/**
 * Null where nothing was embedded. Photos that this library does not have are left out; one that comes twice counts once.
 * @param state of the newest checkpoint, which embed.py took
 * @throws TrainerError bad-result
 */
export async function takeEmbeddings(
  job: ClusterResultJob,
  folder: string,
  config: RunConfig,
  state: State,
  context: JobContext,
): Promise<Embedded> {
  const index = await readIndex(join(folder, 'index.json'));
  if (!index) return null;
  const wrong = (file: string) => new TrainerError('bad-result.part', { file: join(folder, file) });
  const { step, dimensions: d, parts } = index;
  if (d !== featureDim(config)) throw wrong('index.json');

  const listed = await ListedPhotos.read(job.source, job.images);
  const isTaken = new Uint8Array(job.images.length);
  const images: string[] = [];
  const pieces: { file: string; rows: number[] }[] = [];
  for (const { file, ids } of parts) {
    const rows: number[] = [];
    let row = 0;
    for (const id of ids) {
      const place = listed.placeOf(id);
      // what was embedded was listed: a list that was cut off would leave photos out without a word
      if (place === undefined) throw new TrainerError('bad-result.part', { file: join(job.source, clusterPhotosFile) });
      if (place >= 0 && isTaken[place] === 0) {
        isTaken[place] = 1;
        images.push(job.images[place]!.id);
        rows.push(row);
      }
      row++;
    }
    pieces.push({ file, rows });
  }
  if (images.length === 0) throw new TrainerError('bad-result.photos', { folder: job.source });
  await mkdir(dirname(job.output), { recursive: true });
  const sample = new Map<string, Float32Array>();
  async function* rows(): AsyncGenerator<Float32Array> {
    let at = 0;
    for (const [i, part] of pieces.entries()) {
      context.control.throwIfStopping();
      const { ids, crc } = parts[i]!;
      const path = join(folder, part.file);
      const vectors = await embeddedRows(path, ids.length, d).catch(() => {
        throw wrong(part.file);
      });
      try {
        let found = 0;
        let next = 0;
        for (let from = 0; from < ids.length; from += ROWS_PER_PIECE) {
          context.control.throwIfStopping();
          const end = Math.min(ids.length, from + ROWS_PER_PIECE);
          const some = vectors.rows(from, end);
          found = crcAfter(found, bytesOf(some));
          if (firstNotFinite(some) >= 0) throw wrong(part.file);
          for (; part.rows[next]! < end; next++) {
            const row = part.rows[next]! - from;
            const vector = some.subarray(row * d, (row + 1) * d);
            if (at % Math.max(1, Math.floor(images.length / checked)) === 0) sample.set(images[at]!, vector.slice());
            at++;
            yield vector;
          }
          await context.control.turn();
        }
        if (crcText(found) !== crc) throw wrong(part.file);
      } finally {
        vectors.close();
      }
    }
  }
  await writeNpyRows(job.output, images.length, d, rows(), { sealed: true });
  const difference = await differenceHere(job, config, state, sample, context);
  return { images: IdList.of(images).bytes, dimensions: d, step, ...difference };
}

/** The rows of a part, which has as many as it is to have. @throws FileError bad-file, or the system's error */
async function embeddedRows(path: string, n: number, d: number): Promise<Vectors> {
  await checkGiven(path);
  const { type, shape, byteOffset } = await readNpyLayout(path);
  const { size } = await stat(path);
  if (type !== 'f4' || shape.join() !== `${n},${d}` || size < byteOffset + 4 * n * d)
    throw new FileError('bad-file.damaged', { path });
  return openVectors(path);
}

/** How far the embeddings of a few photos are from those of the same encoder here, relative to their length. */
async function differenceHere(
  job: ClusterResultJob,
  config: RunConfig,
  state: State,
  sample: ReadonlyMap<string, Float32Array>,
  context: JobContext,
): Promise<{ checked: number; difference: number }> {
  const wanted: JobImage[] = job.images.filter(({ id }) => sample.has(id));
  const { cache } = await preparePhotos({ ...job, images: wanted }, context, config, { evaluationsOnly: true });
  const encoder = await Encoder.create(config, state, { device: 'cpu', threads: threadsOf(config) });
  try {
    let largest = 0;
    for (const id of cache.ids) {
      const { features } = await encoder.embed(await cache.healed(() => cache.evaluation([id])), 1);
      const there = sample.get(id)!;
      const length = Math.hypot(...features);
      const difference = Math.hypot(...features.map((x, i) => x - there[i]!)) / (length || 1);
      if (!(difference <= largestDifference)) {
        const { file } = wanted.find((image) => image.id === id)!;
        throw new TrainerError('bad-result.difference', { file, difference: difference.toPrecision(2) });
      }
      largest = Math.max(largest, difference);
    }
    return { checked: cache.length, difference: largest };
  } finally {
    await encoder.close();
    cache.close();
  }
}
