/** `neighbors`: what the encoder finds alike. */
import { toldCloser } from '../../../shared/closer.ts';
import { ContractError } from '../../../shared/contract/wire.ts';
import { hasEscapes, shownName } from '../../../shared/fileNames.ts';
import { parsePart, photoName } from '../../../shared/parts.ts';
import { systemPath } from '../../files/index.ts';
import { join } from 'node:path';
import { UsageError } from '../command.ts';
import type { Command } from '../command.ts';
import { findRun } from '../find.ts';
import { readNamed } from '../namedFile.ts';
import { oneLine, table } from '../output.ts';
import { withSession } from '../session.ts';
import { embedded } from './task.ts';

export const neighbors: Command = {
  name: 'neighbors',
  usage: 'RUN IMAGE [-k 10]',
  summary: 'the photos most similar to an image',
  positionals: [2, 2],
  options: {
    k: { value: 'N', short: 'k', help: 'how many (default 10)' },
    checkpoint: { value: 'EPOCH', help: 'of which epoch (default: the latest)' },
  },
  help: `IMAGE is any image file; the photos are those of the run's folder. The first time they are embedded, which takes a while. Each is shown with the share of all pairs of these photos that are less alike (of many photos by a sample of the pairs), and with its cosine, which means nothing without them.

  lookalike neighbors "first try" ~/Pictures/cat.jpg
  lookalike neighbors 4f0k holiday.heic -k 30 --json`,
  async run(args, context) {
    const k = args.integer('k', 1, 500) ?? 10;
    const image = await readImage(args.positionals[1]!);
    return withSession(context, async ({ client }) => {
      const { id } = await findRun(client, args.positionals[0]!);
      const { run, embeddingSetId } = await embedded(client, context, id, args.text('checkpoint'));
      const { neighbours, milliseconds } = await client
        .call('explore.query', { embeddingSetId, image, k }, { signal: context.signal })
        .catch((error: unknown) => {
          if (!(error instanceof ContractError && error.name === 'ImageError')) throw error;
          throw new UsageError(`the image ${args.positionals[1]} cannot be used: ${error.message}`);
        });
      const { folder } = await client.call('library.get', { datasetId: run.datasetId });
      const rows = await Promise.all(
        neighbours.map(async ({ imageId, similarity, closer }, i) => {
          const { file, part, label } = await client.call('library.image', { imageId });
          const path = join(folder, file);
          return {
            file: shownName(path),
            ...(hasEscapes(path) && { fileBytes: Buffer.from(systemPath(path)).toString('base64') }),
            ...(part !== '' && { part, ...parsePart(part).tile }),
            label,
            rank: i + 1,
            closer,
            similarity,
          };
        }),
      );
      context.output.json({ run: id, milliseconds, neighbors: rows });
      context.output.print(
        table([
          ['', 'closer than', 'cosine', 'label', 'file'],
          ...rows.map((row) => [
            `${row.rank}`,
            `${(100 * toldCloser(row.closer, 2)).toFixed(2)} %`,
            row.similarity.toFixed(3),
            row.label ?? '',
            oneLine(photoName(row.file, row.part ?? '')),
          ]),
        ]),
      );
      return 0;
    });
  },
};

const readImage = async (file: string): Promise<string> =>
  (await readNamed(file, `the image ${file}`)).toString('base64');
