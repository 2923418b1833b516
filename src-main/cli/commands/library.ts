/** `folders` and `relocate`: the library without a window. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { counted } from '../../../shared/messages/format.ts';
import { answered } from '../../files/index.ts';
import type { Command } from '../command.ts';
import { findFolder } from '../find.ts';
import { listed } from '../listed.ts';
import { table } from '../output.ts';
import { withSession } from '../session.ts';

export const folders: Command = {
  name: 'folders',
  usage: '[--forget FOLDER]',
  summary: 'list the folders and collections of the library, or take one out of it',
  positionals: [0, 0],
  options: { forget: { value: 'FOLDER', help: 'take this one out: its path, name or id' } },
  help: `A command adds the folder of photos that it is given. Into what the library reads, and below it, nothing is ever
written, so nothing can be exported there: one that was given by mistake is taken out. Its photos are not touched, and its
runs stay. Given to a command again it is back with its labels, tags and exclusions; a collection is not.

  lookalike folders
  lookalike folders --forget ~/Desktop`,
  run: (args, context) =>
    withSession(context, async ({ client }) => {
      const { output } = context;
      const named = args.text('forget');
      if (named !== undefined) {
        const { id, name, folder, parent } = await findFolder(client, named);
        await client.call('library.remove', { datasetId: id });
        output.json({ id, name, folder, forgotten: true });
        output.print(
          parent === null
            ? `${folder} is out of the library: its photos and runs are as they were`
            : `the collection ${name} is out of the library: its photos and runs are as they were`,
        );
        return 0;
      }
      const all = await client.call('library.list', null);
      output.json(all);
      const folderOf = (id: string | null) => all.find((one) => one.id === id)?.folder ?? '';
      if (all.length === 0) output.print("no folders yet: add one with 'lookalike train FOLDER'");
      else
        output.print(
          table([
            ['id', 'name', 'photos', 'excluded', 'unreadable', 'away', 'folder'],
            ...all.map(({ id, name, images, excluded, skipped, away, folder, parent }) => [
              ...[id, name, String(images), String(excluded), String(skipped), String(away)],
              parent === null ? folder : `a collection of ${folderOf(parent)}`,
            ]),
          ]),
        );
      return 0;
    }),
};

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
