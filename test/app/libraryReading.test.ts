/** What is commanded while a folder is read, and a reading that is stopped; nothing of the folder is changed. */
import { chmodSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { passedReason } from '../../shared/passedOver.ts';
import { sentenceOf } from '../../shared/sentences.ts';
import {
  add,
  folder,
  images,
  labels,
  library,
  moveFolder,
  openAgain,
  put,
  rescan,
  unhandled,
} from '../helpers/photoFolder.ts';

test('videos and documents beside photos are counted by kind at each reading, and told in both languages', async () => {
  for (const file of ['a.jpg', 'b.MOV', 'in/c.mp4', 'd.pdf', 'a.xmp', 'notes.txt', '.e.mp4']) put(file);
  const id = await add();
  const { passedOver } = await library.call('library.get', { datasetId: id });
  expect(passedOver).toEqual({ video: 2, document: 1 });
  const told = passedReason(passedOver)!;
  expect(sentenceOf(told, 'en')).toContain('2 videos, 1 document, which');
  expect(sentenceOf(told, 'zh-CN')).toContain('2 个视频、1 个文档');
  rmSync(join(folder, 'd.pdf'));
  rmSync(join(folder, 'in'), { recursive: true });
  await rescan(id);
  expect((await library.call('library.get', { datasetId: id })).passedOver).toEqual({ video: 1 });
  expect(passedReason({})).toBeNull();
});

describe('while a folder is read', () => {
  test('it can be removed: the reading ends, and nothing else does', async () => {
    for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) put(name);
    const held = library.hold('b.jpg');
    const { id } = await library.call('library.add', { folder });
    await held.reached;
    await library.call('library.remove', { datasetId: id });
    held.release();
    await library.idle();
    expect(await library.call('library.list', null)).toEqual([]);
    await new Promise((resolve) => setImmediate(resolve)); // when a rejection that nobody took would be told
    expect(unhandled).toEqual([]);
    await library.call('library.restore', { datasetId: id });
    await library.idle();
    expect((await images(id)).map(({ width }) => width)).toEqual([40, 40, 40]); // and it went on
  });

  test('a run that prepares its first step goes before it, and it is read to its end afterwards', async () => {
    for (const name of ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg', 'e.jpg', 'f.jpg']) put(name);
    const held = library.hold('b.jpg');
    const { id } = await library.call('library.add', { folder });
    await held.reached;
    const run = library.pace.run('another folder');
    held.release();
    await library.call('library.setHeldOut', { datasetId: id, fraction: 0.5 }); // the folder itself can be worked with
    const asked = library.asked.length;
    expect(asked).toBeLessThan(6);
    await new Promise((resolve) => setTimeout(resolve, 20)); // longer than six files of text take
    expect(library.asked.length).toBeLessThanOrEqual(asked + 1); // what was begun
    run.begun();
    await library.idle();
    expect((await images(id)).map(({ width }) => width)).toEqual([40, 40, 40, 40, 40, 40]);
  });

  test('it can be relocated: the new place is read', async () => {
    for (const name of ['a.jpg', 'b.jpg']) put(name);
    const held = library.hold('b.jpg');
    const { id } = await library.call('library.add', { folder });
    await held.reached;
    moveFolder();
    put('new.jpg');
    held.release();
    await library.call('library.relocate', { datasetId: id, folder });
    await library.idle();
    expect((await images(id)).map(({ file, width }) => [file, width])).toEqual([
      ['a.jpg', 40],
      ['b.jpg', 40],
      ['new.jpg', 40],
    ]);
  });

  test('labels from a CSV stay, and reach photos that are found later', async () => {
    for (const name of ['a.jpg', 'b.jpg']) put(name);
    const id = await add();
    put('late.jpg');
    const listing = library.call('library.rescan', { datasetId: id });
    await library.call('library.setLabels', {
      datasetId: id,
      source: 'csv',
      csv: 'file,label\na.jpg,cat\nlate.jpg,dog\nlater.jpg,owl\n',
    });
    await listing;
    await library.idle();
    expect(await labels(id)).toEqual({ 'a.jpg': 'cat', 'b.jpg': null, 'late.jpg': 'dog' });
    put('later.jpg');
    await rescan(id);
    expect(await labels(id)).toEqual({ 'a.jpg': 'cat', 'b.jpg': null, 'late.jpg': 'dog', 'later.jpg': 'owl' });
  });

  test('a label source chosen during the first listing stands against the guess, over a restart too', async () => {
    for (const name of ['cats/1.jpg', 'cats/2.jpg', 'dogs/1.jpg', 'dogs/2.jpg']) put(name);
    const { id } = await library.call('library.add', { folder });
    await library.call('library.setLabels', { datasetId: id, source: 'none' });
    await library.idle();
    expect((await library.call('library.get', { datasetId: id })).labels).toMatchObject({
      source: 'none',
      classes: [],
    });
    await library.call('library.setLabels', { datasetId: id, source: 'folders' });
    expect(await labels(id)).toMatchObject({ 'cats/1.jpg': 'cats', 'dogs/2.jpg': 'dogs' });
  });

  test('a CSV waits for the first listing to be judged by it', async () => {
    for (const name of ['a.jpg', 'b.jpg']) put(name);
    const { id } = await library.call('library.add', { folder });
    const wrong = library.call('library.setLabels', { datasetId: id, source: 'csv', csv: 'nowhere.jpg,x' });
    const right = library.call('library.setLabels', { datasetId: id, source: 'csv', csv: 'b.jpg,x' });
    await expect(wrong).rejects.toMatchObject({ code: 'bad-request' });
    expect((await right).labels.classes).toEqual([{ name: 'x', images: 1 }]);
  });

  test('the held-out share reaches photos found later', async () => {
    put('a.jpg');
    const { id } = await library.call('library.add', { folder });
    await library.call('library.setHeldOut', { datasetId: id, fraction: 0.9 });
    for (let i = 0; i < 40; i++) put(`${i}.jpg`);
    await library.idle();
    await rescan(id);
    expect((await images(id)).filter(({ heldOut }) => heldOut).length).toBeGreaterThan(25);
  });
});

test('a reading that is stopped half-way is taken up by the next, over a restart', async () => {
  for (let i = 0; i < 8; i++) put(`${i}.jpg`);
  const held = library.hold('7.jpg');
  const { id } = await library.call('library.add', { folder });
  await held.reached;
  await library.close();
  openAgain();
  library.asked.length = 0;
  await rescan(id);
  expect((await images(id)).map(({ width }) => width)).toEqual(Array(8).fill(40));
  expect(library.asked).toContain('probe 7.jpg');
});

test('nothing of the folder is changed', async () => {
  put('a.jpg');
  chmodSync(folder, 0o555);
  const before = statSync(join(folder, 'a.jpg'));
  const id = await add();
  await rescan(id);
  expect(readdirSync(folder)).toEqual(['a.jpg']);
  expect(statSync(join(folder, 'a.jpg')).mtimeMs).toBe(before.mtimeMs);
  chmodSync(folder, 0o755);
});

test('a file that may be read now counts again as soon as it is listed, though it is the same; one that is damaged does not', async () => {
  put('a.jpg');
  put('b.jpg', 'locked b.jpg');
  put('c.jpg', 'broken c.jpg');
  const id = await add();
  const skipped = async () => (await library.call('library.skipped', { datasetId: id })).files.map(({ file }) => file);
  expect(await skipped()).toEqual(['b.jpg', 'c.jpg']);
  const back = await rescan(id);
  expect([back.changes?.back, await skipped()]).toEqual([0, ['b.jpg', 'c.jpg']]); // neither is said to be there again
  // as when its permissions are given back: name, size and time stay
  const path = join(folder, 'b.jpg');
  const { atime, mtime } = statSync(path);
  writeFileSync(path, 'opened b.jpg');
  utimesSync(path, atime, mtime);
  const held = library.hold('b.jpg');
  await library.call('library.rescan', { datasetId: id });
  await held.reached;
  // a command goes on with what is listed, and may end before that is read
  expect((await library.call('library.get', { datasetId: id })).images).toBe(2);
  held.release();
  await library.idle();
  expect(await skipped()).toEqual(['c.jpg']);
  expect((await images(id)).map(({ file, width }) => [file, width])).toEqual([
    ['a.jpg', 40],
    ['b.jpg', 40],
  ]);
});
