/** `export` and `embed`: the encoder and its embeddings as files for other programs. */
import { join, resolve } from 'node:path';
import type { ExportFormat } from '../../../shared/contract.ts';
import { embeddingFormats, encoderFormats, usualFormats } from '../../../shared/exports.ts';
import { UsageError, choices } from '../command.ts';
import type { Arguments, Command, Context } from '../command.ts';
import { findCheckpoint, findRun, openFolder } from '../find.ts';
import { bytes } from '../output.ts';
import { withSession } from '../session.ts';
import { runTask } from './task.ts';

const formatHelp = (kind: 'encoder' | 'embeddings', formats: readonly string[]): string =>
  `${formats.join(', ')} (default: ${usualFormats(kind).join()})`;

function outputFolder(args: Arguments, command: string): string {
  const out = args.text('out');
  if (out === undefined) throw new UsageError(`say where to: lookalike ${command} RUN --out DIR`);
  return resolve(out);
}

async function write(
  args: Arguments,
  context: Context,
  formats: ExportFormat[] | ((frozen: boolean) => ExportFormat[]),
  folder: string,
  photos: string | undefined,
): Promise<number> {
  return withSession(context, async ({ client }) => {
    const { id } = await findRun(client, args.positionals[0]!);
    const run = await client.call('runs.get', { runId: id });
    const checkpoint = findCheckpoint(run, args.text('checkpoint'));
    const dataset = photos === undefined ? null : await openFolder(client, photos, context);
    const exportId = await runTask(client, context, () =>
      client.call('exports.start', {
        runId: id,
        checkpointId: checkpoint?.id ?? null,
        formats: typeof formats === 'function' ? formats(Boolean(run.encoder)) : formats,
        folder,
        datasetId: dataset?.id ?? null,
        replace: args.on('replace'),
        guard: args.on('spreadsheet'),
      }),
    );
    const made = await client.call('exports.get', { exportId });
    const { output } = context;
    output.json(made);
    for (const file of made.files) output.print(`${join(made.folder, file.file)}  ${bytes(file.bytes)}`);
    for (const check of made.verified)
      output.print(
        `read back by ${check.reader}: ${check.file}, largest difference ${check.difference.toExponential(1)}`,
      );
    for (const { format, error } of made.failures)
      output.note(`lookalike: ${format} was not written: ${error.message}`);
    for (const snippet of made.snippets) output.print(`\n${snippet.format}, ${snippet.language}:\n${snippet.code}`);
    return made.failures.length === 0 ? 0 : 1;
  });
}

export const exportEncoder: Command = {
  name: 'export',
  usage: `RUN --out DIR [--format ${encoderFormats.join(',')}]`,
  summary: 'write the encoder for other programs',
  positionals: [1, 1],
  options: {
    out: { value: 'DIR', help: 'a new folder, or one of an earlier export' },
    replace: { help: 'also files in it that no export made, or that were changed since' },
    format: { value: 'LIST', help: formatHelp('encoder', encoderFormats) },
    checkpoint: { value: 'EPOCH', help: 'of which epoch (default: the latest)' },
  },
  help: `Each file is read back and compared before it is reported; lines of code that load it are printed with it.
A detector starts from safetensors in torchvision, and from detectron2 in Detectron2, which has the networks of full
width with the ImageNet stem alone (train with --set backbone.width=1 --set backbone.stem=imagenet).

  lookalike export "first try" --out encoder
  lookalike export 4f0k --out encoder --format onnx --checkpoint 50
  lookalike export 4f0k --out encoder --format detectron2`,
  run: (args, context) => {
    const given = args.text('format');
    const formats =
      given === undefined
        ? (frozen: boolean): ExportFormat[] => (frozen ? ['onnx'] : usualFormats('encoder'))
        : choices('format', given, encoderFormats);
    return write(args, context, formats, outputFolder(args, 'export'), undefined);
  },
};

export const embed: Command = {
  name: 'embed',
  usage: `RUN [FOLDER] --out DIR [--format ${embeddingFormats.join(',')}] [--checkpoint EPOCH]`,
  summary: 'write a vector for each photo of a folder',
  positionals: [1, 2],
  options: {
    out: { value: 'DIR', help: 'a new folder, or one of an earlier export' },
    replace: { help: 'also files in it that no export made, or that were changed since' },
    format: { value: 'LIST', help: formatHelp('embeddings', embeddingFormats) },
    spreadsheet: { help: 'in CSV files, an apostrophe before names and labels that a spreadsheet would compute' },
    checkpoint: { value: 'EPOCH', help: 'of which epoch (default: the latest)' },
  },
  help: `FOLDER is the run's own where none is given. Rows are in the order of the files the csv lists.

  lookalike embed "first try" --out vectors
  lookalike embed 4f0k ~/Pictures/2024 --out vectors --format parquet`,
  run: (args, context) => {
    const formats = choices('format', args.text('format') ?? usualFormats('embeddings').join(), embeddingFormats);
    return write(args, context, formats, outputFolder(args, 'embed'), args.positionals[1]);
  },
};
