/** Ratings and keywords that other programs left beside photos: found, filtered by, and made tags. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { IdList } from '../../shared/idList.ts';
import { nameIn } from '../../shared/naming.ts';
import { createApp } from '../../src-main/app/index.ts';
import type { App } from '../../src-main/app/index.ts';
import { sharedFolder } from '../helpers/folders.ts';

const directory = sharedFolder('ratings');
const photos = join(directory, 'photos');
let app: App;
let datasetId: string;
const until = (wanted: () => Promise<boolean>) => vi.waitUntil(wanted, { timeout: 30_000, interval: 20 });
const read = () =>
  until(async () => {
    const { state, scannedAt } = await app.handle('library.get', { datasetId });
    return state === 'ready' && scannedAt !== null;
  });
const ids = async (filter = {}) => [...IdList.read(await app.handle('photos.ids', { datasetId, ...filter }))];
const idOf = async (file: string) => {
  const list = await app.handle('photos.list', { imageIds: await ids() });
  return list.find((photo) => photo.file === file)!.id;
};

beforeAll(async () => {
  mkdirSync(photos);
  for (let i = 0; i < 4; i++)
    await sharp({ create: { width: 32, height: 32, channels: 3, background: `hsl(${i * 20},50%,40%)` } })
      .png()
      .toFile(join(photos, `a${i}.png`));
  app = await createApp({ home: join(directory, 'home'), host: { kind: 'test', version: '0' }, checkResults: true });
  datasetId = (await app.handle('library.add', { folder: photos })).id;
  await read();
});
afterAll(() => app.close());

const xmp = (rating: number, word: string) =>
  `<x:xmpmeta><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmp:Rating="${rating}"><dc:subject><rdf:Bag><rdf:li>${word}</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>`;

test('ratings and keywords in the files are found, filtered by, searched for, and made tags', async () => {
  writeFileSync(join(photos, 'a1.xmp'), xmp(5, 'Wader'));
  writeFileSync(join(photos, 'a2.png.xmp'), xmp(2, 'wader'));
  await app.handle('library.rescan', { datasetId });
  await read();
  const { ratings, keywords } = await app.handle('library.described', { datasetId });
  expect(ratings).toEqual([
    { rating: 5, images: 1 },
    { rating: 2, images: 1 },
  ]);
  expect(keywords).toEqual([{ keyword: expect.stringMatching(/^wader$/i), images: 2 }]);
  const [a1, a2] = [await idOf('a1.png'), await idOf('a2.png')];
  expect(await app.handle('library.image', { imageId: a1 })).toMatchObject({ rating: 5, keywords: ['Wader'] });
  expect(await ids({ rating: 3 })).toEqual([a1]);
  expect(await app.handle('library.images', { datasetId, search: 'WADE' })).toMatchObject({ total: 2 });

  writeFileSync(join(photos, 'a1.xmp'), xmp(4, 'Heron')); // another program changes its mind
  await app.handle('library.rescan', { datasetId });
  await read();
  expect(await app.handle('library.image', { imageId: a1 })).toMatchObject({ rating: 4, keywords: ['Heron'] });

  const of = [{ keyword: 'wader' }, { rating: 4, name: '4 stars' }];
  const made = await app.handle('tags.adopt', { datasetId, of });
  expect(made.map(({ changed }) => changed)).toEqual([[a2], [a1]]);
  expect((await app.handle('tags.list', null)).map(({ name, images }) => [name, images])).toEqual([
    ['wader', 1],
    ['4 stars', 1],
  ]);
  expect(await ids({ search: '4 star' })).toEqual([a1]);
  // a window in another language finds the tag that it shows by another name, and makes no second one
  expect(await app.handle('tags.adopt', { datasetId, of: [{ rating: 4, name: '4 星' }] })).toMatchObject([
    { tagId: made[1]!.tagId, changed: [] },
  ]);
  await expect(app.handle('tags.create', { name: '4 星' })).rejects.toMatchObject({ key: 'bad-request.tag-name' });
  const named = async () => (await app.handle('tags.list', null)).map((tag) => nameIn('zh-CN', tag));
  expect(await named()).toEqual(['wader', '4 星']);
  await app.handle('tags.update', { tagId: made[1]!.tagId, name: 'good' });
  expect(await named()).toEqual(['wader', 'good']);
  for (const { tagId } of made) await app.handle('tags.delete', { tagId });
});

test('ratings in a folder that was only listed are read when it is looked at, after each listing', async () => {
  const listed = join(directory, 'listed');
  mkdirSync(listed);
  copyFileSync(join(photos, 'a2.png'), join(listed, 'a2.png'));
  writeFileSync(join(listed, 'a2.xmp'), xmp(4, 'wader'));
  const other = (await app.handle('library.add', { folder: listed, read: false })).id;
  await until(async () => (await app.handle('library.get', { datasetId: other })).images === 1);
  const ratings = async () => (await app.handle('library.described', { datasetId: other })).ratings;
  await until(async () => (await ratings()).length > 0);
  expect(await ratings()).toEqual([{ rating: 4, images: 1 }]);

  // and those of a photo that came later, when it was listed
  copyFileSync(join(photos, 'a2.png'), join(listed, 'b.png'));
  writeFileSync(join(listed, 'b.xmp'), xmp(2, 'wader'));
  await app.handle('library.add', { folder: listed, read: false });
  await until(async () => (await app.handle('library.get', { datasetId: other })).images === 2);
  await until(async () => (await ratings()).length > 1);
});
