/**
 * Does the trial choose rightly? In each committed situation (situations.ts) every way to begin (shared/lab/beginnings.ts)
 * is trained for a trial and for longer, from the same first state, and the way that the trial chooses is compared with
 * the one that is best in the end. A trial goes by its probe (photos that are learnt from, each by the others, or the
 * label-free quality), the end by photos that no training saw.
 *
 *   node scripts/trial.ts FOLDER [SITUATION...] [--trial 24] [--steps 192] [--batch 64] [--size 32] [--out FILE]
 *
 * FOLDER is what situations.ts wrote. Steps are counted and equal for all ways, so that a busy machine changes nothing.
 * Appends one object a line to FILE; `--table FILE` prints the table of what such a file holds, `--recorded` one of what
 * quality.ts measured: steps 20 and 140 of the same runs, without the gentle way.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { mergeConfig, parseConfig } from '../shared/config.ts';
import { beginningArms, beginningBase, bestBeginning } from '../shared/lab/beginnings.ts';
import type { PhotoKind } from '../shared/lab/photoKind.ts';
import { qualityOfPoint, recordedPoints } from '../test/unit/points.ts';
import { counted, processorSeconds } from './counted.ts';
import { comparing, embedded, knnAccuracy } from './held-out.ts';
import { situations } from './situations.ts';
import { classesOf, imagesOf } from './training.ts';

/** What a person would say that these photos are of; the others are of anything. */
const kinds: Record<string, PhotoKind> = { fashion: 'upright', 'fashion-few': 'upright', dim: 'noUp', grain: 'noUp' };

interface Row {
  situation: string;
  photos: number;
  steps: { trial: number; end: number };
  /** By way: kNN accuracy of the probe and label-free quality after the trial, kNN of unseen photos in the end. */
  ways: Record<string, { knn: number; quality: number; end: number }>;
  processorSeconds?: number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    trial: { type: 'string', default: '24' },
    steps: { type: 'string', default: '192' },
    batch: { type: 'string', default: '64' },
    size: { type: 'string', default: '32' },
    out: { type: 'string' },
    table: { type: 'string' },
    recorded: { type: 'boolean', default: false },
  },
});

async function measured(folder: string, situation: string): Promise<Row> {
  const began = processorSeconds();
  const [train, test] = ['train', 'test'].map((part) => imagesOf(join(folder, situation, part))) as [
    ReturnType<typeof imagesOf>,
    ReturnType<typeof imagesOf>,
  ];
  const classes = classesOf(train);
  const base = beginningBase({ images: train.length }, kinds[situation] ?? 'any');
  const batchSize = Math.min(base.batchSize!, Number(values.batch));
  const ways: Row['ways'] = {};
  for (const { id, patch, epochs } of beginningArms) {
    const config = parseConfig(
      mergeConfig(base, patch, { imageSize: Number(values.size), batchSize, minutes: null, epochs: 1, threads: 1 }),
    );
    const perEpoch = Math.floor(train.length / batchSize);
    const lengths = epochs ? [epochs * perEpoch] : [Number(values.trial), Number(values.steps)];
    const way = { knn: 0, quality: 0, end: 0 };
    for (const [i, length] of lengths.entries())
      for await (const { state, metrics } of counted(config, train, [length])) {
        if (i === 0) Object.assign(way, { knn: metrics.knn!, quality: metrics.quality! });
        if (i < lengths.length - 1) continue;
        const compared = await comparing(config, state, train);
        const [bank, queries] = [
          await embedded(config, compared, train, classes),
          await embedded(config, compared, test, classes),
        ];
        way.end = await knnAccuracy(bank, queries, classes.length, { k: 20 });
      }
    ways[id] = way;
    console.log(`${situation} ${id} ${JSON.stringify(way)}`);
  }
  return {
    situation,
    photos: train.length,
    steps: { trial: Number(values.trial), end: Number(values.steps) },
    ways,
    processorSeconds: Math.round(processorSeconds() - began),
  };
}

/** Points that a choice may be behind the best. */
const NEAR = 0.02;
const percent = (share: number): string => (100 * share).toFixed(1);

function tableOf(rows: readonly Row[]): string {
  const ids = beginningArms.map(({ id }) => id).filter((id) => rows.every(({ ways }) => id in ways));
  const right = { knn: 0, quality: 0 };
  const lines = rows.map(({ situation, photos, ways }) => {
    const best = Math.max(...ids.map((id) => ways[id]!.end));
    const chosen = (['knn', 'quality'] as const).map((by) => {
      const tried = ids.map((armId) => ({ armId, mean: ways[armId]![by], verdict: null }));
      const id = bestBeginning(tried)!.best.armId;
      const behind = best - ways[id]!.end;
      if (behind <= NEAR) right[by]++;
      return `${id}${behind > 0 ? ` (${percent(-behind)})` : ''}`;
    });
    const ends = ids.map((id) => (ways[id]!.end === best ? `**${percent(best)}**` : percent(ways[id]!.end)));
    const of = `${situations[situation]?.about ?? ''}${photos > 0 ? `, ${photos} photos` : ''}`;
    return `| ${[situation, of, ...ends, ...chosen].join(' | ')} |`;
  });
  const head = ['situation', 'photos of', ...ids, 'chosen by kNN', 'chosen without labels'];
  return [
    `| ${head.join(' | ')} |`,
    `| ${head.map(() => '---').join(' | ')} |`,
    ...lines,
    '',
    `The best or within 2 points of it: ${right.knn} of ${rows.length} by kNN, ${right.quality} of ${rows.length} without labels.`,
  ].join('\n');
}

/** What quality.ts measured, as trials. */
function recordedRows(): Row[] {
  const points = recordedPoints();
  const kinds = { kept: ['rendered', 0, 0], continued: ['rendered', 20, 140], scratch: ['simclr', 20, 140] } as const;
  return [...new Set(points.map(({ situation }) => situation))].map((situation) => {
    const at = (recipe: string, step: number) =>
      points.find((point) => point.situation === situation && point.recipe === recipe && point.step === step)!;
    const ways = Object.entries(kinds).map(([id, [recipe, trial, end]]) => {
      const tried = at(recipe, trial);
      return [id, { knn: tried.knn, quality: qualityOfPoint(tried)!, end: at(recipe, end).knn }] as const;
    });
    return { situation, photos: 0, steps: { trial: 20, end: 140 }, ways: Object.fromEntries(ways) };
  });
}

if (values.recorded) {
  console.log(tableOf(recordedRows()));
} else if (values.table) {
  const text = readFileSync(values.table, 'utf8').trim();
  console.log(tableOf(text.split('\n').map((line) => JSON.parse(line) as Row)));
} else {
  const [folder, ...wanted] = positionals;
  if (!folder) {
    process.stderr.write('usage: node scripts/trial.ts FOLDER [SITUATION...] [--out FILE]\n');
    process.exit(2);
  }
  for (const situation of wanted.length > 0 ? wanted : Object.keys(situations)) {
    const row = await measured(folder, situation);
    if (values.out) appendFileSync(values.out, `${JSON.stringify(row)}\n`);
    console.log(JSON.stringify(row));
  }
}
