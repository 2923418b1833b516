/**
 * Trainings by counted steps in this process, for the scripts that compare many short ones (race.ts, trial.ts,
 * quality.ts): step by step, or the state at each of some steps and the probe's figures of it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunConfig } from '../shared/config.ts';
import type { JobImage } from '../shared/contract/job.ts';
import type { ProbeMetrics } from '../shared/metricRows.ts';
import { viewsOf } from '../shared/methods/index.ts';
import { RENDERED } from '../shared/startingWeights.ts';
import { renderedFile } from '../src-main/app/runs/starting.ts';
import { Encoder, TrainingSession } from '../src-main/engine/index.ts';
import type { State } from '../src-main/engine/index.ts';
import { buildCache, ViewLoader } from '../src-main/images/index.ts';
import type { ImageCache } from '../src-main/images/index.ts';
import { Monitor } from '../src-main/trainer/monitor.ts';
import { probeSetOf } from '../src-main/trainer/probeSet.ts';
import { createSchedule, stepInputsAt } from '../src-main/trainer/schedule.ts';
import { freshState } from '../src-main/trainer/start.ts';
import { onnxRuntime } from '../src-main/trainer/backend.ts';
import { Control } from '../src-main/trainer/control.ts';
import { openTeacher } from '../src-main/trainer/teacher/index.ts';
import type { Targets } from '../src-main/trainer/teacher/index.ts';
import { cacheBytes, cacheDirectory } from './training.ts';

/** The file that a run begins with: rendered weights where there are any, or a file of safetensors; null: none. */
function weightsOf({ backbone }: RunConfig): string | null {
  if (backbone.init === 'random') return null;
  return backbone.init === RENDERED ? renderedFile(backbone) : backbone.init;
}

interface Stepped {
  cache: ImageCache;
  session: TrainingSession;
  /** What the session was made of. */
  state: State;
  stepsPerEpoch: number;
  /** Processor seconds that asking the teacher took; 0 where there is none. */
  asking: number;
  /** Trains one step with the views that belong to it. @returns the loss */
  step(at: number, inputs: ReturnType<typeof stepInputsAt>): Promise<number>;
  close(): Promise<void>;
}

/** A training on the processor that is stepped by its caller. */
export async function stepped(config: RunConfig, images: readonly JobImage[]): Promise<Stepped> {
  const { augment, imageSize, batchSize, seed, threads } = config;
  const { cache } = await buildCache({ files: images, directory: cacheDirectory, imageSize, maxBytes: cacheBytes });
  const loader = new ViewLoader({ cache, augment, imageSize, batchSize, seed, views: viewsOf(config) });
  const { state } = await freshState(config, weightsOf(config), cache.ids.length);
  const place = new Map([...cache.ids].sort().map((id, i) => [id, i]));
  const { targets, asking } = await teaching(config, images, place);
  const session = await TrainingSession.create(config, state, { device: 'cpu', threads });
  const { stepsPerEpoch } = loader;
  return {
    ...{ cache, session, state, stepsPerEpoch, asking },
    async step(at, inputs) {
      const { views, ids } = await loader.next(Math.floor(at / stepsPerEpoch), at % stepsPerEpoch);
      const numbers = Float32Array.from(ids, (id) => place.get(id)!);
      const { loss } = await session.step({ views, images: numbers, targets: targets?.(ids), ...inputs });
      return loss;
    },
    async close() {
      await session.close();
      await loader.close();
      cache.close();
    },
  };
}

/** The teacher's numbers, asked for anew, so that what they cost is counted. */
async function teaching(
  config: RunConfig,
  images: readonly JobImage[],
  place: ReadonlyMap<string, number>,
): Promise<{ targets: Targets | null; asking: number }> {
  const began = processorSeconds();
  rmSync(join(cacheDirectory, 'teachers'), { recursive: true, force: true });
  const directory = mkdtempSync(join(tmpdir(), 'lookalike-teacher-'));
  const closing: (() => unknown)[] = [];
  const context = {
    report: () => {},
    control: new Control(),
    backend: onnxRuntime,
    watch: () => {},
    later: (close: () => unknown) => void closing.push(close),
  };
  try {
    const teacher = { file: config.teacher.from, ofRun: false };
    const job = { config, images: [...images], directory, cacheDirectory, cacheBytes, teacher };
    const targets = await openTeacher(job, { numbers: place }, context);
    return { targets, asking: targets ? processorSeconds() - began : 0 };
  } finally {
    for (const close of closing) await close();
    rmSync(directory, { recursive: true });
  }
}

/** The state that a configuration begins with, and after each of `steps`, of which the last is the schedule's end. */
export async function* counted(
  config: RunConfig,
  images: readonly JobImage[],
  steps: readonly number[],
): AsyncGenerator<{ step: number; state: State; metrics: ProbeMetrics }> {
  const training = await stepped(config, images);
  const { cache, session, stepsPerEpoch } = training;
  const { threads } = config;
  const set = probeSetOf(config, cache.ids, images);
  const photos = { cache, set, fitted: set.photos };
  const monitor = new Monitor(config, photos, images, (opened, { batch }) =>
    Encoder.create(config, opened, { device: 'cpu', threads, ...(batch && { batch }) }),
  );
  const schedule = createSchedule(config, stepsPerEpoch, Math.max(1, steps.at(-1) ?? 1));
  try {
    for (let step = 0, i = 0; i < steps.length; i++) {
      for (; step < steps[i]!; step++) await training.step(step, stepInputsAt(config, schedule, step));
      const reached = await session.readState();
      yield { step, state: reached, metrics: (await monitor.probe(reached)).metrics };
    }
  } finally {
    await monitor.close();
    await training.close();
  }
}

/** Processor seconds of this process so far, of all its threads. */
export function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
