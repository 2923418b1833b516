/**
 * Does training wait for its photos? Steps fed by the view loader beside the same steps on views that are there
 * already, in turns, so that whatever else the machine does falls on both.
 *
 *   node src-main/trainer/bench/endToEnd.ts FOLDER [--set key=value ...] [--steps 3] [--rounds 5]
 */
import { readdir } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { mergeConfig, parseConfig, patchFromAssignment } from '../../../shared/config.ts';
import type { RunConfig } from '../../../shared/config.ts';
import { initialState, TrainingSession } from '../../engine/index.ts';
import { buildCache, imagenetNormalisation, ViewLoader } from '../../images/index.ts';
import { deviceOf, threadsOf } from '../machine.ts';
import { largestOf } from '../photos.ts';
import { median } from '../../../shared/numbers.ts';

export interface EndToEnd {
  /** Photos a second, medians over the rounds. */
  endToEnd: number;
  stepAlone: number;
  ratio: number;
}

/** @param files photos to train on, at least a batch of them; those that `cacheDirectory` lacks are cached first. */
export async function benchEndToEnd(
  config: RunConfig,
  files: { path: string; width?: number; height?: number }[],
  cacheDirectory: string,
  { steps = 3, rounds = 5 } = {},
): Promise<EndToEnd> {
  const { batchSize, imageSize, augment, seed } = config;
  const { cache } = await buildCache({
    files: files.map((file) => ({ id: file.path, ...file })),
    directory: cacheDirectory,
    imageSize,
  });
  const field = config.viewsBy === 'device' ? largestOf(cache) : undefined;
  const loader = new ViewLoader({ cache, augment, imageSize, batchSize, seed, field });
  const session = await TrainingSession.create(config, initialState(config), {
    device: deviceOf(config),
    threads: threadsOf(config),
    photos: field && { ...field, ...imagenetNormalisation },
  });
  const rates = { learningRate: 1e-3, predictorLearningRate: 1e-3 };
  const there = [0, 1].map(() =>
    Float32Array.from({ length: batchSize * 3 * imageSize ** 2 }, () => 2 * Math.random() - 1),
  );
  let at = 0;
  const fed = async () => {
    const { views, unmade } = await loader.next(Math.floor(at / loader.stepsPerEpoch), at % loader.stepsPerEpoch);
    at++;
    await session.step({ views: unmade ?? views, ...rates });
  };
  const alone = async () => void (await session.step({ views: there, ...rates }));
  const timed = async (step: () => Promise<void>) => {
    await step(); // whatever the other kind left in the caches, and the batch that the loader had ready
    const began = performance.now();
    for (let i = 0; i < steps; i++) await step();
    return (1000 * steps * batchSize) / (performance.now() - began);
  };
  const rows: EndToEnd[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      const stepAlone = await timed(alone);
      const endToEnd = await timed(fed);
      rows.push({ stepAlone, endToEnd, ratio: endToEnd / stepAlone });
    }
  } finally {
    await loader.close();
    await session.close();
    cache.close();
  }
  return {
    endToEnd: median(rows.map((r) => r.endToEnd)),
    stepAlone: median(rows.map((r) => r.stepAlone)),
    ratio: median(rows.map((r) => r.ratio)),
  };
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      set: { type: 'string', multiple: true, default: [] },
      steps: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '5' },
    },
  });
  const folder = positionals[0];
  if (!folder) {
    process.stderr.write(
      'usage: node src-main/trainer/bench/endToEnd.ts FOLDER [--set key=value ...] [--steps 3] [--rounds 5]\n',
    );
    process.exit(2);
  }
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ path }));
  const config = parseConfig(mergeConfig({ epochs: 1 }, ...values.set.map(patchFromAssignment)));
  const result = await benchEndToEnd(config, files, join(tmpdir(), 'lookalike-bench-cache'), {
    steps: Number(values.steps),
    rounds: Number(values.rounds),
  });
  process.stdout.write(
    `${JSON.stringify({ device: deviceOf(config), viewsBy: config.viewsBy, threads: threadsOf(config), cores: availableParallelism(), ...result })}\n`,
  );
  process.exit(0);
}
