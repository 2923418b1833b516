/** `tag` and `find`: tags of photos, and the rest of one, without a window. */
import { IdList } from '../../../shared/idList.ts';
import { inPieces } from '../../../shared/pieces.ts';
import type { Client } from '../../../shared/client.ts';
import type { Dataset, Tag } from '../../../shared/contract.ts';
import { counted } from '../../../shared/messages/format.ts';
import { UsageError } from '../command.ts';
import type { Command } from '../command.ts';
import { csvTarget, readCsvFile, writeCsvFile } from '../csvFile.ts';
import { findFolder, findRun, knownTag, tagNamed } from '../find.ts';
import { oneLine, table } from '../output.ts';
import { photosGiven, photosNamed } from '../photosNamed.ts';
import { withSession } from '../session.ts';
import { embedded } from './task.ts';

export const tag: Command = {
  name: 'tag',
  usage: '[FOLDER [TAG [PHOTO ...]]] [--remove] [--import CSV] [--export CSV]',
  summary: 'list tags, set them on photos, import and export them',
  positionals: [0, 10_000],
  options: {
    remove: { help: 'take the tag from the photos' },
    import: { value: 'CSV', help: 'read lines of file and tag' },
    export: { value: 'CSV', help: 'write them' },
    spreadsheet: { help: 'in that file, an apostrophe before what a spreadsheet would compute' },
  },
  help: `Without arguments lists all tags; with a folder, its photos that have one; with TAG, that tag's photos; with
photos as well (paths inside the folder, or names that are unique), sets it. FOLDER is a folder of the library: its
path, name or id. Tags are kept in the home: nothing is written into the folder.

  lookalike tag
  lookalike tag birds heron a/1.jpg b/7.jpg
  lookalike tag birds --export birds.csv`,
  run: (args, context) => {
    const [named, tagName, ...files] = args.positionals;
    const source = args.text('import');
    const target = args.text('export');
    if (source !== undefined && target !== undefined) throw new UsageError('give --import or --export, not both');
    if (args.on('remove') && files.length === 0)
      throw new UsageError('--remove takes a tag from photos: name these after FOLDER and TAG');
    args.only(['import', 'export'], named !== undefined, 'a FOLDER');
    args.only(['spreadsheet'], target !== undefined, '--export');
    if ((source ?? target) !== undefined && tagName !== undefined)
      throw new UsageError(
        `--${target === undefined ? 'import' : 'export'} is of all tags of a folder: leave ${tagName} out`,
      );
    return withSession(context, async ({ client }) => {
      const { output } = context;
      if (named === undefined) {
        const tags = await client.call('tags.list', null);
        output.json({ tags });
        output.print(table([['photos', 'tag'], ...tags.map((row) => [String(row.images), oneLine(row.name)])]));
        return 0;
      }
      const dataset = await findFolder(client, named);
      if (source !== undefined) {
        const { rows, tagged, withoutPhoto } = await client.call('tags.import', {
          datasetId: dataset.id,
          csv: await readCsvFile(source),
        });
        output.json({ rows, tagged, withoutPhoto });
        output.print(
          `${counted(tagged, 'tag')} set by ${counted(rows, 'line')}; ${counted(withoutPhoto.count, 'line names', 'lines name')} no photo of ${dataset.name}`,
        );
        for (const file of withoutPhoto.some) output.note(`no photo ${oneLine(file)}`);
      } else if (target !== undefined) {
        const file = await csvTarget(client, 'export', target);
        const { csv, rows } = await client.call('tags.export', {
          datasetId: dataset.id,
          guard: args.on('spreadsheet'),
        });
        writeCsvFile(file, [csv]);
        output.json({ file: target, rows });
        output.print(`${target}: ${counted(rows, 'line')}`);
      } else if (tagName === undefined || files.length === 0) {
        await list(client, dataset, tagName, output);
      } else {
        const imageIds = (await photosNamed(client, dataset, files)).map(({ id }) => id);
        const on = !args.on('remove');
        const { id } = await (on ? tagNamed : knownTag)(client, tagName);
        const { changed } = await client.call('tags.set', { tagId: id, imageIds, on });
        output.json({ tag: tagName, changed: changed.length });
        output.print(
          `${tagName}: ${on ? 'set on' : 'taken from'} ${changed.length} of ${counted(imageIds.length, 'photo')}`,
        );
      }
      return 0;
    });
  },
};

async function list(
  client: Client,
  { id: datasetId, name }: Dataset,
  tagName: string | undefined,
  output: { json(value: unknown): void; print(text?: string): void },
): Promise<void> {
  const wanted = tagName === undefined ? null : await knownTag(client, tagName);
  const tags = wanted ? [wanted] : await client.call('tags.list', null);
  const ids = new Set<string>();
  for (const { id } of tags)
    for (const image of IdList.read(await client.call('tags.images', { tagId: id, datasetId }))) ids.add(image);
  const photos = await inPieces([...ids], (imageIds) => client.call('photos.list', { imageIds }));
  output.json({ folder: name, photos: photos.map(({ file, tags: of }) => ({ file, tags: of })) });
  output.print(table([['tags', 'file'], ...photos.map(({ file, tags: of }) => [of.join(', '), oneLine(file)])]));
}

/** Photos that are to be rejected for a tag, each once. @throws UsageError where one has it, or is none */
async function notOfTag(client: Client, dataset: Dataset, { id, name }: Tag, given: string[]): Promise<string[]> {
  if (given.length === 0) return [];
  const photos = await photosGiven(client, dataset, 'reject', given);
  const having = new Set(IdList.read(await client.call('tags.images', { tagId: id, datasetId: dataset.id })));
  const both = photos.find((photo) => having.has(photo.id));
  if (both)
    throw new UsageError(
      `${both.file} has the tag ${name}: take it off first, by 'lookalike tag FOLDER ${name} ${both.file} --remove'`,
    );
  return [...new Set(photos.map((photo) => photo.id))];
}

export const find: Command = {
  name: 'find',
  usage: 'RUN TAG [-k 24] [--accept N] [--reject PHOTO|LIST]',
  summary: 'the photos that probably have a tag, by a few that have it',
  positionals: [2, 2],
  options: {
    k: { value: 'N', short: 'k', help: 'how many (default 24)' },
    checkpoint: { value: 'EPOCH', help: 'of which epoch (default: the latest)' },
    accept: { value: 'N', help: 'tag the first N of them' },
    reject: {
      value: 'PHOTO|LIST',
      multiple: true,
      help: 'a photo that is not of the tag, or a file that lists such; may be repeated',
    },
  },
  help: `Ranks the photos of the run's folder by how probably they have the tag, and says how many there probably are.
Tag a few first: in the window, or with 'lookalike tag'. The first time the photos are embedded, which takes a while.
What is rejected is kept, as in the window: it is not asked about again, and the others are ranked by it too. A photo is
given by its path inside the folder or a name that is unique; a list has one on each line, or is a CSV with a column file.
A photo that gets the tag after all is no longer rejected.

  lookalike find "first try" heron
  lookalike find "first try" heron --reject a/3.jpg --reject gulls.txt
  lookalike find 4f0k heron -k 100 --json`,
  async run(args, context) {
    const count = args.integer('k', 1, 500) ?? 24;
    const accept = args.integer('accept', 1, 500) ?? 0;
    return withSession(context, async ({ client }) => {
      const { id: runId, datasetId } = await findRun(client, args.positionals[0]!);
      const wanted = await knownTag(client, args.positionals[1]!);
      const no = await notOfTag(client, await client.call('library.get', { datasetId }), wanted, args.list('reject'));
      const { embeddingSetId } = await embedded(client, context, runId, args.text('checkpoint'));
      const rejected =
        no.length > 0 ? await client.call('tags.reject', { tagId: wanted.id, imageIds: no, on: true }) : null;
      const { imageIds, tagged, estimated, range, separability, apart } = await client.call(
        'explore.find',
        { embeddingSetId, tagId: wanted.id, count: Math.max(count, accept) },
        { signal: context.signal },
      );
      const files = (await client.call('photos.list', { imageIds })).map(({ path }) => path);
      const first = imageIds.slice(0, accept);
      if (first.length > 0) await client.call('tags.set', { tagId: wanted.id, imageIds: first, on: true });
      context.output.json({
        tag: wanted.name,
        tagged,
        estimated,
        range,
        separability,
        apart,
        accepted: first.length,
        rejected: rejected?.changed.length ?? 0,
        candidates: files.map((file) => ({ file })),
      });
      context.output.print(
        table([['rank', 'file'], ...files.slice(0, count).map((file, i) => [String(i + 1), oneLine(file)])]),
      );
      context.output.print(
        estimated === null
          ? apart === null
            ? `${tagged} tagged: once five were rejected it is said how many there probably are`
            : `${tagged} found; how many are left, their scores do not tell: go on for as long as candidates belong`
          : range
            ? `${tagged} found, of between ${range[0]} and ${range[1]} probably: the encoder does not tell them apart well`
            : `${tagged} of probably ${estimated} found`,
      );
      if (rejected)
        context.output.print(
          `${rejected.changed.length} of ${counted(no.length, 'photo')} newly kept as not of ${wanted.name}`,
        );
      if (first.length > 0) context.output.print(`${first.length} more tagged ${wanted.name}`);
      return 0;
    });
  },
};
