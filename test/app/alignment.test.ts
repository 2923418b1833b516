/** Photos are brought in line with their folder's rules a piece at a time, and what was cut short is owed. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addPhotos } from '../../scripts/bench/rows.ts';
import { align, isSplitByFolders, owe } from '../../src-main/app/library/rules.ts';
import { openStore } from '../../src-main/db/index.ts';
import type { Store } from '../../src-main/db/index.ts';

const PHOTOS = 1700;
let store: Store;
beforeEach(() => {
  store = openStore(':memory:');
  store.datasets.insert({ id: 'd', name: 'Photos', folder: '/photos', addedAt: 1 });
  addPhotos(store, 'd', PHOTOS);
  // others of the same name and place, which are gone: pieces must neither skip nor repeat them
  const same = { bytes: 2, modified: 2, content: null, label: null, heldOut: false };
  for (let times = 0; times < 3; times++) store.images.add('d', [{ ...same, file: '7/7.jpg', modified: times }]);
});
afterEach(() => {
  vi.restoreAllMocks();
  store.close();
});

const labels = () => store.images.ruled('d').map(({ label }) => label);
const change = (patch: Parameters<Store['datasets']['update']>[1]) => {
  store.datasets.update('d', patch);
  owe(store, 'd');
};

test('every photo is read once and written in small steps', async () => {
  const rows = [...store.images.ruledPieces('d')];
  expect(Math.max(...rows.map((piece) => piece.length))).toBeLessThanOrEqual(500);
  expect(new Set(rows.flat().map(({ id }) => id)).size).toBe(PHOTOS + 3);
  const written = vi.spyOn(store.images, 'setRuled');
  change({ labelSource: 'none' });
  await align(store, 'd');
  expect(labels().every((label) => label === null)).toBe(true);
  expect(written.mock.calls.length).toBeGreaterThanOrEqual(4);
  expect(store.datasets.get('d')!.unruled).toBe(0);
  change({ labelSource: 'folders', labelDepth: 1, heldOut: 0.5 });
  await align(store, 'd');
  expect(labels().every((label) => label !== null)).toBe(true);
  const heldOut = store.images.ruled('d').filter((row) => row.heldOut === 1).length;
  expect(heldOut).toBeGreaterThan(0.4 * PHOTOS);
  expect(heldOut).toBeLessThan(0.6 * PHOTOS);
});

test('what nobody waits for ends, stays owed, and is done the next time', async () => {
  change({ labelSource: 'none' });
  const abort = new AbortController();
  const first = align(store, 'd', abort.signal);
  abort.abort(new Error('closing'));
  await expect(first).rejects.toThrow('closing');
  expect(store.datasets.get('d')!.unruled).toBeGreaterThan(0);
  await align(store, 'd');
  expect(labels().every((label) => label === null)).toBe(true);
  expect(store.datasets.get('d')!.unruled).toBe(0);
});

test('one who goes does not take it from another who waits, and who asks in time waits for the same', async () => {
  change({ labelSource: 'none' });
  const read = vi.spyOn(store.images, 'ruledPieces');
  const abort = new AbortController();
  const going = align(store, 'd', abort.signal);
  const staying = align(store, 'd', new AbortController().signal);
  abort.abort(new Error('gone'));
  await expect(going).rejects.toThrow('gone');
  await staying;
  expect(read).toHaveBeenCalledOnce();
  expect(labels().every((label) => label === null)).toBe(true);
});

test('folders at the top are told without reading what lies in them', () => {
  expect([...store.images.tops('d')].length).toBe(100);
  expect(isSplitByFolders(store.images.tops('d'))).toBe(false);
  store.datasets.insert({ id: 's', name: 'Split', folder: '/split', addedAt: 1 });
  const files = ['train/a.jpg', 'train/b/c.jpg', 'val/a.jpg', 'val/z.jpg'];
  const add = (names: string[]) =>
    store.images.add(
      's',
      names.map((file) => ({ file, bytes: 1, modified: 1, content: null, label: null, heldOut: false })),
    );
  add(files);
  expect([...store.images.tops('s')]).toEqual(['train/a.jpg', 'val/a.jpg']);
  expect(isSplitByFolders(store.images.tops('s'))).toBe(true);
  add(['loose.jpg', 'train.jpg', 'train0/x.jpg']);
  expect([...store.images.tops('s')]).toEqual(['loose.jpg', 'train.jpg', 'train/a.jpg', 'train0/x.jpg', 'val/a.jpg']);
  expect(isSplitByFolders(store.images.tops('s'))).toBe(false);
});
