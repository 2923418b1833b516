/** `cluster` and `import`: a run handed to PyTorch, and what was trained there taken back. */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { clusterRunFile } from '../../../shared/cluster.ts';
import { counted } from '../../../shared/messages/format.ts';
import { answered } from '../../files/index.ts';
import { UsageError } from '../command.ts';
import type { Command } from '../command.ts';
import { epochHeader, epochRow } from '../epochs.ts';
import { findFolder, findRun, openFolder, round } from '../find.ts';
import { withSession } from '../session.ts';
import { runTask } from './task.ts';
import { moreEpochs, patchOf, presetOf, withRunIds } from './train.ts';

const isFolder = (path: string): Promise<boolean> =>
  answered(path, () =>
    stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    ),
  );

export const cluster: Command = {
  name: 'cluster',
  usage: 'FOLDER|RUN --out DIR [--shards] [--preset P] [--set key=value ...]',
  summary: 'write a folder that trains on other machines, in PyTorch',
  positionals: [1, 1],
  options: {
    out: { value: 'DIR', help: 'a new folder, or one of an earlier cluster' },
    replace: { help: 'also files in it that are not ours, or that were changed since' },
    shards: { help: 'pack the photos themselves into tar files, as they are trained on; else their names are listed' },
    preset: { value: 'NAME', help: 'for a folder (default: imagenet)' },
    config: { value: 'FILE', help: 'for a folder: a JSON file of settings, over the preset' },
    set: { value: 'KEY=VALUE', multiple: true, help: 'for a folder: one setting, over preset and file' },
    init: { value: 'FILE', help: 'for a folder: start from a file of weights or from a run' },
    name: { value: 'NAME', help: 'for a folder: what the run is called' },
    epochs: { value: '+N', help: 'for a finished run: so many epochs more' },
  },
  help: `Writes settings, first weights, the list of photos and scripts that need PyTorch and torchvision alone: for one
machine with several graphics cards, and for SLURM. Each step there is the one that would be computed here. Of a run
it goes on from the last checkpoint. 'lookalike import DIR' brings back what was trained.

  lookalike cluster ~/Pictures --out job --set epochs=200
  lookalike cluster 4f0k2m1a --out job
  cd job && ./one-machine.sh && torchrun --nproc_per_node 8 embed.py
  lookalike import job`,
  async run(args, context) {
    const given = args.positionals[0]!;
    const out = args.text('out');
    if (!out) throw new UsageError(`say where to: lookalike cluster ${given} --out DIR`);
    const ofFolder = ['preset', 'config', 'init', 'name'].filter((name) => args.text(name) !== undefined);
    if (args.list('set').length > 0) ofFolder.push('set');
    const patch = await patchOf(args);
    const preset = args.text('config') === undefined && args.text('preset') === undefined ? 'imagenet' : presetOf(args);
    const folder = await isFolder(given);
    return withSession(context, async ({ client }) => {
      const of = folder ? await folderOf() : await runOf();
      const target = await runTask(client, context, () =>
        client.call('cluster.write', {
          of,
          target: resolve(out),
          shards: args.on('shards'),
          replace: args.on('replace'),
        }),
      );
      context.output.json({ folder: target });
      context.output.print(
        `wrote ${target}: copy it to where the graphics cards are, and there\n\n` +
          `  ./one-machine.sh                 all cards of one machine\n` +
          `  sbatch train.slurm               several machines, by SLURM\n\n` +
          `then, here: lookalike import ${target}`,
      );
      return 0;

      async function folderOf() {
        if (args.text('epochs') !== undefined)
          throw new UsageError('--epochs is for a finished run: for a folder write --set epochs=N');
        const { id: datasetId } = await openFolder(client, given, context);
        return { datasetId, preset, patch: await withRunIds(client, patch), name: args.text('name') ?? null };
      }
      async function runOf() {
        if (ofFolder.length > 0)
          throw new UsageError(`--${ofFolder[0]} is for a folder: a run goes on with the settings it has`);
        const epochs = moreEpochs(args);
        const run = await findRun(client, given).catch((error: unknown) => {
          if (!(error instanceof UsageError)) throw error;
          throw new UsageError(`${given} is no folder that is there; as the name of a run, ${error.message}`);
        });
        return { runId: run.id, epochs };
      }
    });
  },
};

export const importRun: Command = {
  name: 'import',
  usage: 'DIR [--photos DIR] [--name NAME]',
  summary: 'bring back what was trained in a folder of lookalike cluster',
  positionals: [1, 1],
  options: {
    photos: { value: 'DIR', help: 'the folder of photos (default: the one it was written from)' },
    name: { value: 'NAME', help: 'what the run is called' },
  },
  help: `Checkpoints and embeddings are compared with their checksums and settings, and a few photos are embedded here too.
Then it is a run like any other: history, Explore, evaluation, exports, resume. DIR is only read.

  lookalike import job
  lookalike import job --photos ~/Pictures`,
  run: (args, context) =>
    withSession(context, async ({ client }) => {
      const source = resolve(args.positionals[0]!);
      const { output } = context;
      if (!(await answered(source, () => stat(join(source, clusterRunFile)).catch(() => null))))
        throw new UsageError(
          `${source} is no folder that lookalike cluster wrote: name the one with ${clusterRunFile}`,
        );
      const photos = args.text('photos');
      const folder = photos === undefined ? null : await folderNamed(photos);
      const runId = await runTask(client, context, () =>
        client.call('cluster.read', { source, datasetId: folder?.id ?? null, name: args.text('name') ?? null }),
      );
      const run = await client.call('runs.get', { runId });
      const epochs = await client.call('runs.epochs', { runId });
      const sets = await client.call('explore.sets', { runId });
      output.json({
        run: runId,
        state: run.state,
        epoch: run.epoch,
        step: run.step,
        embedded: sets[0]?.images ?? null,
      });
      output.print(`run ${runId}: ${run.name}, ${run.state} at epoch ${round(run.epoch)}, step ${run.step}`);
      if (epochs.length > 0) output.print(epochHeader);
      for (const row of epochs.slice(-3)) output.print(epochRow(row));
      if (run.judgement) output.print(run.judgement.sentence);
      output.print(
        sets[0]
          ? `${counted(sets[0].images, 'photo is', 'photos are')} embedded`
          : 'no photos are embedded: embed.py does that there',
      );
      return 0;

      async function folderNamed(named: string) {
        return (await isFolder(named)) ? openFolder(client, named, context) : findFolder(client, named);
      }
    }),
};
