/**
 * Trainings by counted steps in this process, for the scripts that compare many short ones (trial.ts, quality.ts): the
 * state at each of some steps, and the probe's figures of it.
 */
import type { RunConfig } from '../shared/config.ts';
import type { JobImage } from '../shared/contract/job.ts';
import type { ProbeMetrics } from '../shared/metricRows.ts';
import { viewsOf } from '../shared/methods/index.ts';
import { RENDERED } from '../shared/startingWeights.ts';
import { renderedFile } from '../src-main/app/runs/starting.ts';
import { Encoder, TrainingSession } from '../src-main/engine/index.ts';
import type { State } from '../src-main/engine/index.ts';
import { buildCache, ViewLoader } from '../src-main/images/index.ts';
import { Monitor } from '../src-main/trainer/monitor.ts';
import { probeSetOf } from '../src-main/trainer/probeSet.ts';
import { createSchedule, stepInputsAt } from '../src-main/trainer/schedule.ts';
import { freshState } from '../src-main/trainer/start.ts';
import { cacheBytes, cacheDirectory } from './training.ts';

/** The state that a configuration begins with, and after each of `steps`, of which the last is the schedule's end. */
export async function* counted(
  config: RunConfig,
  images: readonly JobImage[],
  steps: readonly number[],
): AsyncGenerator<{ step: number; state: State; metrics: ProbeMetrics }> {
  const { cache } = await buildCache({
    files: images,
    directory: cacheDirectory,
    imageSize: config.imageSize,
    maxBytes: cacheBytes,
  });
  const { augment, imageSize, batchSize, seed, threads } = config;
  const loader = new ViewLoader({ cache, augment, imageSize, batchSize, seed, views: viewsOf(config) });
  const weights = config.backbone.init === RENDERED ? renderedFile(config.backbone) : null;
  const { state } = await freshState(config, weights, cache.ids.length);
  const session = await TrainingSession.create(config, state, { device: 'cpu', threads });
  const monitor = await Monitor.create(
    config,
    { cache, set: probeSetOf(config, cache.ids, images) },
    images,
    ({ batch }) => Encoder.create(config, state, { device: 'cpu', threads, ...(batch && { batch }) }),
  );
  const place = new Map([...cache.ids].sort().map((id, i) => [id, i]));
  const perEpoch = loader.stepsPerEpoch;
  const schedule = createSchedule(config, perEpoch, Math.max(1, steps.at(-1) ?? 1));
  try {
    for (let step = 0, i = 0; i < steps.length; i++) {
      for (; step < steps[i]!; step++) {
        const batch = await loader.next(Math.floor(step / perEpoch), step % perEpoch);
        const rows = Float32Array.from(batch.ids, (id) => place.get(id)!);
        await session.step({ views: batch.views, images: rows, ...stepInputsAt(config, schedule, step) });
      }
      const reached = await session.readState();
      yield { step, state: reached, metrics: (await monitor.probe(reached)).metrics };
    }
  } finally {
    await session.close();
    await monitor.close();
    await loader.close();
    cache.close();
  }
}

/** Processor seconds of this process so far, of all its threads. */
export function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
