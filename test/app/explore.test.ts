/** Explore over embeddings with a known geometry (helpers/circles.ts). */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { IdList } from '../../shared/idList.ts';
import { homePaths } from '../../src-main/app/index.ts';
import { app, directory, ended, file, ids, openApp, runId, useCircles } from '../helpers/circles.ts';

useCircles();

let set: string;

test('embedding is a task; the same photos and checkpoint are embedded once', async () => {
  const task = await ended(await app.handle('explore.embed', { runId }));
  expect(task).toMatchObject({ state: 'done', progress: 1, kind: 'embed' });
  set = task.resultId!;
  expect(await app.handle('explore.sets', { runId })).toMatchObject([
    { id: set, images: 40, dimensions: 4, epoch: 2, hasUmap: false },
  ]);
  expect(await app.handle('explore.embed', { runId })).toMatchObject({ state: 'done', resultId: set });
  const { checkpoints } = await app.handle('runs.get', { runId });
  const other = await ended(await app.handle('explore.embed', { runId, checkpointId: checkpoints[0]!.id }));
  expect(other.resultId).not.toBe(set);
});

/** The cosine of each two photos of the set, from the numbers of its file alone. */
function everyPair(): number[] {
  const bytes = readFileSync(kept('npy'));
  const start = 10 + bytes.readUInt16LE(8);
  const at = (row: number) => Array.from({ length: 4 }, (_, j) => bytes.readFloatLE(start + 4 * (4 * row + j)));
  const rows = Array.from({ length: 40 }, (_, row) => at(row));
  return rows.flatMap((a, i) =>
    rows.slice(0, i).map((b) => a.reduce((sum, x, j) => sum + x * b[j]!, 0) / (Math.hypot(...a) * Math.hypot(...b))),
  );
}

test('neighbours of a photo leave itself out, nearest first, each with how usual it is among all pairs', async () => {
  const { neighbours } = await app.handle('explore.neighbours', {
    embeddingSetId: set,
    imageId: ids.get('a10.png')!,
    k: 4,
  });
  expect(new Set(neighbours.slice(0, 2).map((item) => file(item.imageId)))).toEqual(new Set(['a9.png', 'a11.png']));
  expect(neighbours.length).toBe(4);
  expect(neighbours[0]!.similarity).toBeGreaterThanOrEqual(neighbours[3]!.similarity);
  const cosines = everyPair();
  for (const { similarity, closer } of neighbours)
    expect(closer).toBeCloseTo(cosines.filter((other) => other < similarity - 1e-6).length / cosines.length, 2);
  await expect(app.handle('explore.neighbours', { embeddingSetId: set, imageId: 'x' })).rejects.toMatchObject({
    code: 'not-found',
  });
});

test('any image can be asked for; what is none says so and the next is answered', async () => {
  const ask = (name: string) =>
    app.handle('explore.query', { embeddingSetId: set, image: Buffer.from(name).toString('base64'), k: 1 });
  expect(file((await ask('a3')).neighbours[0]!.imageId)).toBe('a3.png');
  await expect(ask('no image')).rejects.toMatchObject({ code: 'not-an-image' });
  expect(file((await ask('7')).neighbours[0]!.imageId)).toBe('7.png');
});

const kept = (ending: string) => join(directory, 'home', 'runs', runId, 'embeddings', `${set}.${ending}`);
const hasGraph = async () => (await app.handle('explore.sets', {})).find(({ id }) => id === set)!.hasGraph;

test('the neighbours of many photos are found by a task and kept; what is damaged is found again', async () => {
  const reopen = async (quickGraph?: number) => {
    await app.close();
    await openApp(quickGraph);
  };
  await reopen(20); // forty are many
  const ask = () => app.handle('explore.outliers', { embeddingSetId: set, count: 4 });
  const find = async () => ended(await app.handle('explore.startGraph', { embeddingSetId: set }));
  await expect(ask()).rejects.toMatchObject({ key: 'not-available.graph' });
  expect(await hasGraph()).toBe(false);
  expect(await find()).toMatchObject({ kind: 'graph', state: 'done', progress: 1, resultId: set });
  expect(await hasGraph()).toBe(true);
  const outliers = await ask();
  const whole = readFileSync(kept('graph'));

  const measured = async (k: number) => {
    const { resultId } = await ended(await app.handle('evaluate.start', { runId, kind: 'knn', k }));
    return app.handle('evaluate.get', { evaluationId: resultId! });
  };
  expect(await measured(5)).toMatchObject({ imagesOf: 40, byGraph: 40 });
  expect(await measured(20)).toMatchObject({ imagesOf: 40, byGraph: 0 }); // more than it has

  await reopen(20);
  expect(await ask()).toEqual(outliers); // without another task
  expect(readFileSync(kept('graph'))).toEqual(whole);

  const damaged = Buffer.from(whole);
  damaged[700]! ^= 1;
  writeFileSync(kept('graph'), damaged);
  await reopen(20);
  await expect(ask()).rejects.toMatchObject({ key: 'not-available.graph' });
  expect(await hasGraph()).toBe(false);
  await find();
  expect(await ask()).toEqual(outliers);
  expect(readFileSync(kept('graph'))).toEqual(whole);
  await reopen();
});

test('the map by components separates the circles; labels and clusters come with it', async () => {
  const map = await app.handle('explore.map', { embeddingSetId: set, layout: 'pca' });
  const ids = [...IdList.read(map.imageIds)];
  const { positions, labels, clusters } = map;
  expect(ids.length).toBe(40);
  expect(positions.length).toBe(80);
  expect(positions.every((value) => Number.isFinite(value) && Math.abs(value) <= 1)).toBe(true);
  expect(map.classes).toEqual(['first', 'second']);
  const side = (label: number) =>
    new Set(ids.flatMap((_, i) => (labels[i] === label ? [Math.sign(positions[2 * i]!)] : [])));
  expect(side(0).size).toBe(1);
  expect([...side(0)][0]).toBe(-[...side(1)][0]!);
  const clustersOf = (label: number) => new Set(clusters.filter((_, i) => labels[i] === label));
  expect([...clustersOf(0)].some((cluster) => clustersOf(1).has(cluster))).toBe(false);
});

test('UMAP is a task; before it, its map is not available', async () => {
  await expect(app.handle('explore.map', { embeddingSetId: set, layout: 'umap' })).rejects.toMatchObject({
    code: 'not-available',
  });
  expect(await ended(await app.handle('explore.startUmap', { embeddingSetId: set }))).toMatchObject({
    state: 'done',
    resultId: set,
  });
  const map = await app.handle('explore.map', { embeddingSetId: set, layout: 'umap' });
  const { positions } = map;
  expect(positions.length).toBe(80);
  expect(positions.every((value) => Number.isFinite(value))).toBe(true);
  const hasUmap = async () => (await app.handle('explore.sets', {})).find((item) => item.id === set)!.hasUmap;
  expect(await hasUmap()).toBe(true);

  const row = (await app.handle('explore.sets', {})).find((item) => item.id === set)!;
  const kept = join(homePaths(join(directory, 'home')).embeddings(row.runId), `${set}.umap`);
  const whole = readFileSync(kept);
  const again = () => app.handle('explore.map', { embeddingSetId: set, layout: 'umap' });
  writeFileSync(kept, whole.subarray(512, 512 + 8 * 40)); // as 0.1.0 wrote it
  expect((await again()).positions).toEqual(positions);
  const flipped = Uint8Array.from(whole);
  flipped[600]! ^= 64;
  writeFileSync(kept, flipped);
  await expect(again()).rejects.toMatchObject({ key: 'not-available.map' });
  expect(await hasUmap()).toBe(false); // it can be made again
});

test('clusters and outliers', async () => {
  const clusters = await app.handle('explore.clusters', { embeddingSetId: set, count: 2 });
  expect(clusters.coherence.length).toBe(2);
  const members = [...IdList.read(clusters.imageIds)];
  clusters.coherence.forEach((coherence, g) => {
    const imageIds = members.slice(clusters.starts[g], clusters.starts[g + 1]);
    expect(new Set(imageIds.map((id) => file(id).startsWith('a'))).size).toBe(1);
    expect(coherence).toBeGreaterThan(0.8);
  });
  expect(new Set(members).size).toBe(40);
  const outliers = await app.handle('explore.outliers', { embeddingSetId: set, count: 4 });
  expect(outliers.every((item) => ['a0.png', 'a19.png', '0.png', '19.png'].includes(file(item.imageId)))).toBe(true);
});

test('who gives up does not take the neighbour graph from the others who wait for it', async () => {
  const other = (await app.handle('explore.sets', { runId })).find((item) => item.id !== set)!.id;
  const stop = new AbortController();
  const ask = (signal?: AbortSignal) => app.handle('explore.clusters', { embeddingSetId: other, count: 2 }, { signal });
  const first = ask(stop.signal);
  const rest = [ask(), ask()];
  stop.abort();
  await expect(first).rejects.toThrow();
  expect((await Promise.all(rest)).map((groups) => groups.coherence.length)).toEqual([2, 2]);
});

test('a task can be cancelled while it waits', async () => {
  const running = await app.handle('explore.startUmap', { embeddingSetId: set });
  const waiting = await app.handle('explore.startUmap', { embeddingSetId: set });
  await app.handle('tasks.cancel', { taskId: waiting.id });
  expect(await ended(waiting)).toMatchObject({ state: 'cancelled' });
  expect(await ended(running)).toMatchObject({ state: 'done' });
  expect((await app.handle('tasks.list', null)).length).toBeGreaterThanOrEqual(3);
});

test('excluding a photo makes the set out of date', async () => {
  await app.handle('library.exclude', { imageIds: [ids.get('a0.png')!], excluded: true });
  const task = await ended(await app.handle('explore.embed', { runId }));
  expect(task.resultId).not.toBe(set);
});

test('a photo that could not be reached is embedded when it is there again', async () => {
  const [there, away] = ['a1.png', '../away.png'].map((name) => join(directory, 'photos', name)) as [string, string];
  await app.handle('library.exclude', { imageIds: [ids.get('a2.png')!], excluded: true });
  const embedded = async () => {
    const { resultId } = await ended(await app.handle('explore.embed', { runId }));
    const { images } = (await app.handle('explore.sets', { runId })).find(({ id }) => id === resultId)!;
    return { resultId, images };
  };
  renameSync(there, away);
  const part = await embedded();
  renameSync(away, there);
  const whole = await embedded();
  expect([part.images, whole.images]).toEqual([37, 38]);
  expect((await embedded()).resultId).toBe(whole.resultId);
});

test('a photo that could not be read has not come since; one that is excluded is gone', async () => {
  const folder = join(directory, 'other');
  mkdirSync(folder);
  const png = readFileSync(join(directory, 'photos', 'a1.png'));
  for (const name of ['a1.png', 'a2.png', 'broken.png']) writeFileSync(join(folder, name), png);
  const { id: datasetId } = await app.handle('library.add', { folder, read: false });
  await vi.waitFor(async () => expect((await app.handle('library.get', { datasetId })).images).toBe(3));
  const embeddingSetId = (await ended(await app.handle('explore.embed', { runId, datasetId }))).resultId!;
  const changes = () => app.handle('explore.changes', { embeddingSetId });
  const made = (await app.handle('explore.sets', { runId })).find(({ id }) => id === embeddingSetId);
  expect(made).toMatchObject({ datasetId, images: 2 });
  expect(await changes()).toEqual({ added: 0, gone: 0 });
  const images = [...(await app.handle('library.images', { datasetId })).images];
  const { id: imageId } = images.find(({ file: name }) => name === 'a2.png')!;
  await app.handle('library.exclude', { imageIds: [imageId], excluded: true });
  expect(await changes()).toMatchObject({ gone: 1 });
});
