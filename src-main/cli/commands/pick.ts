/** `pick`: the photos to look at first, to label, to test with or to train on alone. */
import { IdList } from '../../../shared/idList.ts';
import { inPieces } from '../../../shared/pieces.ts';
import { csvLine, guarded } from '../../../shared/csv.ts';
import { mostPhotos, pickRules } from '../../../shared/contract.ts';
import type { Client } from '../../../shared/client.ts';
import { counted } from '../../../shared/messages/format.ts';
import { UsageError, whole } from '../command.ts';
import type { Command, Context } from '../command.ts';
import { csvTarget, writeCsvFile } from '../csvFile.ts';
import { findRun, tagNamed } from '../find.ts';
import { oneLine, percent, table } from '../output.ts';
import { withSession } from '../session.ts';
import { embedded } from './task.ts';

export const pick: Command = {
  name: 'pick',
  usage: 'RUN [N] [--by mix] [--out FILE.csv] [--exclude-rest] [--gain]',
  summary: 'the photos to label first, to test with, or to train on alone',
  positionals: [1, 2],
  options: {
    by: { value: 'RULE', help: `${pickRules.join(', ')} (default mix)` },
    'all-tags': { help: 'also photos that have a tag, as if they had none' },
    tag: { value: 'TAG', help: 'put this tag on them' },
    out: { value: 'FILE', help: 'write them as CSV: file and label' },
    spreadsheet: { help: 'in that file, an apostrophe before what a spreadsheet would compute' },
    'exclude-rest': { help: 'take all other photos of the folder out of training' },
    gain: { help: 'say how accurate a classifier gets by so many labels, picked by chance and by the mix' },
    checkpoint: { value: 'EPOCH', help: 'of which epoch (default: the latest)' },
  },
  help: `Picks N of the run's photos (default 24) by its embedding: varied, those that differ most from each other;
typical, those that stand for many; uncertain, those whose tag is most in doubt; mix, what stands for many at first, and what
is in doubt once there are tags enough. Near-copies of a photo that was picked, or has a tag, are not wanted again.

  lookalike pick "first try" 50 --out to-label.csv
  lookalike pick 4f0k 200 --by varied --tag test
  lookalike pick 4f0k --gain`,
  async run(args, context) {
    const count = args.positionals[1] === undefined ? 24 : whole(args.positionals[1]);
    if (!(count >= 1 && count <= mostPhotos))
      throw new UsageError(`N is ${args.positionals[1]}: give a whole number from 1 to ${mostPhotos}`);
    const gain = args.on('gain');
    args.only(['by', 'all-tags', 'tag', 'out', 'exclude-rest'], !gain, 'picking');
    if (gain && args.positionals[1] !== undefined)
      throw new UsageError(`--gain picks no photos: leave ${args.positionals[1]} out`);
    args.only(['spreadsheet'], args.text('out') !== undefined, '--out');
    const by = pickRules.find((rule) => rule === (args.text('by') ?? 'mix'));
    if (!by) throw new UsageError(`--by ${args.text('by')}: choose from ${pickRules.join(', ')}`);
    return withSession(context, async ({ client }) => {
      const { id } = await findRun(client, args.positionals[0]!);
      const out = args.text('out');
      const file = out === undefined ? null : await csvTarget(client, 'out', out);
      const { run, embeddingSetId } = await embedded(client, context, id, args.text('checkpoint'));
      if (gain) return showGain(client, context, embeddingSetId);
      const { imageIds, tagged } = await client.call(
        'explore.pick',
        { embeddingSetId, by, count, heedTags: !args.on('all-tags') },
        { signal: context.signal },
      );
      const photos = await client.call('photos.list', { imageIds });
      const tag = args.text('tag');
      if (tag !== undefined) {
        const { id: tagId } = await tagNamed(client, tag);
        await client.call('tags.set', { tagId, imageIds, on: true });
      }
      if (file !== null) {
        const rows = photos.map((photo) => [photo.file, photo.label ?? '']);
        const words = args.on('spreadsheet') ? rows.map((row) => row.map(guarded)) : rows;
        writeCsvFile(file, [['file', 'label'], ...words].map(csvLine));
      }
      const excluded = args.on('exclude-rest') ? await excludeRest(client, run.datasetId, imageIds) : null;
      context.output.json({
        run: id,
        by,
        tagged,
        photos: photos.map(({ file, path, label }) => ({ file, path, label })),
        ...(excluded !== null && { excluded }),
      });
      context.output.print(
        table([['label', 'file'], ...photos.map(({ label, path }) => [label ?? '', oneLine(path)])]),
      );
      if (out !== undefined) context.output.print(`${out}: ${counted(photos.length, 'photo')}`);
      if (excluded !== null)
        context.output.print(`${counted(excluded, 'other photo is', 'other photos are')} out of training`);
      return 0;
    });
  },
};

/** How many photos of the folder were taken out of training, all but those given. */
async function excludeRest(client: Client, datasetId: string, kept: readonly string[]): Promise<number> {
  const stays = new Set(kept);
  const rest = [...IdList.read(await client.call('photos.ids', { datasetId }))].filter((id) => !stays.has(id));
  const excluded = await inPieces(rest, (imageIds) => client.call('library.exclude', { imageIds, excluded: true }));
  return excluded.length;
}

async function showGain(client: Client, context: Context, embeddingSetId: string): Promise<number> {
  const gain = await client.call('explore.gain', { embeddingSetId }, { signal: context.signal });
  context.output.json(gain);
  context.output.print(
    table([
      ['labels', 'by chance', 'by the mix'],
      ...gain.points.map(({ known, random, mixed }) => [String(known), percent(random.mean), percent(mixed.mean)]),
    ]),
  );
  context.output.print(
    `accuracy on ${counted(gain.tested, 'photo')} of ${counted(gain.classes, 'class', 'classes')}, mean of ${counted(gain.draws, 'draw')} from ${gain.pool}`,
  );
  return 0;
}
