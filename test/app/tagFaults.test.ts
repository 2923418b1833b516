/** Where a part of what is asked of tags cannot be written: all is as before, or every window hears of what is there. */
import { expect, test } from 'vitest';
import { IdList } from '../../shared/idList.ts';
import { call, events, everything, fullDisk, ids, store, useTagCalls } from '../helpers/tagCalls.ts';

useTagCalls();

test('where a part cannot be written, that is said, and what was written before is taken back', async () => {
  const { id: tagId } = await call('tags.create', { name: 'heron' });
  await call('tags.set', { tagId, imageIds: ids.slice(0, 1000), on: true });
  await call('tags.reject', { tagId, imageIds: ids.slice(1000, 5000), on: true });
  const before = everything();
  await expect(fullDisk()('tags.set', { tagId, imageIds: ids, on: true })).rejects.toThrow('the disk is full');
  expect(everything()).toEqual(before);
  await expect(fullDisk()('tags.delete', { tagId })).rejects.toThrow('the disk is full');
  expect(everything()).toEqual(before);
  const { id: into } = await call('tags.create', { name: 'bird' });
  await call('tags.set', { tagId: into, imageIds: ids.slice(200, 300), on: true });
  await call('tags.reject', { tagId: into, imageIds: ids.slice(300, 400), on: true });
  const both = everything();
  for (const failing of [3, 4])
    await expect(fullDisk((call) => call === failing)('tags.merge', { tagIds: [tagId], into })).rejects.toThrow(
      'the disk is full',
    );
  expect(everything()).toEqual(both);
});

test('a collection keeps its photos where its tag was half deleted and could not be put back', async () => {
  const { id: tagId } = await call('tags.create', { name: 'heron' });
  await call('tags.set', { tagId, imageIds: ids.slice(0, 1200), on: true });
  store.collections.insert({ id: 'its', name: 'its', addedAt: 1, parent: 'd', tag: tagId }, []);
  await expect(fullDisk((call) => call >= 2)('tags.delete', { tagId })).rejects.toThrow('the disk is full');
  expect(store.tags.everyImage(tagId).length).toBeLessThan(1200);
  expect(store.datasets.counts('its').images).toBe(1200);
});

test('a tag that cannot be brought back whole is not brought back, and its collections keep what they had', async () => {
  const { id: tagId } = await call('tags.create', { name: 'heron' });
  await call('tags.set', { tagId, imageIds: ids.slice(0, 3000), on: true });
  store.collections.insert({ id: 'its', name: 'its', addedAt: 1, parent: 'd', tag: tagId }, []);
  const { tag, ...lists } = await call('tags.delete', { tagId });
  const imageIds = [...IdList.read(lists.imageIds)];
  await expect(fullDisk()('tags.restore', { tag, imageIds, rejected: [] })).rejects.toThrow('the disk is full');
  expect(everything()).toEqual([]);
  expect(store.datasets.counts('its').images).toBe(3000);
  await call('tags.restore', { tag, imageIds, rejected: [] });
  expect(everything()).toMatchObject([{ id: tagId, images: 3000 }]);
  expect(store.datasets.counts('its').images).toBe(3000);
});

test('where that cannot be taken back either, every window hears of what is there', async () => {
  const { id: tagId } = await call('tags.create', { name: 'heron' });
  events.length = 0;
  const set = fullDisk((call) => call >= 2)('tags.set', { tagId, imageIds: ids, on: true });
  await expect(set).rejects.toThrow('the disk is full');
  const written = store.tags.everyImage(tagId).length;
  expect(written).toBeGreaterThan(0);
  expect(events).toMatchObject([{ name: 'tags', tags: [{ images: written }] }]);
});
