/** What a tag's calls answer takes them back exactly: photos, rejections and collections. */
import { expect, test, vi } from 'vitest';
import { IdList } from '../../shared/idList.ts';
import type { Store } from '../../src-main/db/index.ts';
import { announced, call, caller, commands, everything, ids, store, useTagCalls } from '../helpers/tagCalls.ts';

useTagCalls();

test('more photos than are written at a time are tagged and taken back, with what was rejected', async () => {
  const { id: tagId } = await call('tags.create', { name: 'heron' });
  await call('tags.set', { tagId, imageIds: ids.slice(0, 10), on: true });
  await call('tags.reject', { tagId, imageIds: [ids[20]!, ids[5999]!], on: true });
  const before = everything();
  const done = await call('tags.set', { tagId, imageIds: [...ids, ids[50]!, 'none'], on: true });
  expect(new Set(done.changed)).toEqual(new Set(ids.slice(10)));
  expect(done.changed).toHaveLength(5990);
  expect(done.rejected.toSorted()).toEqual([ids[20]!, ids[5999]!].toSorted());
  expect(everything()).toMatchObject([{ images: 6000, rejected: [] }]);
  await call('tags.set', { tagId, imageIds: done.changed, on: false });
  await call('tags.reject', { tagId, imageIds: done.rejected, on: true });
  expect(everything()).toEqual(before);
});

test('others have turns while very many ids are put in order', async () => {
  const { id: tagId } = await call('tags.create', { name: 'heron' });
  let turns = 0;
  let before: number | null = null;
  const tag = (...asked: Parameters<Store['tags']['tag']>) => {
    before ??= turns;
    return store.tags.tag(...asked);
  };
  const named = Array.from({ length: 20_000 }, (_, i) => `d-${(i * 7919) % 20_000}`);
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now++); // each piece takes a millisecond
  const count = () => {
    turns++;
    turn = setImmediate(count);
  };
  let turn = setImmediate(count);
  const set = caller({ ...store.tags, tag: Object.assign(tag, store.tags.tag) });
  const { changed } = await set('tags.set', { tagId, imageIds: [...named, ...ids], on: true });
  clearImmediate(turn);
  clock.mockRestore();
  expect(before).toBeGreaterThan(5);
  expect(changed.toSorted()).toEqual(ids.toSorted());
});

test('a merged tag comes back with what was rejected for it, and so does what was rejected for the other', async () => {
  const { id: heron } = await call('tags.create', { name: 'heron' });
  const { id: bird } = await call('tags.create', { name: 'bird' });
  await call('tags.set', { tagId: heron, imageIds: ids.slice(0, 5), on: true });
  await call('tags.set', { tagId: bird, imageIds: ids.slice(3, 8), on: true });
  await call('tags.reject', { tagId: heron, imageIds: ids.slice(10, 13), on: true });
  await call('tags.reject', { tagId: bird, imageIds: ids.slice(0, 2), on: true });
  const before = everything();
  const { merged, changed, rejected } = await call('tags.merge', { tagIds: [heron], into: bird });
  expect(everything()).toMatchObject([{ id: bird, images: 8, rejected: [] }]);
  for (const one of merged) await call('tags.restore', one);
  await call('tags.set', { tagId: bird, imageIds: changed, on: false });
  await call('tags.reject', { tagId: bird, imageIds: rejected, on: true });
  expect(everything()).toEqual(before);
});

test('tags that thousands of photos have are merged with turns for others, and nothing of it is lost', async () => {
  const [heron, gull, bird] = await Promise.all(
    ['heron', 'gull', 'bird'].map(async (name) => (await call('tags.create', { name })).id),
  );
  await call('tags.set', { tagId: heron!, imageIds: ids.slice(0, 4000), on: true });
  await call('tags.set', { tagId: gull!, imageIds: ids.slice(3000), on: true });
  await call('tags.set', { tagId: bird!, imageIds: ids.slice(10, 20), on: true });
  const before = everything();
  let turns = 0;
  const count = () => {
    turns++;
    turn = setImmediate(count);
  };
  let turn = setImmediate(count);
  const { merged, changed } = await call('tags.merge', { tagIds: [heron!, gull!, heron!], into: bird! });
  clearImmediate(turn);
  expect(turns).toBeGreaterThan(10); // 7,000 taggings, 500 at a time
  expect(everything()).toMatchObject([{ id: bird, images: 6000 }]);
  expect(merged.map(({ tag, imageIds }) => [tag.images, imageIds.length])).toEqual([
    [4000, 4000],
    [3000, 3000],
  ]);
  for (const one of merged) await call('tags.restore', one);
  await call('tags.set', { tagId: bird!, imageIds: changed, on: false });
  expect(everything()).toEqual(before);
});

test('a deleted tag comes back with what was rejected for it', async () => {
  const { id: tagId } = await call('tags.create', { name: 'heron' });
  await call('tags.set', { tagId, imageIds: ids.slice(0, 1200), on: true });
  await call('tags.reject', { tagId, imageIds: ids.slice(2000, 2003), on: true });
  const before = everything();
  const { tag, ...lists } = await call('tags.delete', { tagId });
  expect(everything()).toEqual([]);
  const [imageIds, rejected] = [lists.imageIds, lists.rejected].map((list) => [...IdList.read(list)]);
  await call('tags.restore', { tag, imageIds: imageIds!, rejected: rejected! });
  expect(everything()).toEqual(before);
});

test('windows are told of the collections of that tag, as to count one takes long', async () => {
  const { id: tag } = await call('tags.create', { name: 'heron' });
  const { id: other } = await call('tags.create', { name: 'gull' });
  for (const [id, of] of [
    ['its', tag],
    ['another', other],
    ['a list', null],
  ] as const)
    store.collections.insert({ id, name: id, addedAt: 1, parent: 'd', tag: of }, []);
  await call('tags.set', { tagId: tag, imageIds: ids.slice(0, 3), on: true });
  expect(announced).toEqual(['its']);
  await call('tags.merge', { tagIds: [tag], into: other });
  expect(announced.toSorted()).toEqual(['another', 'its']);
});

test('labels that follow from tags are made once for all that was tagged before they are', async () => {
  store.datasets.update('d', { labelSource: 'tags' });
  const handle = caller();
  const { id: tagId } = await handle('tags.create', { name: 'heron' });
  for (const id of ids.slice(0, 5)) await handle('tags.set', { tagId, imageIds: [id], on: true });
  expect(commands).toHaveLength(1);
  commands[0]!(); // begins
  for (const id of ids.slice(5, 10)) await handle('tags.set', { tagId, imageIds: [id], on: true });
  expect(commands).toHaveLength(2);
});

test('two merges that go opposite ways end, and what is put on a tag that was deleted meanwhile says so', async () => {
  const [heron, gull] = await Promise.all(
    ['heron', 'gull'].map(async (name) => (await call('tags.create', { name })).id),
  );
  await call('tags.set', { tagId: heron!, imageIds: ids.slice(0, 1500), on: true });
  await call('tags.set', { tagId: gull!, imageIds: ids.slice(1000, 2500), on: true });
  const handle = caller();
  const [, other] = await Promise.allSettled([
    handle('tags.merge', { tagIds: [heron!], into: gull! }),
    handle('tags.merge', { tagIds: [gull!], into: heron! }),
  ]);
  expect(other).toMatchObject({ status: 'rejected', reason: { key: 'not-found.tag' } });
  expect(everything()).toMatchObject([{ id: gull, images: 2500 }]);
  const set = handle('tags.set', { tagId: gull!, imageIds: ids, on: true });
  store.tags.remove(gull!); // after its first piece
  await expect(set).rejects.toMatchObject({
    key: 'not-found.tag',
    message: expect.not.stringContaining(gull!) as string,
  });
});

test('a collection has what it had at any moment while its tag is deleted and brought back, and follows the tag again', async () => {
  const { id: tagId } = await call('tags.create', { name: 'heron' });
  await call('tags.set', { tagId, imageIds: ids.slice(0, 3000), on: true });
  store.collections.insert({ id: 'its', name: 'its', addedAt: 1, parent: 'd', tag: tagId }, []);
  const seen = new Set<number>();
  let turns = 0;
  const count = () => {
    turns++;
    seen.add(store.datasets.counts('its').images);
    turn = setImmediate(count);
  };
  let turn = setImmediate(count);
  const { tag, ...lists } = await call('tags.delete', { tagId });
  const [imageIds, rejected] = [lists.imageIds, lists.rejected].map((list) => [...IdList.read(list)]);
  await call('tags.restore', { tag, imageIds: imageIds!.slice(0, 2000), rejected: rejected! });
  await call('tags.set', { tagId, imageIds: imageIds!.slice(2000), on: true }); // as a window sends very many
  clearImmediate(turn);
  expect(turns).toBeGreaterThan(5);
  expect([...seen]).toEqual([3000]);
  await call('tags.set', { tagId, imageIds: imageIds!.slice(0, 2500), on: false });
  expect(store.datasets.counts('its').images).toBe(500);
});

test('ratings and keywords of very many photos become tags with turns for others, and are taken back', async () => {
  const said = { taken: null, camera: null };
  store.descriptions.set(ids.map((id, i) => ({ ...said, id, rating: i % 2 ? 5 : null, keywords: ['heron'] })));
  store.tags.insert({ id: 'kept', name: 'Heron', color: '#d55e00', key: null, createdAt: 1 });
  store.tags.reject('kept', ids.slice(0, 10), true);
  const before = everything();
  const of = [{ keyword: 'heron' }, { rating: 5, name: 'five' }];
  const order: string[] = [];
  const adopting = call('tags.adopt', { datasetId: 'd', of }).then((made) => (order.push('adopted'), made));
  await new Promise<void>((resolve) => setImmediate(() => resolve(void order.push('another'))));
  const made = await adopting;
  expect(order).toEqual(['another', 'adopted']);
  expect(made.map(({ changed }) => changed.length)).toEqual([6000, 3000]);
  expect(made[0]).toMatchObject({ tagId: 'kept', rejected: ids.slice(0, 10).toSorted() });
  expect(made[1]!.changed.toSorted()).toEqual(ids.filter((_, i) => i % 2).toSorted());
  await call('tags.delete', { tagId: made[1]!.tagId });
  await call('tags.set', { tagId: 'kept', imageIds: made[0]!.changed, on: false });
  await call('tags.reject', { tagId: 'kept', imageIds: made[0]!.rejected, on: true });
  expect(everything()).toEqual(before);
});
