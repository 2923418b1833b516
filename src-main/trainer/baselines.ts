/**
 * What a run is compared with, measured before its first step: features that cost nothing, in a thread of their own
 * beside the opening of sessions, then the untrained network and the weights that the run begins with.
 */
import { Worker } from 'node:worker_threads';
import type { Baselines } from '../../shared/baselines.ts';
import type { RunConfig } from '../../shared/config.ts';
import type { JobImage, TrainJob } from '../../shared/contract/job.ts';
import type { WireError } from '../../shared/contract/wire.ts';
import { toWireError } from '../../shared/contract/wire.ts';
import type { KeyOf } from '../../shared/errors.ts';
import type { ProbeMetrics } from '../../shared/metricRows.ts';
import type { Damage, ImageCacheDescriptor } from '../images/index.ts';
import type { Readout } from '../evaluate/index.ts';
import { PhotosError } from './errors.ts';
import { areMany } from './even.ts';
import type { Even } from './even.ts';
import type { FreeFigures } from './freeFigures.ts';
import type { Monitor } from './monitor.ts';
import type { ProbeSet } from './probeSet.ts';
import { readoutOf } from './readout.ts';
import { freshState } from './start.ts';
import type { StartingPoint } from './start.ts';
import type { ProbePhotos } from './trainingPhotos.ts';

export interface FreeFiguresTask {
  config: RunConfig;
  descriptor: ImageCacheDescriptor;
  labels: ReadonlyMap<string, string | null>;
  set: ProbeSet;
}

export type FreeFiguresReport = { figures: FreeFigures } | { damaged: Damage };

const thread = new URL(`./freeFiguresThread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

export interface Measuring {
  /** Null where it failed, which stops no run. */
  figures: Promise<FreeFigures | null>;
  stop(): Promise<unknown>;
}

export function measureFree(config: RunConfig, { cache, set }: ProbePhotos, images: readonly JobImage[]): Measuring {
  const labels = new Map(images.map((image) => [image.id, image.label]));
  let worker: Worker | null = null;
  let stopped = false;
  const measure = async (): Promise<FreeFigures | null> => {
    if (stopped) return null;
    // One thread: the other cores prepare the network.
    const workerData: FreeFiguresTask = {
      config: { ...config, threads: 1 },
      descriptor: cache.descriptor,
      labels,
      set,
    };
    worker = new Worker(thread, { workerData });
    const report = await reportOf(worker);
    if (report === null || 'figures' in report) return report?.figures ?? null;
    await cache.mend(report.damaged); // and once more, with the copy that takes its place
    return measure();
  };
  const stop = async () => {
    stopped = true;
    await worker?.terminate();
  };
  return { figures: measure().catch(() => null), stop };
}

const reportOf = (worker: Worker): Promise<FreeFiguresReport | null> =>
  new Promise((resolve) => {
    worker.on('message', resolve);
    worker.on('error', () => resolve(null));
    worker.on('exit', () => resolve(null));
  });

/** Share of the photos that repeat one picture from which on a person is told. */
const MANY = 0.5;

/**
 * What is to be said of photos that repeat one picture; null where they do not.
 * @throws PhotosError where all of them do
 */
function repetition(free: FreeFigures | null): PhotosError<KeyOf<'same-photos'>> | null {
  if (!free) return null;
  const { count, of, blank } = free.repeated;
  if (count === of) throw new PhotosError(blank ? 'same-photos.blank' : 'same-photos.all', { count, of });
  if (count < MANY * of) return null;
  return new PhotosError(blank ? 'same-photos.many-blank' : 'same-photos.many', { count, of });
}

/** What is to be said of photos that are of one colour nearly everywhere; null where few are. */
const evenness = (even: Even): PhotosError<KeyOf<'same-photos'>> | null =>
  areMany(even) ? new PhotosError('same-photos.even', { count: even.count, of: even.of }) : null;

/** The figures of the network before its first step, those that it is compared with, and how long a probe took. */
export interface Comparison {
  untrained: ProbeMetrics;
  baselines: Baselines | null;
  secondsPerProbe: number;
  /** What photos are compared by until the first probe. */
  readout: Readout | null;
  /** Tells that the photos repeat one picture or show hardly anything; null where they do not, or where that was not looked at. */
  notice: WireError | null;
}

/** What a run that goes on has been told already. */
export const knownBaselines = (job: TrainJob, { facts }: StartingPoint): Baselines | null =>
  job.baselines ?? facts?.baselines ?? null;

/**
 * Measures what a run is compared with, on the monitor's own photos. Done once in a run's life: one that goes on has
 * been told its figures, unless its history has lost them.
 * @param free null where the baselines are known
 * @param meanwhile work that is due beside the thread of the free figures
 * @throws PhotosError where all photos are one picture
 */
export async function compare(
  job: TrainJob,
  start: StartingPoint,
  free: Measuring | null,
  monitor: Monitor,
  meanwhile: () => Promise<void>,
): Promise<Comparison> {
  const { config, state, facts } = start;
  const fresh = async (weights: string | null) => (await freshState(config, weights, 1)).state;
  // First, as it warms up for the one that is timed.
  const random = free && job.initialWeights !== null ? await monitor.share(await fresh(null)) : null;
  const began = performance.now();
  const known = facts && job.untrained;
  const probed = known ? null : await monitor.probe(facts ? await fresh(job.initialWeights) : state);
  const untrained = probed?.metrics ?? known!;
  const readout = facts ? readoutOf(state) : probed!.readout;
  const secondsPerProbe = known ? 0 : (performance.now() - began) / 1000;
  await meanwhile();
  if (!free) return { untrained, baselines: knownBaselines(job, start), secondsPerProbe, readout, notice: null };
  const figures = await free.figures;
  const repeated = repetition(figures) ?? evenness(monitor.evenPhotos());
  const baselines = withNetworks(figures, random, untrained);
  return { untrained, baselines, secondsPerProbe, readout, notice: repeated && toWireError(repeated) };
}

/** @param random share of random weights; null where the run begins with them; @param start figures of those that it begins with */
function withNetworks(free: FreeFigures | null, random: number | null, start: ProbeMetrics): Baselines | null {
  if (!free) return null;
  const { repeated: _, ...figures } = free;
  const share = start[free.measure] ?? 0;
  return { ...figures, untrained: random ?? share, start: share };
}
