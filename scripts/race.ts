/**
 * Which recipe gives the best features for the same work? Trains each of recipes.ts for equal processor seconds and asks
 * photos that it never saw (without --test its own, each by the others): kNN with 20 and 200 neighbours and a linear
 * classifier. Processor seconds and not minutes, so that a busy machine changes nothing but the wait: two idle cores give
 * two of them a second.
 *
 *   node scripts/race.ts RECIPE... --train FOLDER [--test FOLDER] [--seconds 210 | --steps N] [--seeds 0] [--set key=value ...]
 *     [--no-linear] [--out FILE]
 *
 * Of a run with a teacher (--set teacher.from=FILE) asking it counts as well.
 *
 * RECIPE is a name of recipes.ts, or a preset (quick, balanced, thorough). Appends one object a line to FILE. Beside
 * other work even processor seconds of a step vary by half, so recipes of one cost are compared by equal steps.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { mergeConfig, parseConfig, patchFromAssignment } from '../shared/config.ts';
import type { RunConfig } from '../shared/config.ts';
import { continuedPatch, presetPatch } from '../shared/presets.ts';
import type { State } from '../src-main/engine/index.ts';
import { linearEvaluation } from '../src-main/evaluate/index.ts';
import { decodeBytes } from '../src-main/images/index.ts';
import { createSchedule, stepInputsAt, timedInputs } from '../src-main/trainer/schedule.ts';
import { processorSeconds, stepped } from './counted.ts';
import { comparing, embedded, knnAccuracy } from './held-out.ts';
import { recipes } from './recipes.ts';
import { classesOf, imagesOf, machine } from './training.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  allowNegative: true,
  options: {
    train: { type: 'string' },
    test: { type: 'string' },
    seconds: { type: 'string', default: '210' },
    steps: { type: 'string' },
    linear: { type: 'boolean', default: true },
    seeds: { type: 'string', default: '0' },
    set: { type: 'string', multiple: true, default: [] },
    out: { type: 'string' },
  },
});
const presets = ['quick', 'balanced', 'thorough'] as const;
const preset = (name: string) => presets.find((known) => known === name);
const unknown = positionals.filter((name) => !(name in recipes) && !preset(name));
if (positionals.length === 0 || unknown.length > 0 || !values.train) {
  process.stderr.write(
    `${unknown.length > 0 ? `there is no recipe ${unknown.join(', ')}; ` : ''}usage: node scripts/race.ts RECIPE... --train FOLDER [--test FOLDER]\nrecipes: ${[...presets, ...Object.keys(recipes)].join(', ')}\n`,
  );
  process.exit(2);
}
const train = imagesOf(values.train);
const test = values.test ? imagesOf(values.test) : null;
const { width, height } = await decodeBytes(train[0]!.file, readFileSync(train[0]!.path));
/** Photos of a race are of one size: presets go by it. */
const side = Math.min(width, height);
const classes = classesOf(train);
/** Steps that the cost of one is measured on, and as many before them that warm up. */
const TRIED = 4;

async function trained(config: RunConfig, budget: number): Promise<{ state: State; steps: number; spent: number }> {
  const training = await stepped(config, train);
  const { session, state, stepsPerEpoch, asking } = training;
  const idle = timedInputs(config);
  const affordable = async (): Promise<number> => {
    for (let i = 0; i < TRIED; i++) await training.step(i, idle);
    const began = processorSeconds();
    for (let i = 0; i < TRIED; i++) await training.step(TRIED + i, idle);
    const steps = Math.max(10, Math.round((TRIED * (budget - asking)) / (processorSeconds() - began)));
    session.writeState(state);
    return steps;
  };
  const steps = values.steps ? Number(values.steps) : await affordable();
  const schedule = createSchedule(config, stepsPerEpoch, steps);
  const began = processorSeconds();
  for (let i = 0; i < steps; i++) {
    const loss = await training.step(i, stepInputsAt(config, schedule, i));
    if (i % 50 === 0) console.log(`  step ${i} of ${steps}, loss ${loss.toFixed(3)}`);
  }
  const spent = processorSeconds() - began + asking;
  const after = await session.readState();
  await training.close();
  return { state: after, steps, spent };
}

for (const name of positionals)
  for (const seed of values.seeds.split(',').map(Number)) {
    const named = preset(name);
    const patch = named
      ? mergeConfig(presetPatch(named, { images: train.length, device: 'cpu', side }), { minutes: null, epochs: 1 })
      : recipes[name];
    const sets = mergeConfig(...values.set.map(patchFromAssignment));
    const gentle = named ? continuedPatch(sets.backbone?.init, patch ?? {}) : {};
    const config = parseConfig(mergeConfig(patch, gentle, sets, { seed }));
    const { state: learnt, steps, spent } = await trained(config, Number(values.seconds));
    const state = await comparing(config, learnt, train);
    const bank = await embedded(config, state, train, classes);
    const queries = test ? await embedded(config, state, test, classes) : null;
    const knn = (k: number) => knnAccuracy(bank, queries, classes.length, { k });
    const linear =
      values.linear && queries
        ? await linearEvaluation({ train: bank, test: queries, d: bank.d, classes: classes.length })
        : null;
    const row = {
      recipe: name,
      set: values.set,
      seed,
      steps,
      epochs: Number(((steps * config.batchSize) / train.length).toFixed(2)),
      processorSeconds: Math.round(spent),
      knn20: await knn(20),
      knn200: await knn(200),
      linear: linear?.accuracy ?? null,
      machine,
    };
    console.log(JSON.stringify(row));
    if (values.out) appendFileSync(values.out, `${JSON.stringify(row)}\n`);
  }
