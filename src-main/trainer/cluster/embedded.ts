/** What embed.py wrote, put together as one of our own files: rows in the order of its parts, each part by its checksum. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { IdList } from '../../../shared/idList.ts';
import { parsedJson } from '../../../shared/json.ts';
import { clusterPhotosFile } from '../../../shared/cluster.ts';
import { photoName } from '../../../shared/parts.ts';
import type { RunConfig } from '../../../shared/config.ts';
import type { ClusterResultJob, JobImage } from '../../../shared/contract/job.ts';
import type { JobResult } from '../../../shared/contract/report.ts';
import { Encoder, featureDim } from '../../engine/index.ts';
import type { State } from '../../engine/index.ts';
import { readNpy, writeNpyRows } from '../../export/index.ts';
import { checkGiven, checksum, readGiven } from '../../files/index.ts';
import type { JobContext } from '../control.ts';
import { TrainerError } from '../errors.ts';
import { firstNotFinite } from '../finite.ts';
import { threadsOf } from '../machine.ts';
import { preparePhotos } from '../photos.ts';
import { ClusterPhoto } from './folder.ts';
import { bytesOf } from '../../../shared/bytes.ts';

type Embedded = Extract<JobResult, { kind: 'clusterResult' }>['embedded'];

const Index = z.object({
  step: z.int(),
  dimensions: z.int(),
  parts: z.array(z.object({ file: z.string().regex(/^part-\d+\.npy$/), ids: z.array(z.string()), crc: z.string() })),
});

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
  const text = await readGiven(join(folder, 'index.json')).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (!text) return null;
  const wrong = (file: string) => new TrainerError('bad-result.part', { file: join(folder, file) });
  const index = Index.safeParse(parsedJson(text.toString('utf8')));
  if (!index.success || index.data.dimensions !== featureDim(config)) throw wrong('index.json');
  const { step, dimensions: d, parts } = index.data;

  const here = await photosHere(job);
  // what was embedded was listed: a list that was cut off would leave photos out without a word
  if (parts.some(({ ids }) => ids.some((id) => !here.has(id))))
    throw new TrainerError('bad-result.part', { file: join(job.source, clusterPhotosFile) });
  const taken = new Set<string>();
  const pieces: { file: string; rows: number[] }[] = parts.map(({ file, ids }) => {
    const rows = ids.flatMap((id, row) => {
      const image = here.get(id);
      if (!image || taken.has(image)) return [];
      taken.add(image);
      return [row];
    });
    return { file, rows };
  });
  const images = [...taken];
  if (images.length === 0) throw new TrainerError('bad-result.photos', { folder: job.source });
  await mkdir(dirname(job.output), { recursive: true });
  const sample = new Map<string, Float32Array>();
  async function* rows(): AsyncGenerator<Float32Array> {
    let at = 0;
    for (const [i, part] of pieces.entries()) {
      context.control.throwIfStopping();
      const { ids, crc } = parts[i]!;
      const path = join(folder, part.file);
      const { shape, data } = await checkGiven(path)
        .then(() => readNpy(path))
        .catch(() => {
          throw wrong(part.file);
        });
      if (!(data instanceof Float32Array) || shape.join() !== `${ids.length},${d}`) throw wrong(part.file);
      const bytes = bytesOf(data);
      if (checksum(bytes) !== crc || firstNotFinite(data) >= 0) throw wrong(part.file);
      for (const row of part.rows) {
        const vector = data.subarray(row * d, (row + 1) * d);
        if (at % Math.max(1, Math.floor(images.length / checked)) === 0) sample.set(images[at]!, vector.slice());
        at++;
        yield vector;
      }
      await context.control.turn();
    }
  }
  await writeNpyRows(job.output, images.length, d, rows(), { sealed: true });
  const difference = await differenceHere(job, config, state, sample, context);
  return { images: IdList.of(images).bytes, dimensions: d, step, ...difference };
}

/**
 * Ids of photos of this library by those that the folder was written with: the same, or in another home of the same file;
 * null: it does not have that photo.
 * @throws TrainerError bad-result where the list of photos is not as it was written
 */
async function photosHere({ source, images }: ClusterResultJob): Promise<Map<string, string | null>> {
  const known = new Set(images.map(({ id }) => id));
  const byFile = new Map(images.map(({ file, part = '', id }) => [photoName(file, part), id]));
  const out = new Map<string, string | null>();
  const list = join(source, clusterPhotosFile);
  const text = await readGiven(list).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new TrainerError('bad-result.part', { file: list });
    throw error;
  });
  for (const [i, line] of text.toString('utf8').split('\n').entries()) {
    if (line === '') continue;
    const row = ClusterPhoto.safeParse(parsedJson(line));
    if (!row.success) throw new TrainerError('bad-result.line', { file: list, line: i + 1 });
    const { id, file } = row.data;
    out.set(id, known.has(id) ? id : (byFile.get(file) ?? null));
  }
  return out;
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
