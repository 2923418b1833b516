/** The library over a real folder: scanning, ids, labels, the held-out split, unreadable files, thumbnails. */
import { copyFileSync, mkdirSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AppEvent } from '../../shared/contract.ts';
import { createApp } from '../../src-main/app/index.ts';
import type { App } from '../../src-main/app/index.ts';
import { isSplitByFolders } from '../../src-main/app/library/rules.ts';
import { sharedFolder } from '../helpers/folders.ts';

const directory = sharedFolder('library');
let app: App;
const events: AppEvent[] = [];

const paint = (file: string, hue: number, size = 40) =>
  sharp({ create: { width: size, height: Math.round(size * 0.75), channels: 3, background: `hsl(${hue}, 60%, 50%)` } })
    .composite([
      {
        input: Buffer.from(
          `<svg width="${size / 2}" height="${size / 2}"><circle cx="${size / 4}" cy="${size / 4}" r="${4 + (hue % 7)}"/></svg>`,
        ),
        left: hue % 9,
        top: hue % 5,
      },
    ])
    .jpeg()
    .toFile(file);

async function scanned(datasetId: string) {
  await expect
    .poll(
      () =>
        events.some(
          (event) =>
            event.name === 'scan' &&
            event.progress.datasetId === datasetId &&
            ['done', 'failed', 'cancelled'].includes(event.progress.phase),
        ),
      { timeout: 20_000 },
    )
    .toBe(true);
  return app.handle('library.get', { datasetId });
}

const open = async () => {
  const opened = await createApp({
    home: join(directory, 'home'),
    host: { kind: 'test', version: '0' },
    checkResults: true,
  });
  opened.onEvent((event) => events.push(event));
  return opened;
};

beforeAll(async () => {
  for (const label of ['cats', 'dogs']) {
    mkdirSync(join(directory, 'photos', label), { recursive: true });
    for (let i = 0; i < 6; i++)
      await paint(join(directory, 'photos', label, `${i}.jpg`), i * 20 + (label === 'cats' ? 0 : 180));
  }
  writeFileSync(join(directory, 'photos', 'cats', 'broken.jpg'), Buffer.from('ffd8ffe000104a464946', 'hex'));
  writeFileSync(join(directory, 'photos', 'cats', 'empty.png'), '');
  app = await open();
});
afterAll(() => app.close());

let id: string;
let imageIds: string[];

test('a folder is scanned: photos read, folders taken for labels, what cannot be read listed with its reason', async () => {
  const added = await app.handle('library.add', { folder: join(directory, 'photos') });
  id = added.id;
  const dataset = await scanned(id);
  expect(dataset).toMatchObject({ state: 'ready', images: 12, skipped: 2, formats: { jpeg: 12 } });
  expect(dataset.labels).toEqual({
    source: 'folders',
    depth: 1,
    classes: [
      { name: 'cats', images: 6 },
      { name: 'dogs', images: 6 },
    ],
  });
  const { files } = await app.handle('library.skipped', { datasetId: id });
  expect(files.map((item) => item.file)).toEqual(['cats/broken.jpg', 'cats/empty.png']);
  for (const item of files) expect(item.reason.length).toBeGreaterThan(10);
  const { images } = await app.handle('library.images', { datasetId: id, label: 'dogs' });
  expect(images[0]).toMatchObject({ file: 'dogs/0.jpg', width: 40, height: 30, label: 'dogs' });
  imageIds = (await app.handle('library.images', { datasetId: id })).images.map((image) => image.id);
});

test('a photo goes out by its id, as WebP', async () => {
  const thumbnail = await app.image(imageIds[0]!, 256);
  expect(thumbnail!.type).toBe('image/webp');
  expect(await sharp(thumbnail!.bytes).metadata()).toMatchObject({ format: 'webp', width: 40, height: 30 });
  expect(await app.image('no-such-photo', 256)).toBeNull();
  expect(await app.image('../../etc/passwd', 256)).toBeNull();
});

test('ids survive a rescan; a photo that is gone is gone, one that changed is another', async () => {
  unlinkSync(join(directory, 'photos', 'cats', '5.jpg'));
  await paint(join(directory, 'photos', 'dogs', '5.jpg'), 333, 60);
  events.length = 0;
  await app.handle('library.rescan', { datasetId: id });
  expect(await scanned(id)).toMatchObject({ images: 11, skipped: 2 });
  const now = (await app.handle('library.images', { datasetId: id })).images.map((image) => image.id);
  expect(now.filter((image) => imageIds.includes(image)).length).toBe(10);
});

test('a folder that moved away is offline, and found again where it went', async () => {
  const before = (await app.handle('library.images', { datasetId: id })).images.map((image) => image.id);
  renameSync(join(directory, 'photos'), join(directory, 'moved'));
  expect(await app.handle('library.get', { datasetId: id })).toMatchObject({ state: 'offline', images: 11 });
  events.length = 0;
  await app.handle('library.relocate', { datasetId: id, folder: join(directory, 'moved') });
  expect(await scanned(id)).toMatchObject({ state: 'ready', images: 11 });
  expect((await app.handle('library.images', { datasetId: id })).images.map((image) => image.id)).toEqual(before);
});

test('labels from a CSV, by path or by bare name; excluded photos are counted and searchable', async () => {
  const labelled = await app.handle('library.setLabels', {
    datasetId: id,
    source: 'csv',
    csv: 'file;label\r\ncats/0.jpg;"big; cat"\r\n./dogs\\1.jpg;dog\r\n',
  });
  expect(labelled.labels.classes).toEqual([
    { name: 'big; cat', images: 1 },
    { name: 'dog', images: 1 },
  ]);
  await expect(
    app.handle('library.setLabels', { datasetId: id, source: 'csv', csv: 'nothing.jpg,x' }),
  ).rejects.toMatchObject({ key: 'bad-request.csv-names' });
  const headAlone = { datasetId: id, source: 'csv', csv: 'file,label\n' } as const;
  await expect(
    app.handle('library.setLabels', {
      ...headAlone,
      columns: { file: 0, label: 1, group: null, split: null, header: true },
    }),
  ).rejects.toMatchObject({ key: 'bad-request.csv-empty' });
  const folders = await app.handle('library.setLabels', { datasetId: id, source: 'folders' });
  expect(folders.labels.classes.map((item) => item.name)).toEqual(['cats', 'dogs']);
  expect(await app.handle('library.exclude', { imageIds: [imageIds[0]!], excluded: true })).toEqual([imageIds[0]]);
  // of several, those that were not so before: what takes it back leaves the others
  expect(await app.handle('library.exclude', { imageIds: imageIds.slice(0, 2), excluded: true })).toEqual([
    imageIds[1],
  ]);
  expect(await app.handle('library.exclude', { imageIds: [imageIds[1]!], excluded: false })).toEqual([imageIds[1]]);
  expect(await app.handle('library.get', { datasetId: id })).toMatchObject({ excluded: 1, images: 11 });
  expect(
    (await app.handle('library.images', { datasetId: id, excluded: true })).images.map((image) => image.id),
  ).toEqual([imageIds[0]]);
});

test('an import of a CSV that is given up changes nothing', async () => {
  const before = await app.handle('library.get', { datasetId: id });
  const givenUp = new AbortController();
  const csv = 'cats/0.jpg,another\n';
  const importing = app.handle('library.setLabels', { datasetId: id, source: 'csv', csv }, { signal: givenUp.signal });
  givenUp.abort();
  await expect(importing).rejects.toMatchObject({ name: 'AbortError' });
  expect(await app.handle('library.get', { datasetId: id })).toEqual(before);
});

test('a CSV says groups and sides too, and is shown before it is taken', async () => {
  const csv = 'photo,kind,animal,set\nCATS/0.jpg,cat,tom,val\ncats/1,cat,tom,train\ndogs/1.jpg,dog,rex,train\n';
  const columns = { file: 0, label: 1, group: 2, split: 3, header: true };
  const { report } = await app.handle('library.readCsv', { datasetId: id, csv, columns });
  expect(report).toMatchObject({ matched: 3, labelled: 3, grouped: 3, test: 1, how: { path: 1, case: 1, ending: 1 } });
  const before = await app.handle('library.get', { datasetId: id });
  const taken = await app.handle('library.setLabels', { datasetId: id, source: 'csv', csv, columns });
  expect(taken.groups).toMatchObject({ rule: { by: 'csv' }, count: 1, largest: 2, photos: 2 });
  const { images } = await app.handle('library.images', { datasetId: id });
  expect(images.filter(({ heldOut }) => heldOut).map(({ file, label, group }) => [file, label, group])).toEqual([
    ['cats/0.jpg', 'cat', 'tom'],
  ]);
  const { source, depth } = before.labels;
  await app.handle('library.setGroups', { datasetId: id, by: 'none' });
  await app.handle('library.setLabels', { datasetId: id, source: source === 'csv' ? 'folders' : source, depth });
});

test('bursts are told by time and camera, also of a folder that was only listed', async () => {
  const folder = join(directory, 'bursts');
  mkdirSync(folder);
  for (const [name, second] of [
    ['a', '01'],
    ['b', '02'],
    ['c', '30'],
  ] as const)
    await sharp({ create: { width: 32, height: 32, channels: 3, background: 'teal' } })
      .withExif({ IFD0: { Model: 'Z 6' }, IFD2: { DateTimeOriginal: `2026:11:28 14:03:${second}` } })
      .jpeg()
      .toFile(join(folder, `${name}.jpg`));
  const { id: bursts } = await app.handle('library.add', { folder, read: false });
  await scanned(bursts);
  const { groups } = await app.handle('library.setGroups', { datasetId: bursts, by: 'bursts' });
  expect(groups).toMatchObject({ count: 1, largest: 2, photos: 2 });
  const { images } = await app.handle('library.images', { datasetId: bursts });
  const [a, b, c] = images.map(({ group }) => group);
  expect([a === b, a === c, typeof c]).toEqual([true, false, 'string']);
  await app.handle('library.remove', { datasetId: bursts });
});

test('views are previewed from the folder’s own photos, and follow the seed', async () => {
  const ask = (seed: number) =>
    app.handle('library.previewViews', { datasetId: id, imageSize: 32, augment: {}, seed, count: 3 });
  const first = await ask(1);
  expect(first.length).toBe(3);
  expect(await sharp(Buffer.from(first[0]!.views[0]!, 'base64')).metadata()).toMatchObject({ width: 32, height: 32 });
  expect(await ask(1)).toEqual(first);
  const other = await ask(2);
  expect(other.map((pair) => pair.imageId)).toEqual(first.map((pair) => pair.imageId));
  expect(other[0]!.views).not.toEqual(first[0]!.views);
});

test('browsing lists folders and weights, and counts photos', async () => {
  const kept = join(directory, 'kept');
  mkdirSync(kept);
  for (const name of ['net10.safetensors', 'net9.safetensors', 'notes.txt']) writeFileSync(join(kept, name), '');
  expect((await app.handle('library.browse', { folder: kept })).weights).toEqual(
    ['net9.safetensors', 'net10.safetensors'].map((name) => ({ name, file: join(kept, name) })),
  );
  const here = await app.handle('library.browse', { folder: join(directory, 'moved') });
  expect(here.folders.map((item) => item.name)).toEqual(['cats', 'dogs']);
  expect((await app.handle('library.browse', { folder: join(directory, 'moved', 'dogs') })).images).toBe(6);
  await expect(app.handle('library.browse', { folder: join(directory, 'nowhere') })).rejects.toMatchObject({
    code: 'bad-folder',
  });
});

test('removing and restoring keeps everything; wrong calls are named', async () => {
  await app.handle('library.remove', { datasetId: id });
  expect(await app.handle('library.list', null)).toEqual([]);
  expect((await app.handle('library.removed', null)).at(-1)).toMatchObject({ id, parent: null });
  await expect(app.handle('library.get', { datasetId: id })).rejects.toMatchObject({
    key: 'not-found.folder',
    message: expect.stringMatching(/^the folder \S+ was taken out of the library: add it again$/) as string,
  });
  await app.handle('library.restore', { datasetId: id });
  expect((await app.handle('library.removed', null)).map((one) => one.id)).not.toContain(id);
  expect((await app.handle('library.list', null)).map((dataset) => dataset.images)).toEqual([11]);
  await expect(app.handle('library.add', { folder: join(directory, 'nowhere') })).rejects.toMatchObject({
    code: 'bad-folder',
  });
  await expect(app.handle('library.get', { datasetId: 'x' })).rejects.toMatchObject({ code: 'not-found' });
  await expect(app.handle('library.get', { dataset: 'x' } as never)).rejects.toMatchObject({ code: 'bad-request' });
  await expect(app.handle('library.nothing', {})).rejects.toMatchObject({ code: 'bad-request' });
});

test('a second application in the same home is refused', async () => {
  await expect(
    createApp({ home: join(directory, 'home'), host: { kind: 'test', version: '0' } }),
  ).rejects.toMatchObject({ code: 'home-in-use' });
});

test('train and test at the top of a folder are sides of a split, and the labels lie below', async () => {
  const folder = join(directory, 'sides');
  for (const side of ['train', 'val'])
    for (const label of ['cats', 'dogs']) {
      mkdirSync(join(folder, side, label), { recursive: true });
      for (let i = 0; i < 4; i++)
        copyFileSync(join(directory, 'moved', label, `${i}.jpg`), join(folder, side, label, `${side}${i}.jpg`));
    }
  const { id: sides } = await app.handle('library.add', { folder, read: false });
  const { labels } = await scanned(sides);
  expect(labels).toMatchObject({ source: 'folders', depth: 2, classes: [{ name: 'cats' }, { name: 'dogs' }] });
  const { images } = await app.handle('library.images', { datasetId: sides });
  expect(images.filter((image) => image.heldOut).map(({ file }) => file.split('/')[0])).toEqual(Array(8).fill('val'));
  // frames of one film on both sides are cut all the same, as folders say; a person may say that they are no split
  const heldOut = async () => {
    const listed = (await app.handle('library.images', { datasetId: sides })).images.filter((image) => image.heldOut);
    const { heldOutPhotos } = await app.handle('library.get', { datasetId: sides });
    expect(heldOutPhotos).toBe(listed.length);
    return listed.length;
  };
  expect(await heldOut()).toBe(8);
  await app.handle('library.setSplitFolders', { datasetId: sides, on: false });
  expect(await heldOut()).toBe(0);
  const named = await app.handle('library.setGroups', { datasetId: sides, by: 'names' });
  expect(named).toMatchObject({ splitFolders: false, groups: { count: 4, largest: 4, photos: 16 } });
  await app.handle('library.setSplitFolders', { datasetId: sides, on: true });
  expect(await heldOut()).toBe(8);
  expect(isSplitByFolders(['train/a.jpg', 'other/b.jpg', 'test/c.jpg'])).toBe(false);
  expect(isSplitByFolders(['test/a.jpg', 'val/b.jpg'])).toBe(false);
  await app.handle('library.remove', { datasetId: sides });
});
