/** `eval`: how well the frozen features tell labels apart, on the run's folder or on any other (transfer). */
import { LinearSolver } from '../../../shared/contract.ts';
import { counted } from '../../../shared/messages/format.ts';
import { UsageError, whole } from '../command.ts';
import type { Arguments, Command } from '../command.ts';
import { confusionTable, describeEvaluation, remarksOf, writeConfusion } from '../confusion.ts';
import { csvTarget } from '../csvFile.ts';
import { findCheckpoint, findRun, openFolder } from '../find.ts';
import { baselinesLine, percent } from '../output.ts';
import { withSession } from '../session.ts';
import { runTask } from './task.ts';

const kinds = ['knn', 'linear', 'fewshot'] as const;

/** The settings of the chosen kind of evaluation. @throws UsageError for an option of another kind */
function settingsOf(args: Arguments, kind: (typeof kinds)[number]) {
  const only = (name: string, of: string, given: unknown) => {
    if (given !== undefined && kind !== of) throw new UsageError(`--${name} goes with --${of} only`);
  };
  const k = args.integer('k', 1);
  only('k', 'knn', k);
  const solver = args.text('solver');
  only('solver', 'linear', solver);
  const solvers = LinearSolver.options;
  if (solver !== undefined && !solvers.some((name) => name === solver))
    throw new UsageError(`--solver ${solver}: choose from ${solvers.join(', ')}`);
  const shots = args.text('shots')?.split(',').map(whole);
  only('shots', 'fewshot', shots);
  if (shots?.some((count) => !Number.isInteger(count) || count < 1 || count > 100))
    throw new UsageError(`--shots ${args.text('shots')}: give whole numbers from 1 to 100, as in 1,5,10`);
  return {
    ...(k !== undefined && { k }),
    ...(solver !== undefined && { solver: solver as LinearSolver }),
    ...(shots !== undefined && { shots }),
  };
}

export const evaluate: Command = {
  name: 'eval',
  usage: 'RUN --knn | --linear | --fewshot [--train FOLDER --test FOLDER]',
  summary: 'measure the frozen features on labelled folders',
  positionals: [1, 1],
  options: {
    knn: { help: 'k nearest neighbours vote' },
    linear: { help: 'a linear classifier on the frozen features' },
    fewshot: { help: 'the same from few photos a class, several draws' },
    train: { value: 'FOLDER', help: 'labelled photos to learn from (default: the run’s folder)' },
    test: { value: 'FOLDER', help: 'labelled photos to test on (default: a part of those, see below)' },
    k: { value: 'N', short: 'k', help: 'neighbours for --knn (default 20 below 5,000 photos, else 200)' },
    solver: { value: 'S', help: 'for --linear: lbfgs (default, the optimum), or as in papers sgd or lars' },
    shots: { value: 'LIST', help: 'photos a class for --fewshot (default 1,5,10)' },
    confusion: { value: 'FILE', help: 'write the confusion matrix as CSV' },
    spreadsheet: { help: 'in that file, an apostrophe before names of classes that a spreadsheet would compute' },
    checkpoint: { value: 'EPOCH', help: 'of which epoch (default: the latest)' },
  },
  help: `Labels are the subfolders' names; the two folders must share them. Where one folder is both, its held-out photos
are tested; where it has none, kNN leaves each photo out in turn and the others keep a fifth of each class apart.
The confusion matrix is printed with the accuracy; the result is kept with the run ('lookalike show RUN').

  lookalike eval "first try" --knn
  lookalike eval 4f0k --linear --train cifar10/train --test cifar10/test
  lookalike eval 4f0k --linear --solver lars --confusion confusion.csv`,
  async run(args, context) {
    const chosen = kinds.filter((kind) => args.on(kind));
    if (chosen.length !== 1) throw new UsageError('choose one of --knn, --linear and --fewshot');
    const kind = chosen[0]!;
    const settings = settingsOf(args, kind);
    const csv = args.text('confusion');
    args.only(['spreadsheet'], csv !== undefined, '--confusion');
    return withSession(context, async ({ client }) => {
      const { id } = await findRun(client, args.positionals[0]!);
      const run = await client.call('runs.get', { runId: id });
      const checkpoint = findCheckpoint(run, args.text('checkpoint'));
      const file = csv === undefined ? null : await csvTarget(client, 'confusion', csv);
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
          ...settings,
        }),
      );
      const result = await client.call('evaluate.get', { evaluationId });
      if (file !== null) writeConfusion(file, result, args.on('spreadsheet'));
      const { output } = context;
      output.json(result);
      output.print(describeEvaluation(result));
      // Of photos of another folder what the run was compared with says nothing.
      if (run.baselines?.measure === 'knn' && result.testDatasetId === run.datasetId)
        output.print(baselinesLine(run.baselines));
      for (const remark of remarksOf(result)) output.print(remark);
      for (const item of result.shots)
        output.print(`  ${counted(item.shots, 'photo')} a class: ${percent(item.accuracy)} ± ${percent(item.spread)}`);
      output.print(confusionTable(result));
      if (file !== null) output.print(file);
      return 0;
    });
  },
};
