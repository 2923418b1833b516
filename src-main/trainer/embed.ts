/** The embed job: photos to backbone features with a checkpoint's encoder, written row by row. */
import type { EmbedJob, JobResult } from '../../shared/contract/job.ts';
import { Encoder, featureDim } from '../engine/index.ts';
import { embedPhotos } from '../evaluate/index.ts';
import { writeNpyRows } from '../export/index.ts';
import { readCheckpoint } from './checkpoint.ts';
import type { JobContext } from './control.ts';
import { TrainerError } from './errors.ts';
import { deviceOf, threadsOf } from './estimate.ts';
import { preparePhotos, timedProgress } from './photos.ts';

export async function embed(job: EmbedJob, context: JobContext): Promise<JobResult> {
  const { control, report } = context;
  const { config, state } = await openCheckpoint(job);
  const { cache, skipped } = await preparePhotos(job, context, config.imageSize);
  try {
    if (cache.length === 0) throw new TrainerError('no-images', `none of the ${job.images.length} photos could be read: the first is skipped because ${skipped[0]?.reason ?? 'there is none'}`);
    const encoder = await Encoder.create(config, state, { device: deviceOf(config), threads: threadsOf(config) });
    try {
      const d = featureDim(config);
      const rows = embedPhotos(encoder, cache, cache.ids, { signal: control.signal, onProgress: timedProgress(report, 'embedding photos') });
      await writeNpyRows(job.output, cache.length, d, breathing(rows, control.turn));
      return { kind: 'embed', images: [...cache.ids], dimensions: d, skipped };
    } finally {
      await encoder.close();
    }
  } finally {
    cache.close();
  }
}

/** A checkpoint under the configuration it was trained with, on the device that is asked for now. */
export async function openCheckpoint({ checkpoint, config }: Pick<EmbedJob, 'checkpoint' | 'config'>) {
  const { state, facts } = await readCheckpoint(checkpoint);
  return { state, config: { ...facts.config, device: config.device, threads: config.threads } };
}

/** Lets a stop in between batches. */
async function* breathing<T>(items: AsyncIterable<T>, turn: () => Promise<void>): AsyncGenerator<T> {
  for await (const item of items) {
    yield item;
    await turn();
  }
}
