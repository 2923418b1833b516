/** Where exports go: new folders and ours; files that no export made, photo folders and the home are left alone. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exportedFiles } from '../../shared/exports.ts';
import { homePaths } from '../../src-main/app/index.ts';
import { openTarget, Targets } from '../../src-main/app/target.ts';
import { openStore } from '../../src-main/db/index.ts';
import type { Store } from '../../src-main/db/index.ts';
import { claimFolder, temporaryName } from '../../src-main/files/index.ts';
import { testFolder } from '../helpers/folders.ts';

let root: string;
let store: Store;
beforeEach(() => {
  root = testFolder('target');
  mkdirSync(join(root, 'home'));
  mkdirSync(join(root, 'pictures', '2024'), { recursive: true });
  store = openStore(join(root, 'home', 'lookalike.db'));
  store.datasets.insert({ id: 'd', name: 'Photos', folder: join(root, 'pictures'), addedAt: 1 });
});
afterEach(() => {
  store.close();
});

const files = exportedFiles(['npy']); // embeddings.npy and images.csv
const target = (folder: string, replace = false) =>
  openTarget({ store, paths: homePaths(join(root, 'home')) }, join(root, folder), files, replace);
const write = (folder: string, name: string, text: string) => writeFileSync(join(root, folder, name), text);
/** That it may be written into. */
const expectTaken = async (folder: string) => expect((await target(folder)).folder).toBe(join(root, folder));

test('a new or empty folder is taken, and one of ours is written again', async () => {
  for (let time = 0; time < 2; time++) {
    const claim = await target('out/new');
    for (const file of files) write('out/new', file, `time ${time}`);
    await claim.seal(files);
  }
  mkdirSync(join(root, 'empty'));
  write('empty', '.DS_Store', ''); // a file manager's
  await expectTaken('empty');
  for (const file of files) expect(readFileSync(join(root, 'out/new', file), 'utf8')).toBe('time 1');
});

test('an export that was interrupted does not stand in the way of the next', async () => {
  await target('out');
  write('out', 'images.csv', 'half');
  await expectTaken('out');
});

test('what a killed export had half written goes with the next; what is being written and others’ files stay', async () => {
  mkdirSync(join(root, 'out'));
  const [ours, theirs] = ['model.0123456789abcdef.lookalike-tmp', 'download.tmp'];
  for (const name of [ours, theirs]) write('out', name, 'half');
  const contents = () =>
    readdirSync(join(root, 'out'))
      .filter((name) => name !== 'lookalike-files.lock') // while it is claimed
      .sort();
  await target('out');
  expect(contents()).toEqual([theirs, 'lookalike-files.json']);
  write('out', ours, 'of the claim that is not over');
  await target('out');
  expect(contents()).toEqual([theirs, 'lookalike-files.json', ours]);
});

test('what Lookalike of another home writes into the folder stays while it may be at it', async () => {
  mkdirSync(join(root, 'out'));
  const mine = basename(temporaryName(join(root, 'out', 'model.onnx')));
  const by = (process: string) => mine.replace(/-\d+\./, `-${process}.`);
  const ended = spawnSync(process.execPath, ['--version']).pid;
  const elsewhere = mine.replace(/\.[0-9a-f]{8}-/, '.0000dead-'); // of another computer, on a share
  for (const name of [by(`${process.ppid}`), by(`${ended}`), elsewhere]) write('out', name, 'half');
  await (await target('out')).release();
  expect(readdirSync(join(root, 'out')).sort()).toEqual([by(`${process.ppid}`), elsewhere].sort());
});

test('a folder into which another application writes is refused, and free when that has ended in any way', async () => {
  const module = new URL('../../src-main/files/index.ts', import.meta.url).href;
  const claiming = `
    const { claimFolder } = await import(${JSON.stringify(module)});
    await claimFolder(${JSON.stringify(join(root, 'out'))}, ['embeddings.npy']);
    console.log('claimed');
    setInterval(() => {}, 1000);`;
  const other = spawn(process.execPath, ['--input-type=module', '-e', claiming]);
  const ended = new Promise((resolve) => other.once('exit', resolve));
  await new Promise((resolve) => other.stdout.once('data', resolve));
  for (const replace of [false, true])
    await expect(target('out', replace)).rejects.toMatchObject({ key: 'write-failed.in-use' });
  other.kill('SIGKILL');
  await ended;
  const claim = await target('out');
  for (const file of files) write('out', file, file);
  await claim.seal(files);
  expect(readdirSync(join(root, 'out')).sort()).toEqual([...files, 'lookalike-files.json'].sort());
});

test('one that is given up leaves the folder to another that waits to write into it', async () => {
  const [first, second] = [await target('out'), await target('out')];
  await first.release();
  for (const file of files) write('out', file, 'second');
  await second.seal(files);
  await expectTaken('out');
  for (const file of files) expect(readFileSync(join(root, 'out', file), 'utf8')).toBe('second');
});

test('of two that write into one folder at once, each file of both is known afterwards, also after a crash', async () => {
  const claim = (names: string[]) => claimFolder(join(root, 'out'), names);
  const [first, second, third] = [await claim(['a']), await claim(['b']), await claim(['c'])];
  for (const name of ['a', 'b']) write('out', name, name);
  await Promise.all([first.seal(['a']), second.seal(['b'])]);
  write('out', 'c', 'half'); // and the program is killed
  expect(third.folder).toBe(join(root, 'out'));
  await claim(['a', 'b', 'c']);
});

test('a person’s file is not ours because an export that waits may replace it', async () => {
  mkdirSync(join(root, 'work'));
  write('work', 'images.csv', 'months of work');
  const first = await target('work', true);
  await expect(target('work')).rejects.toMatchObject({ code: 'not-ours' });
  await expect(claimFolder(join(root, 'work'), ['other'])).rejects.toMatchObject({ key: 'not-ours.folder' });
  await first.release();
  await expect(target('work')).rejects.toMatchObject({ code: 'not-ours' });
});

test('what two are to write is as the first left it where the second fails, and ours once it was written again', async () => {
  const [first, second, third] = [await target('out'), await target('out'), await target('out')];
  for (const file of files) write('out', file, 'first');
  await first.seal(files);
  await second.release();
  for (const file of files) write('out', file, 'once more');
  await third.release();
  await target('out');
});

test('a person’s file is no export’s because one that was to replace it failed before', async () => {
  mkdirSync(join(root, 'work'));
  write('work', 'images.csv', 'months of work');
  await (await target('work', true)).release();
  await expect(target('work')).rejects.toMatchObject({ code: 'not-ours' });
  const claim = await target('work', true);
  write('work', 'embeddings.npy', 'numbers'); // and the other format failed
  await claim.seal(['embeddings.npy']);
  await expect(target('work')).rejects.toMatchObject({ key: 'not-ours.file' });
});

test('a folder that is opened again for another checkpoint leaves a person’s file in it theirs', async () => {
  mkdirSync(join(root, 'work'));
  write('work', 'images.csv', 'months of work');
  const targets = new Targets({ store, paths: homePaths(join(root, 'home')) });
  for (let time = 0; time < 2; time++) await targets.open(join(root, 'work'), files, true);
  await targets.release();
  await expect(target('work')).rejects.toMatchObject({ code: 'not-ours' });
});

test('what an export made stays known as it was where the next one fails before it is written again', async () => {
  const claim = await target('out');
  for (const file of files) write('out', file, 'first');
  await claim.seal(files);
  await (await target('out')).release();
  await (await target('out')).release();
  write('out', 'images.csv', 'edited since');
  await expect(target('out')).rejects.toMatchObject({ key: 'not-ours.changed' });
  const again = await target('out', true);
  rmSync(join(root, 'out', 'images.csv'));
  write('out', 'images.csv', 'second');
  await again.release(); // it was written, and failed after
  await target('out');
});

test('a folder with files that no export made is refused, with the remedy, and nothing is written into it', async () => {
  mkdirSync(join(root, 'work'));
  write('work', 'images.csv', 'months of work');
  await expect(target('work')).rejects.toMatchObject({
    code: 'not-ours',
    message: expect.stringMatching(/--replace/) as string,
  });
  expect(existsSync(join(root, 'work', 'lookalike-files.json'))).toBe(false);
  await target('work', true);
});

test('in a folder of ours, a file of a person and one that was changed are refused, other files are nobody’s matter', async () => {
  const claim = await claimFolder(join(root, 'out'), ['embeddings.npy']);
  write('out', 'embeddings.npy', 'numbers');
  await claim.seal(['embeddings.npy']);
  write('out', 'notes.txt', 'mine');
  write('out', 'images.csv', 'a person’s');
  await expect(target('out')).rejects.toMatchObject({ key: 'not-ours.file' });
  rmSync(join(root, 'out', 'images.csv'));
  write('out', 'embeddings.npy', 'edited');
  await expect(target('out')).rejects.toMatchObject({ key: 'not-ours.changed' });
  await target('out', true);
  expect(readFileSync(join(root, 'out', 'notes.txt'), 'utf8')).toBe('mine');
});

test('a damaged manifest makes nothing ours', async () => {
  const claim = await target('out');
  for (const file of files) write('out', file, 'x');
  await claim.seal(files);
  const manifest = join(claim.folder, 'lookalike-files.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('embeddings', 'embedding5'));
  await expect(target('out')).rejects.toMatchObject({ key: 'not-ours.folder' });
});

test.each(['pictures', 'pictures/new', 'pictures/2024', '.'])(
  '%s, which meets a photo folder, is refused',
  async (folder) => {
    await expect(target(folder, true)).rejects.toMatchObject({ key: 'bad-folder.photos' });
    expect(existsSync(join(root, 'pictures', 'new'))).toBe(false);
  },
);

test('a photo folder is known by another way to it too', async () => {
  symlinkSync(join(root, 'pictures'), join(root, 'link'));
  await expect(target('link/exports')).rejects.toMatchObject({ key: 'bad-folder.photos' });
  await target('pictures-2'); // begins alike, and is another
});

test('the home is refused but for its exports', async () => {
  for (const folder of ['home', 'home/runs/new', 'home/exports'])
    await expect(target(folder)).rejects.toMatchObject({ key: 'bad-folder.home' });
  await target('home/exports/one');
  store.datasets.insert({ id: 'all', name: 'All', folder: root, addedAt: 2 }); // one that holds the home
  await target('home/exports/two');
  await expect(target('out')).rejects.toMatchObject({ key: 'bad-folder.photos' });
});

test('a relative path and one that cannot be made are refused as folders', async () => {
  const context = { store, paths: homePaths(join(root, 'home')) };
  await expect(openTarget(context, 'out', files, false)).rejects.toMatchObject({ key: 'bad-folder.relative' });
  write('.', 'file', '');
  await expect(target('file/out')).rejects.toMatchObject({ key: 'bad-folder.unwritable' });
});
