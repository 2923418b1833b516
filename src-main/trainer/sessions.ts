/**
 * What a run computes with: batches made ahead, a session that trains on them, and the monitor's encoder beside it. Calls
 * of the device go through one guard, one at a time.
 */
import type { Stop } from '../../shared/closers.ts';
import type { JobImage } from '../../shared/contract/job.ts';
import { viewsOf } from '../../shared/methods/index.ts';
import { imagenetNormalisation, ViewLoader } from '../images/index.ts';
import { Guard, openEncoder, openTraining } from './backend.ts';
import type { Training } from './backend.ts';
import type { JobContext } from './control.ts';
import type { Machine } from './machine.ts';
import { Monitor } from './monitor.ts';
import { placeAt } from './schedule.ts';
import type { Targets } from './teacher/index.ts';
import type { TrainingPhotos } from './trainingPhotos.ts';
import type { StartingPoint } from './start.ts';

export interface Sessions {
  session: Training;
  loader: ViewLoader;
  monitor: Monitor;
  /** Number of photos trained on. */
  photos: number;
  /** A batch as a step is fed it. Valid until the next one. */
  batchAt(epoch: number, stepInEpoch: number): Promise<Batch>;
}

interface Batch {
  views: Parameters<Training['step']>[0]['views'];
  /** For each photo of the batch its index among the photos trained on. */
  images: Float32Array;
  /** Where there is a teacher: what it makes of each of them. */
  targets?: Float32Array;
  /** Seconds that the step waited for the batch. */
  waited: number;
}

/** @param closing takes the loader's stop; the device's sessions are closed after the job's end has been told */
export async function openSessions(
  { config, state, schedule, facts }: StartingPoint,
  { probe, trained, numbers, largest, targets }: TrainingPhotos & { targets: Targets | null },
  images: readonly JobImage[],
  { device, threads }: Pick<Machine, 'device' | 'threads'>,
  { backend, watch, later }: JobContext,
  closing: Stop[],
): Promise<Sessions> {
  const field = config.viewsBy === 'device' ? largest : undefined;
  const { augment, input, imageSize, batchSize, seed } = config;
  const views = viewsOf(config);
  const loader = new ViewLoader({ cache: trained, augment, input, imageSize, batchSize, seed, views, field });
  closing.push(() => loader.close());
  const { epoch, stepInEpoch } = schedule ? placeAt(schedule, facts?.step ?? 0) : { epoch: 0, stepInEpoch: 0 };
  loader.prefetch(epoch, stepInEpoch); // beside what one core does alone until the first step
  const guard = new Guard(config, device, backend, watch);
  const session = await openTraining(guard, backend, config, state, {
    device,
    threads,
    photos: field && { ...field, ...imagenetNormalisation },
  });
  later(() => session.close());
  const monitor = new Monitor(config, probe, images, (state, settings) =>
    openEncoder(guard, backend, config, state, { device, threads, ...settings }),
  );
  later(() => monitor.close());
  return {
    session,
    loader,
    monitor,
    photos: numbers.size,
    async batchAt(epoch, stepInEpoch) {
      const { views, unmade, ids, waited } = await loader.next(epoch, stepInEpoch);
      const images = Float32Array.from(ids, (id) => numbers.get(id)!);
      return { views: unmade ?? views, images, ...(targets && { targets: targets(ids) }), waited };
    },
  };
}
