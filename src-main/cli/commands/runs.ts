/** `runs`, `show` and `delete`: the history. */
import { bestFree } from '../../../shared/baselines.ts';
import type { FrozenEncoder } from '../../../shared/frozen.ts';
import { counted } from '../../../shared/messages/format.ts';
import type { Command } from '../command.ts';
import { describeEvaluation } from '../confusion.ts';
import { findRun, noRuns, round } from '../find.ts';
import { epochHeader, epochRow } from '../epochs.ts';
import { verdictWord } from '../verdictWord.ts';
import { baselinesLine, beforeTraining, bytes, duration, percent, table } from '../output.ts';
import { withSession } from '../session.ts';

const frozenLine = ({ file, dimensions, form, licence, origin }: FrozenEncoder): string =>
  `a frozen encoder, ${file}: ${dimensions} numbers a photo of ${form.imageSize} px, output ${form.output}, pooling ${form.pool}; licence: ${licence || 'not stated'}, from: ${origin || 'not stated'}`;

const date = (at: number | null) => (at === null ? '' : new Date(at).toISOString().slice(0, 16).replace('T', ' '));

export const runs: Command = {
  name: 'runs',
  usage: '',
  summary: 'list all runs, newest first',
  positionals: [0, 0],
  options: {},
  help: `States: queued (in the application, which goes on with them when it is open; a command leaves them alone), running,
paused, finished, stopped, failed, interrupted (its process ended; resume it). 'free' is the best of what needs no
training (pixels, edges, ...), by the labels where there are any, else by neighbour agreement.

  lookalike runs
  lookalike runs --json`,
  run: (_args, context) =>
    withSession(context, async ({ client }) => {
      const all = await client.call('runs.list', null);
      context.output.json(all);
      if (all.length === 0) context.output.print(`no runs: ${await noRuns(client)}`);
      else
        context.output.print(
          table([
            [
              'id',
              'name',
              'state',
              'started (UTC)',
              'epoch',
              'loss',
              'best kNN',
              'agreement',
              'free',
              'quality',
              'disk',
              'verdict',
            ],
            ...all.map((run) => [
              run.id,
              run.name,
              run.state,
              date(run.startedAt),
              run.encoder ? '-' : `${round(run.epoch)}/${run.epochs === null ? '?' : round(run.epochs)}`,
              run.loss === null ? '-' : run.loss.toFixed(3),
              percent(run.bestKnn),
              percent(run.agreement),
              percent(run.baselines && bestFree(run.baselines).value),
              percent(run.quality ?? null),
              bytes(run.diskBytes),
              run.encoder ? 'frozen encoder' : verdictWord(run.judgement),
            ]),
          ]),
        );
      return 0;
    }),
};

export const show: Command = {
  name: 'show',
  usage: 'RUN',
  summary: 'a run with its settings, figures, checkpoints and evaluations',
  positionals: [1, 1],
  options: {},
  help: `  lookalike show 4f0k2m1a
  lookalike show "first try" --json`,
  run: (args, context) =>
    withSession(context, async ({ client }) => {
      const { id } = await findRun(client, args.positionals[0]!);
      const run = await client.call('runs.get', { runId: id });
      const epochs = await client.call('runs.epochs', { runId: id });
      const { output } = context;
      const evaluations = await client.call('evaluate.list', { runId: id });
      output.json({ ...run, history: epochs, evaluations });
      output.print(
        `${run.name} (${run.id}), ${run.state}, on ${run.datasetName}: ${counted(run.images, 'photo')}, ${run.skipped} skipped`,
      );
      if (run.error) output.print(`ended with: ${run.error.message}`);
      if (run.judgement)
        output.print([run.judgement.sentence, ...run.judgement.advice.map((item) => item.text)].join(' '));
      if (run.encoder) output.print(frozenLine(run.encoder));
      else
        output.print(
          `epoch ${round(run.epoch)} of ${run.epochs === null ? '?' : round(run.epochs)}, step ${run.step}, ${duration(run.trainingSeconds)} of training on ${run.device ?? 'no device yet'}`,
        );
      if (run.baselines) output.print(baselinesLine(run.baselines));
      if (run.untrained)
        output.print(
          `${beforeTraining(run.config)}: kNN ${percent(run.untrained.knn)}, agreement ${percent(run.untrained.agreement)}, rank ${run.untrained.rank.backbone.toFixed(1)}`,
        );
      if (epochs.length > 0) output.print(epochHeader);
      for (const row of epochs) output.print(epochRow(row));
      if (run.checkpoints.length > 0)
        output.print(
          table([
            ['checkpoint', 'step', 'kept', 'kNN', 'size', 'can resume'],
            ...run.checkpoints.map((item) => [
              `epoch ${round(item.epoch)}`,
              String(item.step),
              item.kept,
              percent(item.knn),
              bytes(item.bytes),
              item.hasOptimizerState ? 'yes' : 'no',
            ]),
          ]),
        );
      for (const evaluation of evaluations)
        output.print(`epoch ${round(evaluation.epoch)}: ${describeEvaluation(evaluation)}`);
      if (!run.encoder) output.print(`settings: ${JSON.stringify(run.config)}`);
      return 0;
    }),
};

export const remove: Command = {
  name: 'delete',
  usage: 'RUN',
  summary: 'delete a run with its checkpoints and embeddings',
  positionals: [1, 1],
  options: {},
  help: `There is no way back: its files are deleted when the command ends. Exports are kept.

  lookalike delete 4f0k2m1a`,
  run: (args, context) =>
    withSession(context, async ({ client }) => {
      const run = await findRun(client, args.positionals[0]!);
      const freed = await client.call('runs.delete', { runId: run.id });
      context.output.json({ deleted: run.id, bytes: freed.bytes });
      context.output.print(`deleted ${run.name} (${run.id}), ${bytes(freed.bytes)}`);
      return 0;
    }),
};
