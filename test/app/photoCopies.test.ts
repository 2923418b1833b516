/** Copies of photos while files come and go around them: whole or not at all, over nobody's file, the right one named. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { AppContext } from '../../src-main/app/context.ts';
import { homePaths } from '../../src-main/app/home.ts';
import { copyPhotos } from '../../src-main/app/tags/copy.ts';
import { openStore } from '../../src-main/db/index.ts';
import { temporaryName } from '../../src-main/files/index.ts';
import { directory, file, found } from '../helpers/database.ts';

let photos: string;
let target: string;
beforeEach(() => {
  photos = join(directory, 'photos');
  target = join(directory, 'copies');
  mkdirSync(photos);
  for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) writeFileSync(join(photos, name), name);
});

/** Copies all three; `meanwhile` is called when the first has been. */
async function copied(meanwhile: () => void): Promise<string | null> {
  const store = openStore(file());
  try {
    store.datasets.insert({ id: 'd', name: 'Photos', folder: photos, addedAt: 1 });
    store.images.add(
      'd',
      ['a.jpg', 'b.jpg', 'c.jpg'].map((name) => found(name)),
    );
    const ids = ['a.jpg', 'b.jpg', 'c.jpg'].map((name) => store.images.named('d', name)[0]!.id);
    const signal = new AbortController().signal;
    const context = { store, paths: homePaths(join(directory, 'home')), closing: signal } as unknown as AppContext;
    const { work } = await copyPhotos(context, ids, target, false);
    let count = 0;
    const progress = () => void (++count === 1 && meanwhile());
    return await work({ signal, progress, notice: () => {} });
  } finally {
    store.close();
  }
}

test('a file that another program has put there meanwhile is not written over', async () => {
  const other = join(target, 'b.jpg');
  const copying = copied(() => writeFileSync(other, 'months of work'));
  await expect(copying).rejects.toMatchObject({ key: 'bad-folder.clash', values: { folder: target, file: 'b.jpg' } });
  expect(readFileSync(other, 'utf8')).toBe('months of work');
  expect(readdirSync(target).sort()).toEqual(['a.jpg', 'b.jpg']);
});

test('a photo that cannot be read any more is named, not the folder that it was to be copied into', async () => {
  const copying = copied(() => {
    rmSync(join(photos, 'b.jpg'));
    mkdirSync(join(photos, 'b.jpg'));
  });
  await expect(copying).rejects.toMatchObject({
    key: 'bad-folder.closed-photo',
    values: { file: join(photos, 'b.jpg'), errno: 'EISDIR' },
  });
  expect(readdirSync(target)).toEqual(['a.jpg']);
});

test('photos whose folder is gone are named as missing', async () => {
  const copying = copied(() => {
    rmSync(photos, { recursive: true });
    writeFileSync(photos, '');
  });
  await expect(copying).rejects.toMatchObject({ key: 'bad-folder.missing-photo' });
  expect(readdirSync(target)).toEqual(['a.jpg']);
});

test('what a killed copy had half written goes with the next one into the folder, also with one that is refused', async () => {
  mkdirSync(target);
  const left = ['b.0123456789abcdef.lookalike-tmp', 'z.0123456789abcdef.lookalike-tmp'];
  for (const name of left) writeFileSync(join(target, name), 'half');
  writeFileSync(join(target, 'mine.tmp'), 'of another program');
  writeFileSync(join(target, 'c.jpg'), 'months of work');
  await expect(copied(() => {})).rejects.toMatchObject({ key: 'bad-folder.clash', values: { file: 'c.jpg' } });
  expect(readdirSync(target).sort()).toEqual(['c.jpg', 'mine.tmp']);
});

test('what Lookalike of another home is copying into the folder stays, also where this one is refused', async () => {
  mkdirSync(target);
  const theirs = basename(temporaryName(join(target, 'b.jpg'))).replace(/-\d+\./, `-${process.ppid}.`);
  writeFileSync(join(target, theirs), 'half');
  await copied(() => {});
  expect(readdirSync(target).sort()).toEqual(['a.jpg', 'b.jpg', 'c.jpg', theirs].sort());
});
