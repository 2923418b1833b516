/** What a plan knows of a folder's photos: gone through once while nothing changes, never all at once. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addPhotos } from '../../scripts/bench/rows.ts';
import type { Library } from '../../src-main/app/library/library.ts';
import { trainingPhotos } from '../../src-main/app/runs/trainingPhotos.ts';
import { openStore } from '../../src-main/db/index.ts';
import type { Store } from '../../src-main/db/index.ts';
import { toEnd } from '../../shared/work.ts';

const PHOTOS = 12_000; // from 10,000 on lists are read in pieces
let store: Store;
const library = {
  dataset: (id: string) => ({ ...store.datasets.get(id)!, scannedAt: 1 }),
  readings: { failure: () => undefined },
} as unknown as Library;
const asked = () => trainingPhotos({ store }, library, 'd');

beforeEach(() => {
  store = openStore(':memory:');
  store.datasets.insert({ id: 'd', name: 'Photos', folder: '/photos', addedAt: 1 });
  addPhotos(store, 'd', PHOTOS);
});
afterEach(() => {
  vi.restoreAllMocks();
  store.close();
});

test('counts, labels and photos from all over the folder, without those that are held out or taken out', async () => {
  const all = store.images.present('d');
  const [out, apart] = [all.slice(0, 100), all.slice(100, 150)];
  store.images.setExcluded(
    out.map(({ id }) => id),
    true,
  );
  store.images.setRuled(
    apart.map(({ id, label }, i) => ({ id, label: i < 20 ? null : label, heldOut: 1, group: null })),
  );
  const usable = vi.spyOn(store.images, 'usable');
  const { count, labels, heldOut, spread } = await asked();
  expect([count, heldOut]).toEqual([PHOTOS - 150, 30]);
  const training = all.slice(150);
  expect(labels).toBe(new Set(training.map(({ label }) => label)).size);
  const step = training.length / 9;
  expect(spread(9).map(({ id }) => id)).toEqual(
    Array.from({ length: 9 }, (_, i) => training[Math.floor(i * step)]!.id),
  );
  expect(spread(20_000).length).toBe(count);
  expect(usable).not.toHaveBeenCalled();
});

test('a form that asks again goes through them once more only where something has changed', async () => {
  const read = vi.spyOn(store.images, 'sidePieces');
  const [first, second] = await Promise.all([asked(), asked()]);
  expect(second).toBe(first);
  expect(await asked()).toBe(first);
  expect(read).toHaveBeenCalledOnce();
  store.images.setExcluded([first.spread(1)[0]!.id], true);
  expect((await asked()).count).toBe(PHOTOS - 1);
  expect(read).toHaveBeenCalledTimes(2);
});

test('a sample is of the whole folder, in the order of names, and all of a small one', () => {
  const some = toEnd(store.images.sampling('d', 50));
  expect(some.length).toBe(50);
  const files = some.map(({ file }) => file);
  expect(files).toEqual([...files].sort());
  expect(new Set(files.map((file) => file.split('/')[0])).size).toBeGreaterThan(20);
  store.datasets.insert({ id: 'few', name: 'Few', folder: '/few', addedAt: 1 });
  addPhotos(store, 'few', 30);
  expect(toEnd(store.images.sampling('few', 50))).toEqual(store.images.usable('few'));
});
