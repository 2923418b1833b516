/** Tags, lists and copies of photos, and the rest of a tag: through the application, with a double of its trainer. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { IdList } from '../../shared/idList.ts';
import type { AppEvent } from '../../shared/contract.ts';
import { createApp, forkLauncher } from '../../src-main/app/index.ts';
import type { App } from '../../src-main/app/index.ts';
import { sharedFolder } from '../helpers/folders.ts';
import { taskEnd } from '../helpers/tasks.ts';

const directory = sharedFolder('tags');
let photos: string;
let app: App;
let datasetId: string;
const events: AppEvent[] = [];
const launch = forkLauncher(new URL('../helpers/fakeTrainer.ts', import.meta.url));
const open = async () => {
  app = await createApp({
    home: join(directory, 'home'),
    host: { kind: 'test', version: '0' },
    launch,
    checkResults: true,
  });
  app.onEvent((event) => events.push(event));
};
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
/** The task's end: its result, or its error's code and key. */
async function copied(params: { imageIds: string[]; folder: string; byTag?: boolean }) {
  const { state, resultId, error } = await taskEnd(app, await app.handle('photos.copy', params));
  return state === 'done' ? resultId : error?.key;
}

beforeAll(async () => {
  photos = join(directory, 'photos');
  mkdirSync(join(photos, 'sub'), { recursive: true });
  for (let i = 0; i < 12; i++)
    for (const name of [`a${i}.png`, `sub/${i}.png`])
      await sharp({
        create: { width: 32, height: 32, channels: 3, background: `hsl(${i * 20},50%,${name[0] === 'a' ? 40 : 60}%)` },
      })
        .png()
        .toFile(join(photos, name));
  await open();
  datasetId = (await app.handle('library.add', { folder: photos })).id;
  await read();
});
afterAll(() => app.close());

test('a tag has a colour and a key, another name, and one of each', async () => {
  const heron = await app.handle('tags.create', { name: 'heron' });
  const gull = await app.handle('tags.create', { name: 'gull' });
  expect([heron.key, gull.key]).toEqual([1, 2]);
  expect(heron.color).not.toBe(gull.color);
  await expect(app.handle('tags.create', { name: 'Heron' })).rejects.toMatchObject({ key: 'bad-request.tag-name' });
  await app.handle('tags.update', { tagId: gull.id, key: 1, name: 'tern' });
  expect((await app.handle('tags.list', null)).map(({ name, key }) => [name, key])).toEqual([
    ['tern', 1],
    ['heron', null],
  ]);
  expect(events.filter(({ name }) => name === 'tags')).toHaveLength(3);
  await app.handle('tags.delete', { tagId: gull.id });
  await app.handle('tags.update', { tagId: heron.id, key: 1 });
});

test('is set and taken by what changed, found in the library, and kept through a move, a rescan and a start', async () => {
  const [heron] = await app.handle('tags.list', null);
  const tagId = heron!.id;
  const imageIds = [await idOf('a1.png'), await idOf('a2.png')];
  const set = () => app.handle('tags.set', { tagId, imageIds, on: true });
  expect(await set()).toEqual({ changed: imageIds.toSorted(), rejected: [] });
  expect(await set()).toEqual({ changed: [], rejected: [] });
  const found = async () => (await app.handle('library.images', { datasetId, tagId })).images.map(({ file }) => file);
  expect(await found()).toEqual(['a1.png', 'a2.png']);
  renameSync(join(photos, 'a1.png'), join(photos, 'sub', 'moved.png'));
  await app.handle('library.rescan', { datasetId });
  await read();
  expect(await found()).toEqual(['a2.png', 'sub/moved.png']);
  await app.close();
  await open();
  expect(await found()).toEqual(['a2.png', 'sub/moved.png']);
  expect((await app.handle('library.image', { imageId: imageIds[0]! })).tags).toEqual([tagId]);
});

test('is merged into another, deleted, and restored with its photos', async () => {
  const [heron] = await app.handle('tags.list', null);
  const bird = await app.handle('tags.create', { name: 'bird' });
  await app.handle('tags.set', { tagId: bird.id, imageIds: [await idOf('a3.png')], on: true });
  const photos = await app.handle('tags.images', { tagId: heron!.id });
  const both = IdList.read(photos).at(0);
  await app.handle('tags.set', { tagId: bird.id, imageIds: [both], on: true });
  const merge = () => app.handle('tags.merge', { tagIds: [heron!.id], into: bird.id });
  const { tag, merged, changed } = await merge();
  expect(tag).toMatchObject({ name: 'bird', images: 3 });
  // taken back: what had both tags before has them again
  for (const one of merged) await app.handle('tags.restore', one);
  await app.handle('tags.set', { tagId: bird.id, imageIds: changed, on: false });
  const counts = (await app.handle('tags.list', null)).map(({ name, images }) => [name, images]);
  expect(counts.sort()).toEqual(
    [
      ['bird', 2],
      [heron!.name, 2],
    ].sort(),
  );
  expect(await app.handle('tags.images', { tagId: heron!.id })).toEqual(photos);
  expect((await merge()).tag.images).toBe(3);
  const deleted = await app.handle('tags.delete', { tagId: bird.id });
  expect(await app.handle('tags.list', null)).toEqual([]);
  const [imageIds, rejected] = [deleted.imageIds, deleted.rejected].map((list) => [...IdList.read(list)]);
  const back = await app.handle('tags.restore', { tag: deleted.tag, imageIds: imageIds!, rejected: rejected! });
  expect(back).toMatchObject({ name: 'bird', images: 3, id: bird.id });
});

test('is counted in the folder that is asked about, and in a collection of it', async () => {
  const [bird] = await app.handle('tags.list', null);
  const other = join(directory, 'other');
  mkdirSync(other);
  copyFileSync(join(photos, 'a4.png'), join(other, 'a4.png'));
  const { id } = await app.handle('library.add', { folder: other });
  await until(async () => (await app.handle('library.get', { datasetId: id })).scannedAt !== null);
  const counts = async (of: string) => app.handle('tags.counts', { datasetId: of });
  expect([await counts(datasetId), await counts(id)]).toEqual([{ [bird!.id]: 3 }, {}]);
  const [a4] = [...IdList.read(await app.handle('photos.ids', { datasetId: id }))];
  await app.handle('tags.set', { tagId: bird!.id, imageIds: [a4!], on: true });
  const part = await app.handle('library.collect', {
    imageIds: (await ids({ tagId: bird!.id })).slice(1),
    name: 'two',
  });
  expect(await Promise.all([datasetId, id, part.id].map(counts))).toEqual([3, 1, 2].map((n) => ({ [bird!.id]: n })));
  expect((await app.handle('tags.list', null))[0]!.images).toBe(4);
  await app.handle('tags.set', { tagId: bird!.id, imageIds: [a4!], on: false });
  for (const one of [part.id, id]) await app.handle('library.remove', { datasetId: one });
  await expect(counts('none')).rejects.toMatchObject({ code: 'not-found' });
});

test('goes out and comes in as CSV, and stands for labels', async () => {
  const { csv, rows } = await app.handle('tags.export', { datasetId });
  expect(rows).toBe(3);
  const [bird] = await app.handle('tags.list', null);
  await app.handle('tags.delete', { tagId: bird!.id });
  const answer = await app.handle('tags.import', { datasetId, csv: `${csv}nowhere.png,bird\n5.png,fish\n` });
  expect(answer).toMatchObject({ rows: 5, tagged: 4, withoutPhoto: { count: 1, some: ['nowhere.png'] } });
  const named = new Map((await app.handle('tags.list', null)).map(({ id, name }) => [id, name]));
  expect(answer.set.map(({ tagId, changed, rejected }) => [named.get(tagId), changed.length, rejected])).toEqual([
    ['bird', 3, []],
    ['fish', 1, []],
  ]);
  // as those of labels are matched: by a path of another computer, in other case, without the ending
  const lines = '/mnt/other/sub/5.png,fish\nSUB/6.PNG,fish\nsub/7,fish\n';
  const others = await app.handle('tags.import', { datasetId, csv: lines });
  expect([others.withoutPhoto.count, others.tagged]).toEqual([0, 2]); // the first has it
  for (const { tagId, changed } of others.set) await app.handle('tags.set', { tagId, imageIds: changed, on: false });
  await expect(app.handle('tags.import', { datasetId, csv: 'x.png,bird\n' })).rejects.toMatchObject({
    key: 'bad-request.csv-names',
  });
  // a tag that a spreadsheet would compute goes out behind an apostrophe, and comes in without it
  const sum = await app.handle('tags.create', { name: '=1+2' });
  await app.handle('tags.set', { tagId: sum.id, imageIds: [await idOf('a2.png')], on: true });
  const sheet = await app.handle('tags.export', { datasetId, guard: true });
  expect(sheet.csv).toContain("a2.png,'=1+2\r\n");
  expect((await app.handle('tags.export', { datasetId })).csv).toContain('a2.png,=1+2\r\n');
  expect((await app.handle('tags.import', { datasetId, csv: sheet.csv })).tagged).toBe(0);
  await app.handle('tags.delete', { tagId: sum.id });
  const { labels } = await app.handle('library.setLabels', { datasetId, source: 'tags' });
  expect(labels.classes).toEqual([
    { name: 'bird', images: 3 },
    { name: 'fish', images: 1 },
  ]);
  const fish = (await app.handle('tags.list', null)).find(({ name }) => name === 'fish')!;
  await app.handle('tags.set', { tagId: fish.id, imageIds: [await idOf('sub/6.png')], on: true });
  await until(async () => (await app.handle('library.get', { datasetId })).labels.classes[1]?.images === 2);
});

test('photos are copied by tag or as they lie, and never over anything or among photos', async () => {
  const imageIds = [await idOf('a2.png'), await idOf('sub/5.png'), await idOf('sub/7.png')];
  const target = join(directory, 'out');
  expect(await copied({ imageIds, folder: target, byTag: true })).toBe(target);
  expect(readdirSync(target, { recursive: true }).sort()).toEqual([
    '7.png',
    'bird',
    'bird/a2.png',
    'fish',
    'fish/5.png',
  ]);
  expect(await copied({ imageIds, folder: target, byTag: true })).toBe('bad-folder.clash');
  const plain = join(directory, 'plain');
  writeFileSync(join(directory, 'note'), '');
  expect(await copied({ imageIds, folder: plain })).toBe(plain);
  expect(readdirSync(plain, { recursive: true }).sort()).toEqual(['a2.png', 'sub', 'sub/5.png', 'sub/7.png']);
  await expect(app.handle('photos.copy', { imageIds, folder: join(photos, 'sub') })).rejects.toMatchObject({
    key: 'bad-folder.photos',
  });
  await expect(app.handle('photos.copy', { imageIds: ['none'], folder: plain })).rejects.toMatchObject({
    key: 'no-images.copy',
  });
  expect(await copied({ imageIds, folder: join(directory, 'note', 'below') })).toBe('bad-folder.unwritable');
  expect(existsSync(join(photos, 'a2.png'))).toBe(true);
});

test('a photo with two tags is two files, which is told', async () => {
  const [fish, bird] = await Promise.all([idOf('sub/5.png'), idOf('a2.png')]);
  const tagId = (await app.handle('tags.list', null)).find(({ name }) => name === 'fish')!.id;
  const { changed } = await app.handle('tags.set', { tagId, imageIds: [bird], on: true });
  const folder = join(directory, 'twice');
  const { files, ...task } = await app.handle('photos.copy', { imageIds: [fish, bird], folder, byTag: true });
  expect((await taskEnd(app, task)).state).toBe('done');
  expect([files, readdirSync(join(folder, 'fish')).length, readdirSync(join(folder, 'bird')).length]).toEqual([
    3, 2, 1,
  ]);
  await app.handle('tags.set', { tagId, imageIds: [...changed], on: false });
});

test('what lies beside the copies stays, and no folder has a name that Windows keeps for a device', async () => {
  const target = join(directory, 'beside');
  mkdirSync(target);
  writeFileSync(join(target, 'a2.png.part'), 'a download of theirs');
  const imageIds = [await idOf('a2.png')];
  expect(await copied({ imageIds, folder: target })).toBe(target);
  expect(readdirSync(target).sort()).toEqual(['a2.png', 'a2.png.part']);
  expect(readFileSync(join(target, 'a2.png.part'), 'utf8')).toBe('a download of theirs');
  const { id: tagId } = await app.handle('tags.create', { name: 'Con' });
  await app.handle('tags.set', { tagId, imageIds, on: true });
  const byTag = join(directory, 'devices');
  expect(await copied({ imageIds, folder: byTag, byTag: true })).toBe(byTag);
  expect(readdirSync(byTag).sort()).toEqual(['Con-', 'bird']);
  await app.handle('tags.delete', { tagId });
});

test('the rest of a tag is found, without what was rejected', async () => {
  const patch = { seed: 0, epochs: 1, batchSize: 8, imageSize: 32, backbone: { width: 0.125, stem: 'cifar' } };
  const { id: runId } = await app.handle('runs.create', { datasetId, name: null, preset: null, patch });
  await until(async () => (await app.handle('runs.get', { runId })).state === 'finished');
  await app.handle('explore.embed', { runId });
  await until(async () => (await app.handle('explore.sets', { runId })).length === 1);
  const [set] = await app.handle('explore.sets', { runId });
  const letters = await app.handle('tags.create', { name: 'letters' });
  const find = () => app.handle('explore.find', { embeddingSetId: set!.id, tagId: letters.id, count: 6 });
  await expect(find()).rejects.toMatchObject({ key: 'not-available.untagged' });
  await app.handle('tags.set', { tagId: letters.id, imageIds: [await idOf('a2.png'), await idOf('a3.png')], on: true });
  const first = await find();
  const files = async ({ imageIds }: typeof first) =>
    (await app.handle('library.names', { imageIds })).map((file) => file!);
  // the double embeds a photo by the number in its name: those from 0 to 4 are nearest to 2 and 3
  expect((await files(first)).map((file) => Number(/\d+/.exec(file))).every((number) => number <= 4)).toBe(true);
  const rejected = first.imageIds[0]!;
  await app.handle('tags.reject', { tagId: letters.id, imageIds: [rejected], on: true });
  const then = await find();
  expect(then.imageIds.includes(rejected)).toBe(false);
  expect([then.tagged, then.rejected]).toEqual([2, 1]);
});
