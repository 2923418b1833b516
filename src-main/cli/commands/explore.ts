/** `neighbors` and `eval`: what the encoder has learned. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../command.ts';
import type { Command } from '../command.ts';
import { findCheckpoint, findRun, openFolder } from '../find.ts';
import { oneLine, percent, table } from '../output.ts';
import { withSession } from '../session.ts';
import { runTask } from './task.ts';

export const neighbors: Command = {
  name: 'neighbors',
  usage: 'RUN IMAGE [-k 10]',
  summary: 'the photos most similar to an image',
  positionals: [2, 2],
  options: {
    k: { value: 'N', short: 'k', help: 'how many (default 10)' },
    checkpoint: { value: 'EPOCH', help: 'of which epoch (default: the latest)' },
  },
  help: `IMAGE is any image file; the photos are those of the run's folder. The first time they are embedded, which takes a while.

  lookalike neighbors "first try" ~/Pictures/cat.jpg
  lookalike neighbors 4f0k holiday.heic -k 30 --json`,
  async run(args, context) {
    const k = args.integer('k', 1) ?? 10;
    if (k > 500) throw new UsageError('-k: at most 500');
    const image = readImage(args.positionals[1]!);
    return withSession(context, async ({ client }) => {
      const { id } = await findRun(client, args.positionals[0]!);
      const run = await client.call('runs.get', { runId: id });
      const checkpoint = findCheckpoint(run, args.text('checkpoint'));
      const set = await runTask(client, context, () =>
        client.call('explore.embed', { runId: id, checkpointId: checkpoint?.id ?? null, datasetId: null }),
      );
      const { neighbours, milliseconds } = await client.call(
        'explore.query',
        { embeddingSetId: set, image, k },
        { signal: context.signal },
      );
      const { folder } = await client.call('library.get', { datasetId: run.datasetId });
      const rows = await Promise.all(
        neighbours.map(async ({ imageId, similarity }) => {
          const { file, label } = await client.call('library.image', { imageId });
          return { file: join(folder, file), label, similarity };
        }),
      );
      context.output.json({ run: id, milliseconds, neighbors: rows });
      context.output.print(
        table([
          ['similarity', 'label', 'file'],
          ...rows.map((row) => [row.similarity.toFixed(4), row.label ?? '', oneLine(row.file)]),
        ]),
      );
      return 0;
    });
  },
};

function readImage(file: string): string {
  try {
    return readFileSync(file).toString('base64');
  } catch (error) {
    throw new UsageError(
      `the image ${file} cannot be read (${(error as NodeJS.ErrnoException).code}): check its path`,
    );
  }
}

export const evaluate: Command = {
  name: 'eval',
  usage: 'RUN --knn | --linear | --fewshot [--train FOLDER --test FOLDER]',
  summary: 'measure the frozen features on labelled folders',
  positionals: [1, 1],
  options: {
    knn: { help: 'k nearest neighbours vote' },
    linear: { help: 'a linear classifier on the frozen features' },
    fewshot: { help: 'from 1, 5 and 10 photos a class' },
    train: { value: 'FOLDER', help: 'labelled photos to learn from (default: the run’s folder)' },
    test: { value: 'FOLDER', help: 'labelled photos to test on (default: held out, or leave-one-out)' },
    k: { value: 'N', short: 'k', help: 'neighbours for --knn (default 200, at most the photos there are)' },
    checkpoint: { value: 'EPOCH', help: 'of which epoch (default: the latest)' },
  },
  help: `Labels are the subfolders' names.

  lookalike eval "first try" --knn
  lookalike eval 4f0k --linear --train cifar10/train --test cifar10/test`,
  async run(args, context) {
    const kinds = (['knn', 'linear', 'fewshot'] as const).filter((kind) => args.on(kind));
    if (kinds.length !== 1) throw new UsageError('choose one of --knn, --linear and --fewshot');
    const kind = kinds[0]!;
    const k = args.integer('k', 1);
    return withSession(context, async ({ client }) => {
      const { id } = await findRun(client, args.positionals[0]!);
      const run = await client.call('runs.get', { runId: id });
      const checkpoint = findCheckpoint(run, args.text('checkpoint'));
      const folder = async (name: string) => {
        const given = args.text(name);
        return given === undefined ? null : (await openFolder(client, given, context)).id;
      };
      const trainDatasetId = await folder('train');
      const testDatasetId = await folder('test');
      const evaluationId = await runTask(client, context, () =>
        client.call('evaluate.start', {
          runId: id,
          checkpointId: checkpoint?.id ?? null,
          kind,
          trainDatasetId,
          testDatasetId,
          ...(k !== undefined && { k }),
        }),
      );
      const result = await client.call('evaluate.get', { evaluationId });
      const { output } = context;
      output.json(result);
      const spread = result.spread === null ? '' : ` ± ${percent(result.spread)}`;
      output.print(
        `${kind} accuracy ${percent(result.accuracy)}${spread} on ${result.images} photos of ${result.classes.length} classes (${result.split})`,
      );
      for (const item of result.shots)
        output.print(`  ${item.shots} photos a class: ${percent(item.accuracy)} ± ${percent(item.spread)}`);
      const rows = result.classes.map((name, i) => {
        const row = result.confusion[i]!;
        const total = row.reduce((sum, count) => sum + count, 0);
        const wrong = row.map((count, j) => ({ count, j })).filter(({ count, j }) => j !== i && count > 0);
        wrong.sort((a, b) => b.count - a.count);
        return [
          name,
          percent(total ? row[i]! / total : null),
          wrong[0] ? `${result.classes[wrong[0].j]} (${wrong[0].count})` : '',
        ];
      });
      if (rows.length > 0) output.print(table([['class', 'right', 'most often taken for'], ...rows]));
      return 0;
    });
  },
};
