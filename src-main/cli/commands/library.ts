/** `relocate`: the library without a window. */
import { counted } from '../../../shared/messages/format.ts';
import { resolve } from 'node:path';
import type { Command } from '../command.ts';
import { findFolder } from '../find.ts';
import { listed } from '../listed.ts';
import { withSession } from '../session.ts';

export const relocate: Command = {
  name: 'relocate',
  usage: 'FOLDER NEW',
  summary: 'say where a folder of photos has moved',
  positionals: [2, 2],
  options: {},
  help: `FOLDER is the folder as it was: its old path, its name in the library or its id. Its runs, labels, exclusions and
embeddings stay; photos are known again by name, size and time, or by their content.

  lookalike relocate ~/Pictures/cats /mnt/photos/cats`,
  run(args, context) {
    const [named, to] = args.positionals as [string, string];
    return withSession(context, async ({ client }) => {
      const { id: datasetId, folder: from } = await findFolder(client, named);
      const folder = resolve(to);
      const move = () => client.call('library.relocate', { datasetId, folder }, { signal: context.signal });
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
      context.output.print(`${from} is now ${dataset.folder}: ${counted(dataset.images, 'photo')}${away}`);
      return 0;
    });
  },
};
