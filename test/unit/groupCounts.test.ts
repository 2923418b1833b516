/** How many groups a folder has: counted a thousand at a time, and kept until a group, or who is there, changes. */
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
  return { images: store.images, ids, setGroup };
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
  expect(pieces).toBe(3);
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
