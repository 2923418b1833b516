/**
 * The embed job: photos to backbone features with a checkpoint's encoder, written row by row. Of very many, part after
 * part: the disk holds what the encoder looks at of one part, and the rows.
 */
import { append } from '../../shared/append.ts';
import type { EmbedJob } from '../../shared/contract/job.ts';
import type { JobResult } from '../../shared/contract/report.ts';
import type { Skipped } from '../../shared/contract/dataset.ts';
import { IdList } from '../../shared/idList.ts';
import { embedPhotos } from '../evaluate/index.ts';
import { writeNpyRows } from '../export/index.ts';
import type { Embedder } from './backend.ts';
import type { JobContext } from './control.ts';
import { evaluatedPhotos, noneReadable, timedProgress } from './photos.ts';
import { encoderOnDevice, openSource } from './source.ts';

export async function embed(job: EmbedJob, context: JobContext): Promise<JobResult> {
  const { control, report } = context;
  const source = await openSource(job);
  const skipped: Skipped[] = [];
  const images: string[] = [];
  let encoder: Embedder | null = null;
  const progress = timedProgress(report, 'doing.embedding-photos');
  async function* rows(): AsyncGenerator<Float32Array> {
    for await (const cache of evaluatedPhotos(job, context, source.pixels, skipped)) {
      const before = images.length + skipped.length;
      if (cache.length > 0) encoder ??= await encoderOnDevice(source, context);
      append(images, cache.ids);
      const { signal } = control;
      const onProgress = (done: number) => progress(before + done, job.images.length);
      yield* embedPhotos(encoder!, cache, cache.ids, { signal, onProgress });
    }
    if (images.length === 0) throw noneReadable(job.images.length, skipped);
  }
  const { dimensions } = source;
  await writeNpyRows(job.output, () => images.length, dimensions, breathing(rows(), control.turn), { sealed: true });
  return { kind: 'embed', images: IdList.of(images).bytes, dimensions, skipped };
}

/** Lets a stop in between batches. */
async function* breathing<T>(items: AsyncIterable<T>, turn: () => Promise<void>): AsyncGenerator<T> {
  for await (const item of items) {
    yield item;
    await turn();
  }
}
