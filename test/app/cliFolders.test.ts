/** `lookalike folders`: the library without a window, and a folder that was given by mistake. */
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startCommand } from '../helpers/commandLine.ts';
import { sharedFolder } from '../helpers/folders.ts';
import { openLibrary } from '../helpers/libraryDouble.ts';

const scratch = realpathSync(sharedFolder('folders'));
const home = join(scratch, 'home');
const folders = (...args: string[]) => startCommand(['folders', ...args], home).ended;

test('are listed, taken out, and back with what was known of them', async () => {
  const empty = await folders();
  expect([empty.code, empty.out]).toEqual([0, "no folders yet: add one with 'lookalike train FOLDER'\n"]);

  const folder = join(scratch, 'mistaken');
  mkdirSync(folder);
  for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) writeFileSync(join(folder, name), `the text of ${name}`);
  const library = openLibrary(home);
  const { id: datasetId } = await library.call('library.add', { folder });
  await library.idle();
  const { images } = await library.call('library.images', { datasetId });
  await library.call('library.exclude', { imageIds: [images[0]!.id], excluded: true });
  await library.call('library.collect', { imageIds: images.slice(1).map(({ id }) => id), name: 'some' });
  await library.close();

  const listed = await folders();
  expect(listed.out).toMatch(new RegExp(`^${datasetId} +mistaken +3 +1 +0 +0 +${folder}$`, 'm'));
  expect(listed.out).toMatch(new RegExp(` some +2 .* a collection of ${folder}$`, 'm'));

  const forgotten = await folders('--forget', folder, '--json');
  expect([forgotten.code, forgotten.events]).toEqual([
    0,
    [{ id: datasetId, name: 'mistaken', folder, forgotten: true }],
  ]);
  expect((await folders('--json')).out).toBe('[]\n'); // its collection went with it
  const unknown = await folders('--forget', folder);
  expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining(`there is no folder '${folder}'`)]);

  const again = openLibrary(home);
  const back = await again.call('library.add', { folder });
  expect([back.id, back.excluded]).toEqual([datasetId, 1]);
  await again.close();

  const collection = await folders('--forget', 'some'); // by itself
  expect([collection.code, collection.out]).toEqual([
    0,
    'the collection some is out of the library: its photos and runs are as they were\n',
  ]);
  expect(JSON.parse((await folders('--json')).out)).toMatchObject([{ name: 'mistaken' }]);
});
