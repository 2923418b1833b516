/** A collection of many photos is made in pieces: others have their turns, and nobody sees it before all are there. */
import { setImmediate as breathe } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Dataset } from '../../shared/contract.ts';
import type { AppContext } from '../../src-main/app/context.ts';
import { collect } from '../../src-main/app/library/collections.ts';
import type { Library } from '../../src-main/app/library/library.ts';
import { openStore } from '../../src-main/db/index.ts';
import { file, found, withDataset } from '../helpers/database.ts';
import type { Store } from '../../src-main/db/index.ts';

const COUNT = 12_000;
const never = { signal: new AbortController().signal };

function start(store: Store) {
  store.images.add(
    'd1',
    Array.from({ length: COUNT }, (_, i) => found(`${i}.jpg`)),
  );
  const library = {
    photos: { folderOf: () => 'd1' },
    announceCounted: (id: string) =>
      Promise.resolve({ id, images: store.datasets.counts(id).images } as unknown as Dataset),
  } as unknown as Library;
  const make = () => collect({ store, closing: never.signal } as AppContext, library);
  const names = () => store.datasets.all().map(({ name }) => name);
  return { make, names, ids: store.images.present('d1').map(({ id }) => id) };
}

test('it is there when it is whole, with every photo once', async () => {
  withDataset(() => {});
  const store = openStore(file());
  const { make, names, ids } = start(store);
  const before = names();
  let turns = 0;
  let isMade = false;
  const making = Promise.resolve(make()({ imageIds: [...ids, ...ids.slice(0, 9)].toReversed(), name: 'all' }, never));
  void making.finally(() => (isMade = true));
  for (; !isMade; turns++) {
    expect(names()).toEqual(before);
    await breathe();
  }
  expect(turns).toBeGreaterThan(10);
  expect(await making).toMatchObject({ images: COUNT });
  expect(names()).toEqual([...before, 'all']);
  store.close();
});

test('one that was being made when the program ended is gone when it begins again', () =>
  withDataset((store) => {
    const { make, names, ids } = start(store);
    const before = names();
    store.collections.begin({ id: 'half', name: 'half', addedAt: 1, parent: 'd1', tag: null });
    store.collections.put('half', ids.slice(0, 100));
    store.collections.insert({ id: 'whole', name: 'whole', addedAt: 1, parent: 'd1', tag: null }, ids.slice(0, 3));
    expect(names()).toEqual([...before, 'whole']);
    make();
    expect(store.datasets.get('half')).toBeUndefined();
    expect([names(), store.datasets.counts('whole').images]).toEqual([[...before, 'whole'], 3]);
  }));
