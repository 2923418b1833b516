/** Names are listed as a person counts: 2 before 10, wherever they come from. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { browse } from '../../src-main/app/library/browse.ts';
import { confusionTable } from '../../src-main/cli/confusion.ts';
import { openStore } from '../../src-main/db/index.ts';
import type { Store } from '../../src-main/db/index.ts';
import { byName, orderOf } from '../../shared/names.ts';
import { sharedFolder } from '../helpers/folders.ts';
import { toEnd } from '../../shared/work.ts';

const directory = sharedFolder('names');
const names = ['class 10', 'class 2', 'class 101', 'Class 11', 'class 1', 'b', 'class 100'];
const listed = ['b', 'class 1', 'class 2', 'class 10', 'Class 11', 'class 100', 'class 101'];
let store: Store;
beforeAll(() => {
  store = openStore(join(directory, 'lookalike.db'));
  store.datasets.insert({ id: 'd', name: 'd', folder: directory, addedAt: 1 });
  const photo = { bytes: 1, modified: 1, content: null, heldOut: false };
  store.images.add(
    'd',
    names.map((label, i) => ({ ...photo, file: `${i}.jpg`, label })),
  );
});
afterAll(() => store.close());

it('has one order, also of names that read alike', () => {
  expect(names.toSorted(byName)).toEqual(listed);
  expect(['1', '01'].toSorted(byName)).toEqual(['01', '1'].toSorted(byName));
  expect(orderOf(['10', '9', 'a'])).toEqual([1, 0, 2]);
});

it('is that of the classes of a folder and of a collection', () => {
  const images = store.images.present('d').map(({ id }) => id);
  store.collections.insert({ id: 'c', name: 'c', addedAt: 1, parent: 'd', tag: null }, images);
  for (const id of ['d', 'c']) expect(store.datasets.counts(id).classes.map(({ name }) => name)).toEqual(listed);
});

it('is that of tags, behind those with a key, and of the tags of a photo', () => {
  const [photo] = store.images.present('d').map(({ id }) => id);
  for (const [i, name] of names.entries())
    store.tags.insert({ id: `t${i}`, name, color: '#d55e00', key: name === 'b' ? 3 : null, createdAt: 1 });
  store.tags.insert({ id: 'first', name: 'z', color: '#d55e00', key: 1, createdAt: 1 });
  expect(store.tags.all().map(({ name }) => name)).toEqual(['z', ...listed]);
  for (const { id } of store.tags.all().toReversed()) store.tags.tag(id, [photo!], true);
  const ofPhoto = store.tags.ofEach([photo!]).get(photo!)!;
  expect(ofPhoto.map((id) => store.tags.get(id)!.name)).toEqual(['z', ...listed]);
});

it('is that of keywords, of a photo and of those that as many photos have', () => {
  const [photo] = store.images.present('d').map(({ id }) => id);
  store.descriptions.set([{ id: photo!, rating: null, keywords: names, taken: null, camera: null }]);
  expect(store.descriptions.keywords([photo!]).get(photo!)).toEqual(listed);
  expect(toEnd(store.descriptions.finding('d')).keywords.map(({ keyword }) => keyword)).toEqual(listed);
});

it('is that of the folders that one picks from', async () => {
  for (const name of names) mkdirSync(join(directory, 'folders', name), { recursive: true });
  const { folders } = await browse(join(directory, 'folders'));
  expect(folders.map(({ name }) => name)).toEqual(listed);
});

it('is that of a table of confusion, whose counts go with their classes', () => {
  const table = confusionTable({
    classes: ['10', '9'],
    confusion: [
      [5, 1],
      [2, 7],
    ],
  });
  expect(table.split('\n').map((line) => line.trim().split(/\s+/))).toEqual([
    ['class', 'right', '1', '2'],
    ['9', '1', '77.8', '%', '7', '2'],
    ['10', '2', '83.3', '%', '1', '5'],
  ]);
});
