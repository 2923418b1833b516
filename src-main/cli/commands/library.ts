/** `relocate`: the library without a window. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { counted } from '../../../shared/messages/format.ts';
import { answered } from '../../files/index.ts';
import type { Command } from '../command.ts';
import { findFolder } from '../find.ts';
import { listed } from '../listed.ts';
import { withSession } from '../session.ts';

export const relocate: Command = {
  name: 'relocate',
  usage: 'FOLDER NEW',
  summary: 'say where a folder of photos has moved, or read it again',
  positionals: [2, 2],
  options: { anyway: { help: 'also to a folder that holds fewer than half of the photos' } },
  help: `FOLDER is the folder as it was: its old path, its name in the library or its id. Its runs, labels, exclusions and
embeddings stay; photos are known again by name, size and time, or by their content. A folder that holds fewer
than half of those that were there is refused, with how many it holds, and nothing changes. With the same folder twice it is read again.

  lookalike relocate ~/Pictures/cats /mnt/photos/cats
  lookalike relocate ~/Pictures/cats ~/Pictures/cats`,
  run(args, context) {
    const [named, to] = args.positionals as [string, string];
    return withSession(context, async ({ client }) => {
      const { id: datasetId, folder: from } = await findFolder(client, named);
      const folder = resolve(to);
      await answered(folder, () => stat(folder).catch(() => null)); // the application would wait for a disk that is dead
      const params = { datasetId, folder, anyway: args.on('anyway') };
      const move = () => client.call('library.relocate', params, { signal: context.signal });
      const { dataset, changes } = await listed(client, folder, move, context);
      context.output.json({
        id: dataset.id,
        from,
        folder: dataset.folder,
        images: dataset.images,
        away: dataset.away,
        changes,
      });
      const away = dataset.away > 0 ? `, ${dataset.away} away` : '';
      const done = from === dataset.folder ? `${from} was read again` : `${from} is now ${dataset.folder}`;
      context.output.print(`${done}: ${counted(dataset.images, 'photo')}${away}`);
      return 0;
    });
  },
};
