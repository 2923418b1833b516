/** `lookalike relocate`: what the window's "It moved" does, from the command line. */
import { mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { expect, test } from 'vitest';
import { startCommand } from '../helpers/commandLine.ts';
import { sharedFolder } from '../helpers/folders.ts';
import { openLibrary } from '../helpers/libraryDouble.ts';

const scratch = realpathSync(sharedFolder('relocate'));

test('a folder that moved is found by its old path, and what changed is said', async () => {
  const home = join(scratch, 'home');
  const [before, after] = [join(scratch, 'before'), join(scratch, 'after')];
  mkdirSync(before);
  for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) writeFileSync(join(before, name), `the text of ${name}`);
  const library = openLibrary(home);
  const { id: datasetId } = await library.call('library.add', { folder: before });
  await library.idle();
  const { images } = await library.call('library.images', { datasetId });
  await library.close();
  renameSync(before, after);
  renameSync(join(after, 'a.jpg'), join(after, 'z.jpg'));
  rmSync(join(after, 'c.jpg'));

  const { code, err, events } = await startCommand(['relocate', before, after, '--json'], home).ended;
  expect([code, err]).toEqual([0, expect.stringContaining('has changed: 1 moved, 1 gone')]);
  expect(events).toEqual([
    {
      id: datasetId,
      from: before,
      folder: after,
      images: 2,
      away: 1,
      changes: { added: 0, changed: 0, moved: 1, back: 0, gone: 1 },
    },
  ]);
  const again = openLibrary(home);
  const now = (await again.call('library.images', { datasetId })).images;
  expect(now.map(({ file, id }) => [file, id])).toEqual([
    ['b.jpg', images[1]!.id],
    ['z.jpg', images[0]!.id],
  ]);
  const { root } = parse(home);
  for (const refused of [
    again.call('library.add', { folder: root }),
    again.call('library.relocate', { datasetId, folder: root }),
  ])
    await expect(refused).rejects.toMatchObject({ key: 'bad-folder.root' });
  await again.close();

  const unknown = await startCommand(['relocate', join(scratch, 'nowhere'), after], home).ended;
  expect([unknown.code, unknown.err]).toEqual([2, expect.stringMatching(/no folder '.*nowhere' in the library/)]);
});
