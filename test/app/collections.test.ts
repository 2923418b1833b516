/** Collections: photos of a folder by a tag or a list, as data sets of their own; with a double of the trainer. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { toWireError } from '../../shared/contract.ts';
import type { WireError } from '../../shared/contract.ts';
import { errorSentence } from '../../shared/errors.ts';
import { nameIn } from '../../shared/naming.ts';
import { IdList } from '../../shared/idList.ts';
import type { AppEvent, Dataset } from '../../shared/contract.ts';
import { createApp, forkLauncher } from '../../src-main/app/index.ts';
import type { App } from '../../src-main/app/index.ts';
import { taskEnd } from '../helpers/tasks.ts';
import { sharedFolder } from '../helpers/folders.ts';

const directory = sharedFolder('collections');
let photos: string;
let app: App;
let folder: Dataset;
const events: AppEvent[] = [];
const launch = forkLauncher(new URL('../helpers/fakeTrainer.ts', import.meta.url));
const open = async () => {
  app = await createApp({ home: join(directory, 'home'), host: { kind: 'test', version: '0' }, launch });
  app.onEvent((event) => events.push(event));
};
const until = (wanted: () => Promise<boolean>) => vi.waitUntil(wanted, { timeout: 30_000, interval: 20 });
const get = (datasetId: string) => app.handle('library.get', { datasetId });
const rescan = async (datasetId: string) => {
  await app.handle('library.rescan', { datasetId });
  await until(async () => (await get(datasetId)).state !== 'scanning');
};
const filesOf = async (datasetId: string) =>
  (await app.handle('library.images', { datasetId })).images.map(({ file }) => file);
const idsOf = async (files: readonly string[]) => {
  const { images } = await app.handle('library.images', { datasetId: folder.id });
  return files.map((file) => images.find((image) => image.file === file)!.id);
};
const collectTag = (tagId: string) => app.handle('library.collect', { datasetId: folder.id, tagId });

beforeAll(async () => {
  photos = join(directory, 'photos');
  for (const label of ['cat', 'dog']) {
    mkdirSync(join(photos, label), { recursive: true });
    for (let i = 0; i < 10; i++)
      await sharp({ create: { width: 32, height: 32, channels: 3, background: `hsl(${i * 30},50%,50%)` } })
        .png()
        .toFile(join(photos, label, `${i}.png`));
  }
  await open();
  folder = await app.handle('library.add', { folder: photos });
  await until(async () => (await get(folder.id)).state === 'ready');
  folder = await get(folder.id);
});
afterAll(() => app.close());

test('the collection of a tag holds what has it now, with the labels and exclusions of the folder', async () => {
  const { id: tagId } = await app.handle('tags.create', { name: 'star' });
  await expect(collectTag(tagId)).rejects.toMatchObject({ key: 'no-images.tag' });
  const [a, b, c] = (await idsOf(['cat/1.png', 'cat/2.png', 'dog/3.png'])) as [string, string, string];
  await app.handle('tags.set', { tagId, imageIds: [a, b, c], on: true });
  const made = await collectTag(tagId);
  expect(made).toMatchObject({
    name: 'star',
    parent: folder.id,
    tagId,
    folder: folder.folder,
    images: 3,
    state: 'ready',
  });
  expect((await collectTag(tagId)).id).toBe(made.id);
  expect(made.labels).toMatchObject({ source: 'folders', depth: 1 });
  expect(made.labels.classes).toEqual([
    { name: 'cat', images: 2 },
    { name: 'dog', images: 1 },
  ]);
  expect(await filesOf(made.id)).toEqual(['cat/1.png', 'cat/2.png', 'dog/3.png']);
  expect([...IdList.read(await app.handle('photos.ids', { datasetId: made.id, label: 'dog' }))]).toEqual([c]);
  expect([...IdList.read(await app.handle('tags.images', { tagId, datasetId: made.id }))]).toEqual([a, b, c]);

  const [d] = (await idsOf(['dog/4.png'])) as [string];
  events.length = 0;
  await app.handle('tags.set', { tagId, imageIds: [d], on: true });
  await app.handle('tags.set', { tagId, imageIds: [a], on: false });
  expect(await filesOf(made.id)).toEqual(['cat/2.png', 'dog/3.png', 'dog/4.png']);
  await vi.waitFor(() => {
    const told = events.findLast((event) => event.name === 'dataset' && event.dataset.id === made.id);
    expect(told).toMatchObject({ dataset: { images: 3 } });
  });
  await app.handle('library.exclude', { imageIds: [b], excluded: true });
  expect(await get(made.id)).toMatchObject({ images: 3, excluded: 1 });
  expect(await get(folder.id)).toMatchObject({ images: 20, excluded: 1 });
  await app.handle('library.exclude', { imageIds: [b], excluded: false });
});

test('a list of photos follows the readings of its folder, and where the folder is', async () => {
  const files = ['cat/5.png', 'cat/6.png', 'dog/7.png'];
  const made = await app.handle('library.collect', { imageIds: await idsOf(files), name: 'three' });
  expect(made).toMatchObject({ name: 'three', parent: folder.id, tagId: null, images: 3 });
  rmSync(join(photos, 'cat/5.png'));
  renameSync(join(photos, 'dog/7.png'), join(photos, 'dog/seven.png'));
  await rescan(made.id); // reads the folder
  expect(await get(made.id)).toMatchObject({ images: 2, away: 1 });
  expect(await filesOf(made.id)).toEqual(['cat/6.png', 'dog/seven.png']);
  renameSync(photos, `${photos}-moved`);
  await app.handle('library.relocate', { datasetId: made.id, folder: `${photos}-moved` });
  await until(async () => (await get(folder.id)).state === 'ready');
  expect((await get(made.id)).folder).toBe((await get(folder.id)).folder);
  expect(await get(made.id)).toMatchObject({ images: 2, away: 1 });
  await app.handle('library.rename', { datasetId: made.id, name: 'two' });
  expect([(await get(made.id)).name, (await get(folder.id)).name]).toEqual(['two', 'photos']);
  await app.handle('library.remove', { datasetId: made.id });
  expect((await app.handle('library.list', null)).map(({ id }) => id)).not.toContain(made.id);
  expect(await get(folder.id)).toMatchObject({ images: 19 });
});

test('what is a matter of the folder is refused in a sentence, and photos of two folders as well', async () => {
  const { id: datasetId, name } = (await app.handle('library.list', null)).find(({ parent }) => parent !== null)!;
  const refusal = { key: 'bad-request.collection', values: { name, folder: 'photos' } };
  await expect(app.handle('library.setHeldOut', { datasetId, fraction: 0.5 })).rejects.toMatchObject(refusal);
  await expect(app.handle('library.setInput', { datasetId, input: { tiles: 64 } })).rejects.toMatchObject(refusal);
  await expect(app.handle('library.setLabels', { datasetId, source: 'none' })).rejects.toMatchObject(refusal);
  const other = join(directory, 'other');
  mkdirSync(other);
  writeFileSync(
    join(other, 'x.png'),
    await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .png()
      .toBuffer(),
  );
  const second = await app.handle('library.add', { folder: other });
  await until(async () => (await get(second.id)).state === 'ready');
  const imageIds = [
    ...(await idsOf(['cat/1.png'])),
    ...IdList.read(await app.handle('photos.ids', { datasetId: second.id })),
  ];
  await expect(app.handle('library.collect', { imageIds, name: 'both' })).rejects.toMatchObject({
    key: 'bad-request.several-folders',
    values: { folders: 'photos, other' },
  });
  await expect(app.handle('library.collect', { imageIds: ['gone'], name: 'none' })).rejects.toMatchObject({
    key: 'no-images.collection',
  });
});

test('it is trained on and embedded like a folder, and keeps its photos without its tag and after a restart', async () => {
  const { id: tagId } = await app.handle('tags.create', { name: 'ten' });
  const imageIds = [...IdList.read(await app.handle('photos.ids', { datasetId: folder.id }))].slice(0, 10);
  await app.handle('tags.set', { tagId, imageIds, on: true });
  const { id: datasetId } = await collectTag(tagId);
  const { id: runId } = await app.handle('runs.create', {
    datasetId,
    name: null,
    preset: null,
    patch: { epochs: 1, seed: 0, batchSize: 4 },
    clonedFrom: null,
  });
  await until(async () => (await app.handle('runs.get', { runId })).state === 'finished');
  const run = await app.handle('runs.get', { runId });
  expect(run).toMatchObject({ datasetId, datasetName: 'ten', images: 10 });
  await app.handle('explore.embed', { runId });
  const set = async () => (await app.handle('explore.sets', { runId })).find((one) => one.datasetId === datasetId);
  await until(async () => (await set()) !== undefined);
  // the double says of the first photo that it cannot be read
  expect(await set()).toMatchObject({ images: 9 });
  expect(await get(datasetId)).toMatchObject({ images: 9, skipped: 1 });
  expect(await app.handle('library.skipped', { datasetId })).toMatchObject({
    total: 1,
    files: [{ file: 'cat/0.png' }],
  });

  await app.handle('library.remove', { datasetId: folder.id });
  expect(await app.handle('library.list', null)).not.toContainEqual(expect.objectContaining({ id: datasetId }));
  await app.handle('library.restore', { datasetId: folder.id });
  expect(await get(datasetId)).toMatchObject({ images: 9 });
  const deleted = await app.handle('tags.delete', { tagId });
  expect(await get(datasetId)).toMatchObject({ images: 9 });
  await app.close();
  await open();
  expect(await get(datasetId)).toMatchObject({ images: 9, name: 'ten', parent: folder.id });
  await app.handle('tags.restore', { tag: deleted.tag, imageIds: [...IdList.read(deleted.imageIds)] });
  await app.handle('tags.set', { tagId, imageIds: imageIds.slice(0, 4), on: false });
  expect(await get(datasetId)).toMatchObject({ images: 6 });
  const { id: into } = await app.handle('tags.create', { name: 'more' });
  const { merged } = await app.handle('tags.merge', { tagIds: [tagId], into });
  expect(await get(datasetId)).toMatchObject({ images: 6, tagId: into });
  await app.handle('tags.restore', merged[0]!);
  expect(await get(datasetId)).toMatchObject({ images: 6, tagId });
});

test('one photo is a collection whose map, clusters and doubles can be looked at, and none is refused', async () => {
  const { id: runId } = (await app.handle('runs.list', null)).at(-1)!;
  const { id: tagId } = await app.handle('tags.create', { name: 'lone' });
  const [imageId] = (await idsOf(['dog/4.png'])) as [string];
  await app.handle('tags.set', { tagId, imageIds: [imageId], on: true });
  const { id: datasetId } = await collectTag(tagId);
  await app.handle('explore.embed', { runId, datasetId });
  const sets = async () => (await app.handle('explore.sets', { runId })).filter((one) => one.datasetId === datasetId);
  await until(async () => (await sets()).length === 1);
  const embeddingSetId = (await sets())[0]!.id;
  const map = await app.handle('explore.map', { embeddingSetId, layout: 'pca' });
  expect([[...IdList.read(map.imageIds)], [...map.positions].every(Number.isFinite)]).toEqual([[imageId], true]);
  expect(await app.handle('explore.neighbours', { embeddingSetId, imageId, k: 1 })).toMatchObject({ neighbours: [] });
  const { imageIds } = await app.handle('explore.clusters', { embeddingSetId, count: 2 });
  expect(IdList.read(imageIds).length).toBeLessThanOrEqual(1);
  expect((await app.handle('explore.outliers', { embeddingSetId, count: 1 })).length).toBeLessThanOrEqual(1);
  expect(await app.handle('explore.find', { embeddingSetId, tagId })).toMatchObject({ imageIds: [], tagged: 1 });
  const picked = await app.handle('explore.pick', { embeddingSetId, by: 'mix', count: 4, heedTags: false });
  expect(picked.imageIds).toEqual([imageId]);
  await expect(app.handle('explore.gain', { embeddingSetId })).rejects.toMatchObject({
    key: 'not-available.few-labels',
  });
  for (const started of [
    app.handle('duplicates.start', { datasetId, embeddingSetId: null }),
    app.handle('duplicates.start', { datasetId, embeddingSetId }),
    app.handle('explore.startUmap', { embeddingSetId }),
  ])
    expect(await taskEnd(app, await started)).toMatchObject({ state: 'done', error: null });
  const { positions } = await app.handle('explore.map', { embeddingSetId, layout: 'umap' });
  expect([...positions].every(Number.isFinite)).toBe(true);
  // what came and went since is told, and embedded again with the same checkpoint
  const changes = () => app.handle('explore.changes', { embeddingSetId });
  expect(await changes()).toEqual({ added: 0, gone: 0 });
  const others = await idsOf(['dog/5.png', 'dog/6.png']);
  await app.handle('tags.set', { tagId, imageIds: others, on: true });
  await app.handle('library.exclude', { imageIds: [imageId, others[0]!], excluded: true });
  expect(await changes()).toEqual({ added: 1, gone: 1 });
  await app.handle('library.exclude', { imageIds: [imageId, others[0]!], excluded: false });
  await app.handle('explore.embed', { runId, datasetId });
  await until(async () => (await sets()).length === 2);
  expect((await sets()).map(({ images }) => images)).toEqual([3, 1]); // the newest first
  await app.handle('tags.set', { tagId, imageIds: [imageId, ...others], on: false });
  expect(await get(datasetId)).toMatchObject({ images: 0 });
  const { refusals } = await app.handle('runs.plan', { datasetId, preset: 'quick', patch: {} });
  expect(refusals.map(({ key }) => key)).toContain('no-images.few');
});

test('what is too much for a call is said in a person’s words', async () => {
  const tooMany = app.handle('tags.of', { imageIds: Array.from({ length: 2001 }, String) });
  await expect(tooMany).rejects.toMatchObject({ key: 'bad-request.too-many', values: { most: 2000 } });
  const tooLong = app.handle('tags.create', { name: 'x'.repeat(101) });
  await expect(tooLong).rejects.toMatchObject({ key: 'bad-request.too-long', values: { most: 100 } });
  const few = app.handle('explore.clusters', { embeddingSetId: 'x', count: 1 });
  await expect(few).rejects.toMatchObject({ key: 'bad-request.too-small', values: { least: 2 } });
  const many = app.handle('explore.clusters', { embeddingSetId: 'x', count: 201 });
  await expect(many).rejects.toMatchObject({ key: 'bad-request.too-great', values: { most: 200 } });
  await expect(app.handle('tags.create', { name: 7 as never })).rejects.toMatchObject({
    key: 'bad-request.parameters',
  });
});

test('a name that nobody typed is in the language of who reads it, as is what follows from it', async () => {
  const imageIds = [...IdList.read(await app.handle('photos.ids', { datasetId: folder.id }))].slice(0, 9);
  const { id: datasetId } = await app.handle('library.collect', { imageIds });
  const { id: runId } = await app.handle('runs.create', {
    ...{ datasetId, name: null, preset: null, patch: { epochs: 1, seed: 0, batchSize: 4 }, clonedFrom: null },
  });
  await until(async () => (await app.handle('runs.get', { runId })).state === 'finished');
  const run = () => app.handle('runs.get', { runId });
  const names = async () => {
    const { datasetName: name, datasetNaming: naming, ...of } = await run();
    return [await get(datasetId), { name, naming }, of].flatMap((one) => [one.name, nameIn('zh-CN', one)]);
  };
  const given = ['9 chosen photos', '所选 9 张照片'];
  expect(await names()).toEqual([...given, ...given, '9 chosen photos 1', '所选 9 张照片 1']);
  const refused = await app.handle('library.setHeldOut', { datasetId, fraction: 0.5 }).catch(toWireError);
  expect(errorSentence(refused as WireError, 'zh-CN')).toContain(given[1]);
  await app.close();
  await open();
  expect((await names()).slice(0, 2)).toEqual(given);
  await app.handle('library.remove', { datasetId });
  expect((await app.handle('library.removed', null)).map((one) => nameIn('zh-CN', one))).toContain(given[1]);
  await app.handle('library.restore', { datasetId });
  await app.handle('library.rename', { datasetId, name: 'mine' });
  await app.handle('runs.update', { runId, name: 'first' });
  expect(await names()).toEqual(['mine', 'mine', 'mine', 'mine', 'first', 'first']);
  await app.handle('library.remove', { datasetId });
  await app.handle('runs.delete', { runId });
});
