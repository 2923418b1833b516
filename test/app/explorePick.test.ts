/** Photos picked to be labelled, over embeddings with a known geometry (helpers/circles.ts), and what that is worth. */
import { beforeAll, expect, test } from 'vitest';
import { app, ended, file, ids, runId, useCircles } from '../helpers/circles.ts';

useCircles();

let set: string;
beforeAll(async () => {
  set = (await ended(await app.handle('explore.embed', { runId }))).resultId!;
});

test('photos are picked to differ, and by what tags leave in doubt; none that was taken out', async () => {
  const pick = (request: object) => app.handle('explore.pick', { embeddingSetId: set, count: 2, ...request });
  const sides = (found: { imageIds: string[] }) => found.imageIds.map((id) => file(id).startsWith('a')).sort();
  for (const by of ['mix', 'varied', 'typical'] as const) expect(sides(await pick({ by })), by).toEqual([false, true]);
  await expect(pick({ by: 'uncertain' })).rejects.toMatchObject({ key: 'not-available.no-tags' });
  const tag = async (name: string, files: string[]) => {
    const { id: tagId } = await app.handle('tags.create', { name });
    await app.handle('tags.set', { tagId, imageIds: files.map((one) => ids.get(one)!), on: true });
    return tagId;
  };
  const tags = [await tag('low', ['a0.png', 'a1.png']), await tag('high', ['a18.png', 'a19.png'])];
  const stop = new AbortController();
  const given = app.handle('explore.pick', { embeddingSetId: set, count: 2 }, { signal: stop.signal });
  stop.abort();
  await expect(given).rejects.toMatchObject({ code: 'cancelled' });
  const states = (await app.handle('tasks.list', null)).filter(({ kind }) => kind === 'pick').map(({ state }) => state);
  expect(states).toEqual(['done', 'done', 'done', 'failed', 'cancelled']); // each a task that can be followed
  const doubtful = await pick({ by: 'uncertain', count: 30 });
  expect(doubtful).toMatchObject({ tagged: 4, tags: 2 });
  expect(doubtful.imageIds).not.toContain(ids.get('a0.png'));
  expect(await pick({ heedTags: false })).toMatchObject({ tagged: 0, tags: 0 });
  await app.handle('library.exclude', { imageIds: [ids.get('a5.png')!], excluded: true });
  const all = await pick({ by: 'varied', count: 100, heedTags: false });
  expect(all.imageIds.length).toBe(39);
  await app.handle('library.exclude', { imageIds: [ids.get('a5.png')!], excluded: false });
  for (const tagId of tags) await app.handle('tags.delete', { tagId });
});

test('what picking is worth is told where there are labels enough', async () => {
  const { points, ...facts } = await app.handle('explore.gain', { embeddingSetId: set });
  expect(facts).toEqual({ classes: 2, pool: 32, tested: 8, draws: 5 });
  expect(points.map(({ known }) => known)).toEqual([4, 6]);
  for (const { mixed } of points) expect(mixed.mean).toBe(1);
  const { datasetId } = (await app.handle('explore.sets', {})).find(({ id }) => id === set)!;
  const csv = [...ids.keys()].map((name) => `${name},${name.startsWith('a') ? 'first' : 'second'}`);
  const label = (lines: string[]) =>
    app.handle('library.setLabels', { datasetId, source: 'csv', csv: lines.join('\n') });
  const few = { key: 'not-available.few-labels' };
  await label(csv.slice(0, 12));
  await expect(app.handle('explore.gain', { embeddingSetId: set })).rejects.toMatchObject(few);
  await app.handle('library.setLabels', { datasetId, source: 'none' });
  await expect(app.handle('explore.gain', { embeddingSetId: set })).rejects.toMatchObject(few);
  await label(csv);
});
