/**
 * The embed job: photos to backbone features with a checkpoint's encoder, written row by row. Of very many, part after
 * part: the disk holds what the encoder looks at of one part, and the rows.
 */
import type { RunConfig } from '../../shared/config.ts';
import type { EmbedJob, JobResult } from '../../shared/contract/job.ts';
import type { Skipped } from '../../shared/contract/library.ts';
import { featureDim } from '../engine/index.ts';
import type { State } from '../engine/index.ts';
import { embedPhotos } from '../evaluate/index.ts';
import { writeNpyRows } from '../export/index.ts';
import { Guard, openEncoder } from './backend.ts';
import type { Embedder } from './backend.ts';
import { readCheckpoint } from './checkpoint.ts';
import type { JobContext } from './control.ts';
import { deviceOf, threadsOf } from './machine.ts';
import { checkParameters, finiteOnly } from './finite.ts';
import { evaluatedPhotos, noneReadable, timedProgress } from './photos.ts';

export async function embed(job: EmbedJob, context: JobContext): Promise<JobResult> {
  const { control, report } = context;
  const { config, state } = await openCheckpoint(job);
  const d = featureDim(config);
  const skipped: Skipped[] = [];
  const images: string[] = [];
  let encoder: Embedder | null = null;
  const progress = timedProgress(report, 'doing.embedding-photos');
  async function* rows(): AsyncGenerator<Float32Array> {
    for await (const cache of evaluatedPhotos(job, context, config, skipped)) {
      const before = images.length + skipped.length;
      if (cache.length > 0) encoder ??= await openOnDevice(config, state, context);
      images.push(...cache.ids);
      const { signal } = control;
      const onProgress = (done: number) => progress(before + done, job.images.length);
      yield* embedPhotos(encoder!, cache, cache.ids, { signal, onProgress });
    }
    if (images.length === 0) throw noneReadable(job.images.length, skipped);
  }
  await writeNpyRows(job.output, () => images.length, d, breathing(rows(), control.turn), { sealed: true });
  return { kind: 'embed', images, dimensions: d, skipped };
}

/** A checkpoint under the configuration it was trained with, on the device that is asked for now. */
export async function openCheckpoint({ checkpoint, config }: Pick<EmbedJob, 'checkpoint' | 'config'>) {
  const { state, facts } = await readCheckpoint(checkpoint);
  checkParameters(state, facts.epoch);
  return { state, config: { ...facts.config, device: config.device, threads: config.threads } };
}

/** An encoder on the device of the job, every call watched; let go of when the job's end has been told. */
async function openOnDevice(config: RunConfig, state: State, { backend, watch, later }: JobContext): Promise<Embedder> {
  const device = deviceOf(config);
  const encoder = await openEncoder(new Guard(config, device, backend, watch), backend, config, state, {
    device,
    threads: threadsOf(config),
  });
  later(() => encoder.close());
  return finiteOnly(encoder);
}

/** Lets a stop in between batches. */
async function* breathing<T>(items: AsyncIterable<T>, turn: () => Promise<void>): AsyncGenerator<T> {
  for await (const item of items) {
    yield item;
    await turn();
  }
}
