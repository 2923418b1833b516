/** Files that are divided into photos: the parts go where their file goes, and nothing of them is forgotten. */
import { mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sharedFolder } from '../helpers/folders.ts';
import { openLibrary } from '../helpers/libraryDouble.ts';
import type { LibraryDouble } from '../helpers/libraryDouble.ts';

const scratch = sharedFolder('parts');
let count = 0;
let folder: string;
let library: LibraryDouble;
let id: string;
let clock = 1_700_000_000;

function put(file: string, text = file) {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
  utimesSync(join(folder, file), ++clock, clock);
}
const photos = async () =>
  (await library.call('library.images', { datasetId: id })).images.map(({ file, part }) => `${file} ${part}`.trim());
const ids = async () => (await library.call('library.images', { datasetId: id })).images.map((image) => image.id);
async function tiles(side: number, overlap = 0) {
  await library.call('library.setInput', { datasetId: id, input: { tiles: side, overlap } });
  await library.idle();
}
async function rescan() {
  await library.call('library.rescan', { datasetId: id });
  await library.idle();
}

beforeEach(async () => {
  folder = join(scratch, `photos${count}`);
  library = openLibrary(join(scratch, `home${count++}`));
  put('a.jpg');
  put('maps/m.tif', 'large map');
  id = (await library.call('library.add', { folder })).id;
  await library.idle();
});
afterEach(() => library.close());

const divided = ['a.jpg', 'maps/m.tif xywh=0,0,20,20', 'maps/m.tif xywh=20,0,20,20'];
const whole = ['a.jpg', 'maps/m.tif'];

test('tiles are photos in place of their file, each looked at once, and the file is one again without them', async () => {
  expect(await photos()).toEqual(whole);
  await tiles(32);
  expect(await photos()).toEqual(divided);
  const before = await ids();
  const { images } = await library.call('library.images', { datasetId: id });
  const parent = library.store.images.get(images[1]!.whole!.id)!;
  expect(images[1]).toMatchObject({ width: 20, height: 20, whole: { width: 40, height: 20 } });
  expect(parent).toMatchObject({ gone: 4, part: '', file: 'maps/m.tif' });
  library.asked.length = 0;
  await rescan();
  expect(library.asked).toEqual([]);
  await tiles(0);
  expect(await photos()).toEqual(whole);
  await tiles(32);
  expect(await ids()).toEqual(before); // with their exclusions, tags and embeddings
  await tiles(32, 8);
  expect(await photos()).toHaveLength(5);
  const bytes = 'a.jpg'.length + 'large map'.length; // of files, not of their tiles
  expect(await library.call('library.get', { datasetId: id })).toMatchObject({ images: 5, bytes, away: 0, skipped: 0 });
});

test('of two changes at once each keeps what the other set', async () => {
  await Promise.all([
    library.call('library.setInput', { datasetId: id, input: { channels: 'grey' } }),
    library.call('library.setInput', { datasetId: id, input: { rule: 'file' } }),
    library.call('library.setInput', { datasetId: id, input: { page: 'each' } }),
  ]);
  await library.idle();
  const { input } = await library.call('library.get', { datasetId: id });
  expect(input).toMatchObject({ channels: 'grey', rule: 'file', page: 'each' });
  const upsideDown = { rule: 'fixed', low: 9, high: 3 } as const;
  await expect(library.call('library.setInput', { datasetId: id, input: upsideDown })).rejects.toThrow(
    'not below white',
  );
  const open = { rule: 'fixed', low: 9, high: null } as const;
  await expect(library.call('library.setInput', { datasetId: id, input: open })).rejects.toThrow('give both');
});

test('a change of the rule shows at once, and is kept when what it shows has been measured', async () => {
  put('a.jpg'); // touched: its content is asked for while the folder is listed
  const held = library.hold('a.jpg');
  await library.call('library.rescan', { datasetId: id });
  await held.reached;
  library.events.length = 0;
  const cutOff = library.call('library.setInput', { datasetId: id, input: { percentiles: 5 } });
  await Promise.all([
    expect(cutOff).rejects.toThrow(),
    (async () => {
      await vi.waitFor(() => expect(library.events.some((event) => event.name === 'dataset')).toBe(true));
      const [told] = library.events.filter((event) => event.name === 'dataset');
      expect(told?.dataset.input.percentiles).toBe(5);
      await library.close();
    })(),
  ]);
  held.release();
  library = openLibrary(join(scratch, `home${count - 1}`));
  expect((await library.call('library.get', { datasetId: id })).input.percentiles).toBe(0.2);
  await library.call('library.setInput', { datasetId: id, input: { percentiles: 5 } });
  expect((await library.call('library.get', { datasetId: id })).input.percentiles).toBe(5);
});

test('tiles go where their file goes: moved, away, back, replaced', async () => {
  await tiles(32);
  const before = await ids();
  await library.call('library.exclude', { imageIds: [before[2]!], excluded: true });
  renameSync(join(folder, 'maps'), join(folder, 'charts'));
  await rescan();
  expect(await photos()).toEqual(divided.map((name) => name.replace('maps', 'charts')));
  expect(await ids()).toEqual(before);
  renameSync(join(folder, 'charts'), join(scratch, `kept${count}`));
  await rescan();
  expect(await photos()).toEqual(['a.jpg']);
  expect(await library.call('library.get', { datasetId: id })).toMatchObject({ images: 1, away: 3 });
  renameSync(join(scratch, `kept${count}`), join(folder, 'maps'));
  library.asked.length = 0;
  await rescan();
  expect(await photos()).toEqual(divided);
  expect(await ids()).toEqual(before);
  expect(library.asked.filter((asked) => asked.startsWith('divide'))).toEqual([]);
  const { images } = await library.call('library.images', { datasetId: id });
  expect(images.map(({ excluded }) => excluded)).toEqual([false, false, true]);
  put('maps/m.tif', 'large other map');
  await rescan();
  const after = await ids();
  expect(after).toHaveLength(3);
  expect(after.slice(1).some((one) => before.includes(one))).toBe(false);
  put('maps/m.tif', 'large map');
  await rescan();
  expect(await ids()).toEqual(before);
});

test('a file whose tiles are all empty is no photo, nor when it is back', async () => {
  put('sky.tif', 'large blank');
  await rescan();
  expect(await photos()).toContain('sky.tif');
  await tiles(32);
  expect(await photos()).toEqual(divided);
  const aside = join(scratch, `sky${count}.tif`);
  renameSync(join(folder, 'sky.tif'), aside);
  await rescan();
  renameSync(aside, join(folder, 'sky.tif'));
  await rescan();
  expect(await photos()).toEqual(divided);
  await tiles(0);
  expect(await photos()).toEqual([...whole, 'sky.tif']);
});

test('all tiles of a file have its label and its side, whatever share is held out', async () => {
  for (let i = 0; i < 12; i++) put(`set${i % 2}/${i}.tif`, `large ${i}`);
  await rescan();
  await library.call('library.setLabels', { datasetId: id, source: 'folders', depth: 1 });
  await tiles(32);
  const { images } = await library.call('library.images', { datasetId: id });
  for (const fraction of [0.2, 0.5]) {
    await library.call('library.setHeldOut', { datasetId: id, fraction });
    const listed = (await library.call('library.images', { datasetId: id })).images;
    const sides = Map.groupBy(listed, ({ file }) => file);
    for (const [, parts] of sides) expect(new Set(parts.map(({ heldOut }) => heldOut)).size).toBe(1);
    expect(listed.filter(({ heldOut }) => heldOut).length).toBeGreaterThan(0);
  }
  expect(new Set(images.map(({ label }) => label))).toEqual(new Set([null, 'maps', 'set0', 'set1']));
  const csv = 'file,label\nm.tif,map\nset0/0.tif,zero';
  const own = 'set0/0.tif#xywh=20,0,20,20';
  await library.call('library.setLabels', { datasetId: id, source: 'csv', csv: `${csv}\n"${own}",east\n` });
  const labelled = (await library.call('library.images', { datasetId: id })).images.filter(({ label }) => label);
  expect(labelled.map(({ file, label }) => [file, label])).toEqual([
    ['maps/m.tif', 'map'],
    ['maps/m.tif', 'map'],
    ['set0/0.tif', 'zero'],
    ['set0/0.tif', 'east'],
  ]);
  expect(await library.call('library.csvReport', { datasetId: id })).toMatchObject({ labelled: 4 });
});

test('a file that cannot be divided is listed with its reason, and tiles that could not be are refused', async () => {
  put('broken.tif', 'broken large');
  await tiles(32);
  await rescan();
  const { files } = await library.call('library.skipped', { datasetId: id });
  expect(files.map(({ file, code }) => [file, code])).toEqual([['broken.tif', 'corrupt']]);
  expect(await photos()).toEqual(divided);
  await expect(tiles(8)).rejects.toMatchObject({ key: 'bad-request.tiles' });
  await expect(tiles(64, 40)).rejects.toMatchObject({ key: 'bad-request.tiles' });
});
