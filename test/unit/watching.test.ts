/** Folders that are watched by the system's events, and what is read because of them. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppEvents } from '../../src-main/app/events.ts';
import { FolderWatch } from '../../src-main/app/library/folderWatch.ts';
import { watchFolders } from '../../src-main/app/library/watching.ts';
import { sharedFolder } from '../helpers/folders.ts';

const root = sharedFolder('watching');

const folderOf = (name: string): string => {
  const folder = join(root, name);
  mkdirSync(join(folder, 'inner', 'deep'), { recursive: true });
  mkdirSync(join(folder, '.hidden'));
  return folder;
};

/** Counts what it is told; `next` resolves with the next after what was told before. */
function counter() {
  let count = 0;
  let wake: () => void = () => undefined;
  return {
    told: () => {
      count++;
      wake();
    },
    get count() {
      return count;
    },
    next: (work: () => void) => {
      const told = new Promise<void>((resolve) => (wake = resolve));
      work();
      return told;
    },
  };
}

describe.each([false, true])('a folder that is watched, as a whole: %s', (whole) => {
  it('tells of photos anywhere below it, also in folders that came later, and of nothing hidden or foreign', async () => {
    const folder = folderOf(`whole ${whole}`);
    const changes = counter();
    const watch = new FolderWatch(folder, changes.told, { whole });
    await watch.ready;
    await changes.next(() => writeFileSync(join(folder, 'a.jpg'), 'x'));
    await changes.next(() => writeFileSync(join(folder, 'inner', 'deep', 'b.jpg'), 'x'));
    await changes.next(() => rmSync(join(folder, 'a.jpg')));
    await changes.next(() => mkdirSync(join(folder, 'inner', '2024.07 Lake')));
    await changes.next(() => renameSync(join(folder, 'inner', 'deep', 'b.jpg'), join(folder, 'c.jpg')));
    const before = changes.count;
    writeFileSync(join(folder, 'notes.txt'), 'x');
    writeFileSync(join(folder, '.hidden', 'd.jpg'), 'x');
    writeFileSync(join(folder, 'inner', '.e.jpg'), 'x');
    const later = changes.next(() => writeFileSync(join(folder, 'inner', '2024.07 Lake', 'f.jpg'), 'x'));
    await later; // what was told before is told in its order
    expect(changes.count - before).toBeLessThan(8);
    watch.close();
    const closed = changes.count;
    writeFileSync(join(folder, 'g.jpg'), 'x');
    await new Promise((resolve) => setImmediate(resolve));
    expect(changes.count).toBe(closed);
  });
});

it('watches a folder that was removed and made again', async () => {
  const folder = folderOf('again');
  const inner = join(folder, 'inner');
  const changes = counter();
  const watch = new FolderWatch(folder, changes.told, { whole: false });
  await watch.ready;
  rmSync(inner, { recursive: true });
  mkdirSync(inner);
  let last = 0;
  const isQuiet = () => {
    const before = last;
    last = changes.count;
    return last > 0 && last === before;
  };
  await expect.poll(isQuiet).toBe(true);
  let photo = 0;
  await expect.poll(() => (writeFileSync(join(inner, `${photo++}.jpg`), 'x'), changes.count > last)).toBe(true);
  watch.close();
});

it('watches so many folders at most, and no folder that is not there', async () => {
  const folder = folderOf('most');
  const changes = counter();
  const watch = new FolderWatch(folder, changes.told, { whole: false, most: 1 });
  await watch.ready;
  const unseen = 50; // photos of a folder beyond the number
  for (let i = 0; i < unseen; i++) writeFileSync(join(folder, 'inner', `${i}.jpg`), 'x');
  await changes.next(() => writeFileSync(join(folder, 'a.jpg'), 'x'));
  await new Promise((resolve) => setImmediate(resolve)); // what was told before it is counted by now
  expect(changes.count).toBeLessThan(unseen);
  watch.close();
  const none = new FolderWatch(join(root, 'nowhere'), changes.told);
  await none.ready;
  none.close();
});

it('a folder of the library is read after a change, from when it is added until it is removed', async () => {
  const [one, two] = [folderOf('one'), folderOf('two')];
  const readings = counter();
  const read: string[] = [];
  const events = new AppEvents();
  const library = {
    dataset: () => ({}),
    command: (_: string, work: () => unknown) => Promise.resolve(work()),
    readings: {
      isListing: () => false,
      listed: () => Promise.resolve(),
      begin: (id: string, decodes: boolean) => {
        read.push(`${id} ${decodes}`);
        readings.told();
      },
    },
  };
  const datasets = { all: () => [{ id: 'one', folder: one, removedAt: null }], get: () => ({}) };
  const store = { datasets, images: { folderOf: (id: string) => id } };
  const { stop, ready } = watchFolders({ store, events } as never, library as never, 1);
  const dataset = { id: 'two', folder: two, state: 'ready' };
  events.emit({ name: 'dataset', dataset } as never);
  await ready();
  await readings.next(() => writeFileSync(join(one, 'a.jpg'), 'x'));
  await readings.next(() => writeFileSync(join(two, 'a.jpg'), 'x'));
  expect(new Set(read)).toEqual(new Set(['one true', 'two true']));
  events.emit({ name: 'datasetRemoved', datasetId: 'two' } as never);
  events.emit({ name: 'dataset', dataset: { ...dataset, id: 'one', folder: one, state: 'offline' } } as never);
  const before = read.length;
  writeFileSync(join(one, 'b.jpg'), 'x');
  writeFileSync(join(two, 'b.jpg'), 'x');
  events.emit({ name: 'dataset', dataset: { ...dataset, id: 'three' } } as never);
  await ready();
  await readings.next(() => writeFileSync(join(two, 'c.jpg'), 'x'));
  expect(read.slice(before).every((name) => name === 'three true')).toBe(true);
  stop();
});
