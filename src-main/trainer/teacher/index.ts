/**
 * A run's teacher: what another encoder makes of each photo as a whole, asked once, before the first step. As many
 * numbers as a step is fed are made of its features by a counted matrix where there are more; less their mean over the
 * photos, they are what the network's views are drawn to (src-main/engine/methods/teacher.ts). Photos, not views, are
 * what the teacher is asked: docs/recipes.md says why.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename, join } from 'node:path';
import type { TeacherFile, TrainJob } from '../../../shared/contract/job.ts';
import type { Skipped } from '../../../shared/contract/dataset.ts';
import { hasTeacher, TEACHER_NUMBERS } from '../../../shared/methods/index.ts';
import { reason } from '../../../shared/reason.ts';
import { normal } from '../../engine/index.ts';
import { embedPhotos } from '../../evaluate/index.ts';
import { saying } from '../control.ts';
import type { JobContext } from '../control.ts';
import { TrainerError } from '../errors.ts';
import { evaluatedPhotos, timedProgress } from '../photos.ts';
import type { PhotoJob } from '../photos.ts';
import { encoderOnDevice } from '../source.ts';
import type { Source } from '../source.ts';
import { readRows, writeRows } from './kept.ts';
import type { Rows } from './kept.ts';
import { teacherSource } from './source.ts';

/** What a step is fed of the teacher: [N, TEACHER_NUMBERS] for photos of these ids. */
export type Targets = (ids: readonly string[]) => Float32Array;

/** Name of the file in a run's folder. */
const OWN = 'teacher.safetensors';
/** Folder in the cache of photos, a file for each teacher. */
const SHARED = 'teachers';

type TeachingJob = PhotoJob & Pick<TrainJob, 'teacher' | 'config' | 'directory'>;

/** The photos trained on: their numbers by their ids, and data files of the cache that are in use meanwhile. */
interface Taught {
  numbers: ReadonlyMap<string, number>;
  packs?: readonly string[];
}

/**
 * The targets of the photos trained on; null for a run without a teacher.
 * @throws TrainerError cannot-start where the teacher is gone and has not been asked of all photos; as teacherSource
 */
export async function openTeacher(
  job: TeachingJob,
  { numbers, packs = [] }: Taught,
  context: JobContext,
): Promise<Targets | null> {
  if (!hasTeacher(job.config)) return null;
  const ids = [...numbers.keys()].sort();
  const own = join(job.directory, OWN);
  const kept = await readRows(own);
  if (kept && ids.every((id) => kept.rows.has(id))) return targetsOf(kept.rows, ids);
  if (!job.teacher) throw new TrainerError('cannot-start.teacher-gone', {}, { setting: 'teacher.from' });

  const name = job.teacher.ofRun ? job.config.teacher.from : basename(job.teacher.file);
  context.report(saying(reason('doing.reading-teacher', { file: name })));
  const source = await teacherSource(job.teacher, job.config, context);
  const key = await teacherKey(job.teacher, source);
  const shared = join(job.cacheDirectory, SHARED, `${key}.safetensors`);
  const known = (await readRows(shared))?.rows ?? new Map<string, Float32Array>();
  if (kept?.teacher === key) for (const [id, row] of kept.rows) known.set(id, row);
  const missing = ids.filter((id) => !known.has(id));
  if (missing.length > 0) {
    for (const [id, row] of await asked(job, source, new Set(missing), packs, context)) known.set(id, row);
    await writeRows(shared, key, known);
  }
  const rows: Rows = new Map(ids.map((id) => [id, known.get(id) ?? new Float32Array(TEACHER_NUMBERS).fill(NaN)]));
  await writeRows(own, key, rows);
  return targetsOf(rows, ids);
}

/** What of a teacher its numbers depend on: its bytes, and how it is shown a photo. */
async function teacherKey({ file }: TeacherFile, source: Source): Promise<string> {
  const { imageSize, input } = source.pixels;
  const hash = createHash('sha256').update(JSON.stringify([imageSize, input]));
  if (source.kind === 'frozen') {
    const { sha256, form } = source.frozen.encoder; // of the whole network, also where its weights lie beside the file
    return hash
      .update(JSON.stringify([sha256, form]))
      .digest('hex')
      .slice(0, 32);
  }
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return hash.digest('hex').slice(0, 32);
}

/** Asks the teacher of photos. One that cannot be read any more is left out. */
async function asked(
  job: PhotoJob,
  source: Source,
  wanted: ReadonlySet<string>,
  packs: readonly string[],
  context: JobContext,
): Promise<Rows> {
  const encoder = await encoderOnDevice(source, context);
  const images = job.images.filter(({ id }) => wanted.has(id));
  const progress = timedProgress(context.report, 'doing.asking-teacher');
  const { signal } = context.control;
  const shorten = shortened(source.dimensions);
  const skipped: Skipped[] = [];
  const rows: Rows = new Map();
  for await (const cache of evaluatedPhotos({ ...job, images }, context, source.pixels, skipped, packs)) {
    const before = rows.size;
    const onProgress = (done: number) => progress(before + done, images.length);
    let at = 0;
    for await (const features of embedPhotos(encoder, cache, cache.ids, { signal, onProgress })) {
      for (const row of shorten(features)) rows.set(cache.ids[at++]!, row);
      await context.control.turn();
    }
  }
  return rows;
}

/**
 * Rows [TEACHER_NUMBERS] of features [n, d]: as they are with zeros behind them, or where there are more, turned by a
 * matrix of normal numbers, which keeps angles to a few hundredths and is the same for every run.
 */
function shortened(d: number): (features: Float32Array) => Float32Array[] {
  const k = TEACHER_NUMBERS;
  const matrix = d > k ? normal(0, 'teacher', d * k, 1 / Math.sqrt(k)) : null; // [d, K]
  return (features) =>
    Array.from({ length: features.length / d }, (_, i) => {
      const given = features.subarray(i * d, (i + 1) * d);
      const row = new Float32Array(k);
      if (!matrix) row.set(given);
      else for (let j = 0; j < d; j++) for (let m = 0; m < k; m++) row[m]! += given[j]! * matrix[j * k + m]!;
      return row;
    });
}

/** Rows less their mean; a photo that the teacher could not be asked of (NaN) gets zeros, which draw nowhere. */
function targetsOf(rows: Rows, ids: readonly string[]): Targets {
  const k = TEACHER_NUMBERS;
  const mean = new Float64Array(k);
  const there = ids.filter((id) => !Number.isNaN(rows.get(id)![0]));
  for (const id of there) for (let m = 0; m < k; m++) mean[m]! += rows.get(id)![m]! / there.length;
  return (some) => {
    const out = new Float32Array(some.length * k);
    some.forEach((id, i) => {
      const row = rows.get(id)!;
      if (!Number.isNaN(row[0])) for (let m = 0; m < k; m++) out[i * k + m] = row[m]! - mean[m]!;
    });
    return out;
  };
}
