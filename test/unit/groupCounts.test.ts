/** How many groups a folder has: counted some thousand photos at a time, and kept until a group, or who is there, changes. */
import { expect, it } from 'vitest';
import { Gone, openStore } from '../../src-main/db/index.ts';

function grouped(count: number) {
  const store = openStore(':memory:');
  store.datasets.insert({ id: 'd', name: 'd', folder: '/d', addedAt: 1 });
  const file = (i: number) => `${String(i).padStart(5, '0')}.jpg`;
  store.images.add(
    'd',
    Array.from({ length: count }, (_, i) => ({
      ...{ file: file(i), bytes: 1, modified: 1, content: null, label: null, heldOut: false },
    })),
  );
  const ids = store.images.ruled('d').map(({ id }) => id);
  const setGroup = (i: number, group: string | null) =>
    store.images.setRuled([{ id: ids[i]!, label: null, heldOut: 0, group }]);
  for (let i = 0; i < count; i++) setGroup(i, String(Math.floor(i / 2)));
  return { store, images: store.images, ids, setGroup };
}

it('are counted in pieces', () => {
  const { images, setGroup } = grouped(5001); // 2,500 pairs, and one alone
  setGroup(0, '');
  setGroup(1, '');
  setGroup(4, '1');
  const work = images.countingGroups('d');
  let pieces = 0;
  for (let step = work.next(); ; step = work.next(), pieces++)
    if (step.done) {
      expect(step.value).toEqual({ groups: 2499, largest: 3, photos: 4999 });
      break;
    }
  expect(pieces).toBe(3); // 5,000 photos but for their last group, the photo that it goes on with, and that group
});

it('of very many photos are counted in pieces as well', () => {
  const { images, setGroup } = grouped(12_004);
  for (let i = 0; i < 12_004; i++) setGroup(i, i < 3 ? 'a' : i < 12_001 ? 'b' : 'c');
  const work = images.countingGroups('d');
  let pieces = 0;
  let step = work.next();
  for (; !step.done; step = work.next()) pieces++;
  expect(step.value).toEqual({ groups: 3, largest: 11_998, photos: 12_004 });
  expect(pieces).toBeGreaterThanOrEqual(4); // whatever the groups, no piece has more than 5,000 photos
});

it('are kept until something of them changes', () => {
  const { images, ids, setGroup } = grouped(10);
  expect(images.groups('d')).toEqual({ groups: 5, largest: 2, photos: 10 });
  images.setExcluded([ids[0]!], true);
  expect(images.countingGroups('d').next()).toEqual({ done: true, value: { groups: 5, largest: 2, photos: 10 } });
  images.setGone([ids[0]!], Gone.away);
  expect(images.groups('d')).toEqual({ groups: 4, largest: 2, photos: 8 });
  setGroup(2, null);
  expect(images.groups('d')).toEqual({ groups: 3, largest: 2, photos: 6 });
});

it('that change meanwhile are counted anew', () => {
  const { images, setGroup } = grouped(5000);
  const work = images.countingGroups('d');
  work.next();
  setGroup(0, null);
  let step = work.next();
  while (!step.done) step = work.next();
  expect(step.value).toEqual({ groups: 2499, largest: 2, photos: 4998 });
});

it('of a collection are counted in pieces, photos of one group lying in several of them', () => {
  const { store, images, ids, setGroup } = grouped(6000);
  for (let i = 0; i < 6000; i++) setGroup(i, String(i % 3000)); // ids are hashes: a group's two lie anywhere
  const row = { id: 'c', name: 'c', addedAt: 1, parent: 'd', tag: null };
  store.collections.insert(row, ids.slice(0, 4500)); // 1,500 whole pairs, and 1,500 photos whose second is not in it
  const work = images.countingGroups('c');
  let pieces = 0;
  let step = work.next();
  for (; !step.done; step = work.next()) pieces++;
  expect(step.value).toEqual({ groups: 1500, largest: 2, photos: 3000 });
  expect(pieces).toBe(6); // a thousand members at a time, and what they add up to
  images.setGone([ids[0]!], Gone.away);
  expect(images.groups('c')).toEqual({ groups: 1499, largest: 2, photos: 2998 });
});
