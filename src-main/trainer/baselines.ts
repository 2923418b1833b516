/**
 * What a run is compared with. Before its first step: the weights that it begins with, and whether the photos are one
 * picture. Before its first verdict: features that cost nothing, in a thread of their own beside the first steps, and
 * random weights where the run begins with others.
 */
import { Worker } from 'node:worker_threads';
import type { Baselines } from '../../shared/baselines.ts';
import type { RunConfig } from '../../shared/config.ts';
import type { JobImage, TrainJob } from '../../shared/contract/job.ts';
import type { WireError } from '../../shared/contract/wire.ts';
import { toWireError } from '../../shared/contract/wire.ts';
import type { KeyOf } from '../../shared/errors.ts';
import type { ProbeMetrics } from '../../shared/metricRows.ts';
import { programAt } from '../files/program.ts';
import type { Damage, ImageCacheDescriptor } from '../images/index.ts';
import type { Repeated } from '../evaluate/baselines/index.ts';
import type { Readout } from '../evaluate/index.ts';
import { PhotosError } from './errors.ts';
import { areMany } from './even.ts';
import type { Even } from './even.ts';
import type { FreeFigures } from './freeFigures.ts';
import type { Monitor, ProbeResult } from './monitor.ts';
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

export type FreeFiguresReport = { repeated: Repeated } | { figures: FreeFigures } | { damaged: Damage };

const thread = programAt('./freeFiguresThread', import.meta.url);

export interface Measuring {
  /** Null where it failed, which stops no run. */
  repeated: Promise<Repeated | null>;
  /** After `goOn`. Null where it failed, which stops no run. */
  figures: Promise<FreeFigures | null>;
  /** Has the figures measured, which takes a core for about a second. */
  goOn(): void;
  stop(): Promise<unknown>;
}

export function measureFree(config: RunConfig, { cache, set }: ProbePhotos, images: readonly JobImage[]): Measuring {
  const labels = new Map(images.map((image) => [image.id, image.label]));
  let worker: Worker | null = null;
  let stopped = false;
  let goes = false;
  let look!: (repeated: Repeated | null) => void;
  const repeated = new Promise<Repeated | null>((resolve) => (look = resolve));
  const measure = async (): Promise<FreeFigures | null> => {
    while (!stopped) {
      // One thread: the other cores prepare the network, and then train it.
      const workerData: FreeFiguresTask = {
        config: { ...config, threads: 1 },
        descriptor: cache.descriptor,
        labels,
        set,
      };
      worker = new Worker(thread, { workerData });
      if (goes) worker.postMessage(null);
      const report = await reportOf(worker, look);
      if (report === null || 'figures' in report) return report?.figures ?? null;
      await cache.mend(report.damaged); // and once more, with the copy that takes its place
    }
    return null;
  };
  const goOn = () => {
    goes = true;
    worker?.postMessage(null);
  };
  const stop = async () => {
    stopped = true;
    await worker?.terminate();
  };
  const figures = measure()
    .catch(() => null)
    .finally(() => look(null));
  return { repeated, figures, goOn, stop };
}

const reportOf = (
  worker: Worker,
  look: (repeated: Repeated) => void,
): Promise<Exclude<FreeFiguresReport, { repeated: unknown }> | null> =>
  new Promise((resolve) => {
    worker.on('message', (report: FreeFiguresReport) =>
      'repeated' in report ? look(report.repeated) : resolve(report),
    );
    worker.on('error', () => resolve(null));
    worker.on('exit', () => resolve(null));
  });

/** Share of the photos that repeat one picture from which on a person is told. */
const MANY = 0.5;

/**
 * What is to be said of photos that repeat one picture; null where they do not.
 * @throws PhotosError where all of them do
 */
function repetition(repeated: Repeated | null): PhotosError<KeyOf<'same-photos'>> | null {
  if (!repeated) return null;
  const { count, of, blank } = repeated;
  if (count === of) throw new PhotosError(blank ? 'same-photos.blank' : 'same-photos.all', { count, of });
  if (count < MANY * of) return null;
  return new PhotosError(blank ? 'same-photos.many-blank' : 'same-photos.many', { count, of });
}

/** What is to be said of photos that are of one colour nearly everywhere; null where few are. */
const evenness = (even: Even): PhotosError<KeyOf<'same-photos'>> | null =>
  areMany(even) ? new PhotosError('same-photos.even', { count: even.count, of: even.of }) : null;

/** What a run is compared with beside what its first step waits for. */
interface Rest {
  /** Whether what is measured beside the steps is there, so that no step waits for it. */
  isReady(): boolean;
  /** How many probes it takes: one of random weights, where the run begins with others. */
  probes: number;
  /** Null where what costs nothing failed. */
  measure(): Promise<Baselines | null>;
}

/** The figures of the network before its first step, what it is compared with, and how long a probe took. */
export interface Comparison {
  untrained: ProbeMetrics;
  /** Null where they are not known yet. */
  baselines: Baselines | null;
  /** What is still to be measured before the first verdict; null where nothing is. Null of it: what costs nothing failed. */
  rest: Rest | null;
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
 * Measures what the first step waits for of what a run is compared with, on the monitor's own photos; `rest` of it what
 * may come later. Done once in a run's life: one that goes on has been told its figures, unless its history has lost
 * them.
 * @param free null where the baselines are known
 * @throws PhotosError where all photos are one picture
 */
export async function compare(
  job: TrainJob,
  start: StartingPoint,
  free: Measuring | null,
  monitor: Monitor,
): Promise<Comparison> {
  const { config, state, facts } = start;
  const fresh = async (weights: string | null) => (await freshState(config, weights, 1)).state;
  const known = facts && job.untrained;
  let probed: ProbeResult | null = null;
  let secondsPerProbe = 0;
  if (!known) {
    const weights = facts ? await fresh(job.initialWeights) : state;
    await monitor.ready(weights);
    const began = performance.now();
    probed = await monitor.probe(weights);
    secondsPerProbe = (performance.now() - began) / 1000;
  }
  const untrained = probed?.metrics ?? known!;
  const readout = facts ? readoutOf(state) : probed!.readout;
  const looked = { untrained, secondsPerProbe, readout };
  if (!free) return { ...looked, baselines: knownBaselines(job, start), rest: null, notice: null };
  const repeated = repetition(await free.repeated) ?? evenness(monitor.evenPhotos());
  let ready = false;
  void free.figures.then(() => (ready = true));
  const measure = async () => {
    const random = job.initialWeights === null ? null : await monitor.share(await fresh(null));
    return withNetworks(await free.figures, random, untrained);
  };
  const rest = { isReady: () => ready, probes: Number(job.initialWeights !== null), measure };
  return { ...looked, baselines: null, rest, notice: repeated && toWireError(repeated) };
}

/** @param random share of random weights; null where the run begins with them; @param start figures of those that it begins with */
function withNetworks(free: FreeFigures | null, random: number | null, start: ProbeMetrics): Baselines | null {
  if (!free) return null;
  const share = start[free.measure] ?? 0;
  return { ...free, untrained: random ?? share, start: share };
}
