/** Duplicates of a real folder: what is found of it, and what is kept of that. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, onTestFinished, test } from 'vitest';
import { IdList } from '../../shared/idList.ts';
import { createApp } from '../../src-main/app/index.ts';
import { sampleScene } from '../../src-main/app/sample/scene.ts';
import { testFolder } from '../helpers/folders.ts';
import { taskResult } from '../helpers/tasks.ts';

test('duplicates are told apart: one file, one picture, look-alikes; what is excluded is in no group', async () => {
  const directory = testFolder('duplicates');
  const open = () =>
    createApp({ home: join(directory, 'home'), host: { kind: 'test', version: '0' }, checkResults: true });
  let app = await open();
  onTestFinished(() => app.close());
  const folder = join(directory, 'photos');
  mkdirSync(folder);
  const scene = (index: number) => sharp(Buffer.from(sampleScene('leaves', index)));
  for (const i of [1, 2, 3])
    await scene(i)
      .jpeg({ quality: 92 })
      .toFile(join(folder, `${i}.jpg`));
  copyFileSync(join(folder, '1.jpg'), join(folder, 'copy of 1.jpg'));
  await scene(2).resize(120).rotate(90).jpeg({ quality: 70 }).toFile(join(folder, 'small 2.jpg'));
  const { id: datasetId } = await app.handle('library.add', { folder, read: true });
  await expect
    .poll(async () => (await app.handle('library.get', { datasetId })).state, { timeout: 20_000 })
    .toBe('ready');
  expect(await app.handle('duplicates.get', { datasetId, kind: 'file' })).toBe(null);
  await taskResult(app, await app.handle('duplicates.start', { datasetId }));
  const get = async (kind: 'file' | 'picture' | 'alike') => {
    const found = (await app.handle('duplicates.get', { datasetId, kind }))!;
    const names = found.page.map(({ why, photos }) => [why, ...photos.map(({ file }) => file)]);
    return { ...found, names };
  };
  const pictures = await get('picture');
  expect(pictures).toMatchObject({
    groups: { file: 1, picture: 1, alike: 0 },
    surplus: { file: 1, picture: 1 },
    unseen: 0,
    missed: 0,
  });
  expect(pictures.names).toEqual([['pixels', '2.jpg', 'small 2.jpg']]);
  expect((await get('file')).names[0]!.slice(1).sort()).toEqual(['1.jpg', 'copy of 1.jpg']);
  await app.close();
  app = await open();
  expect((await get('picture')).names).toEqual(pictures.names); // it outlives the application
  const surplus = [...IdList.read(await app.handle('duplicates.surplus', { datasetId, kind: 'picture' }))];
  await app.handle('library.exclude', { imageIds: surplus, excluded: true });
  expect((await get('picture')).groups).toMatchObject({ file: 1, picture: 0 });
});
