/** The library as one machine a folder: what is commanded while a folder is read, what comes back, what moved. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { passedReason } from '../../shared/passedOver.ts';
import { sentenceOf } from '../../shared/sentences.ts';
import { openLibrary } from '../helpers/libraryDouble.ts';
import type { LibraryDouble } from '../helpers/libraryDouble.ts';

const scratch = mkdtempSync(join(tmpdir(), 'lookalike-machine-'));
let count = 0;
let folder: string;
let home: string;
let library: LibraryDouble;
const unhandled: unknown[] = [];
const note = (error: unknown) => void unhandled.push(error);

beforeEach(() => {
  process.on('unhandledRejection', note);
  folder = join(scratch, `photos${count}`);
  home = join(scratch, `home${count++}`);
  library = openLibrary(home);
});
afterEach(async () => {
  await library.close();
  process.off('unhandledRejection', note);
  expect(unhandled.splice(0)).toEqual([]);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let clock = 1_700_000_000;
/** Each write has a time of its own, as files that a camera makes have. */
function put(file: string, text = file) {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
  touch(file);
}
const touch = (file: string) => utimesSync(join(folder, file), ++clock, clock);

async function add() {
  const { id } = await library.call('library.add', { folder });
  await library.idle();
  return id;
}
async function rescan(datasetId: string) {
  await library.call('library.rescan', { datasetId });
  await library.idle();
  const scans = library.events.flatMap((event) => (event.name === 'scan' ? [event.progress] : []));
  return scans.at(-1)!;
}
const images = async (datasetId: string) => (await library.call('library.images', { datasetId })).images;

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
const byFile = async (datasetId: string) => new Map((await images(datasetId)).map((image) => [image.file, image]));
const labels = async (datasetId: string) =>
  Object.fromEntries((await images(datasetId)).map(({ file, label }) => [file, label]));

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
    renameSync(folder, `${folder} moved`);
    folder = `${folder} moved`;
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

describe('what is away', () => {
  test('comes back with its CSV label and its side, whatever was set meanwhile', async () => {
    for (let i = 0; i < 30; i++) put(`trip/${i}.jpg`);
    put('home.jpg');
    const id = await add();
    await library.call('library.setLabels', {
      datasetId: id,
      source: 'csv',
      csv: `file,label\nhome.jpg,h\n${Array.from({ length: 30 }, (_, i) => `trip/${i}.jpg,t${i % 2}`).join('\n')}`,
    });
    const before = await byFile(id);
    renameSync(join(folder, 'trip'), join(scratch, `trip ${count}`));
    expect((await rescan(id)).changes).toEqual({ added: 0, changed: 0, moved: 0, back: 0, gone: 30 });
    expect(await library.call('library.get', { datasetId: id })).toMatchObject({ images: 1, away: 30 });
    await library.call('library.setHeldOut', { datasetId: id, fraction: 0.5 });
    renameSync(join(scratch, `trip ${count}`), join(folder, 'trip'));
    expect((await rescan(id)).changes).toEqual({ added: 0, changed: 0, moved: 0, back: 30, gone: 0 });
    const now = await byFile(id);
    for (const [file, { id: imageId, label }] of before)
      expect([file, now.get(file)!.id, now.get(file)!.label]).toEqual([file, imageId, label]);
    const heldOut = [...now.values()].filter((image) => image.heldOut).length;
    expect(heldOut).toBeGreaterThan(5);
    expect(heldOut).toBeLessThan(26);
  });

  test('all of it: the folder is said to be there without its photos', async () => {
    put('a.jpg');
    const id = await add();
    rmSync(join(folder, 'a.jpg'));
    await rescan(id);
    expect(await library.call('library.get', { datasetId: id })).toMatchObject({ state: 'away', images: 0, away: 1 });
    rmSync(folder, { recursive: true });
    expect(await library.call('library.get', { datasetId: id })).toMatchObject({ state: 'offline', away: 1 });
  });

  test('a folder that vanishes while it is listed or decoded is named, and its photos stay', async () => {
    for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) put(name);
    const id = await add();
    touch('a.jpg');
    const listing = library.hold('a.jpg'); // held at its hash: the walk is over, the matching is not
    await library.call('library.rescan', { datasetId: id });
    await listing.reached;
    rmSync(folder, { recursive: true });
    listing.release();
    await library.idle();
    const kept = await images(id);
    expect(kept.length).toBe(3);

    for (const name of ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg']) put(name);
    const held = library.hold('d.jpg');
    await library.call('library.rescan', { datasetId: id });
    await held.reached;
    rmSync(folder, { recursive: true });
    held.release();
    await library.idle();
    const failed = library.events.findLast((event) => event.name === 'scan');
    expect(failed).toMatchObject({ progress: { phase: 'failed' } });
    expect(failed!.name === 'scan' && failed!.progress.error?.message).toMatch(
      /vanished while it was read: connect its disk/,
    );
    expect((await library.call('library.skipped', { datasetId: id })).total).toBe(0);
    expect(await library.call('library.get', { datasetId: id })).toMatchObject({
      state: 'offline',
      images: 4,
      away: 0,
    });
  });
});

describe('which photo it is', () => {
  test('the same bytes with other times are the same photo: its exclusion and id stay', async () => {
    for (const name of ['a.jpg', 'b.jpg']) put(name);
    const id = await add();
    const before = await byFile(id);
    await library.call('library.exclude', { imageIds: [before.get('a.jpg')!.id], excluded: true });
    touch('a.jpg');
    expect((await rescan(id)).changes).toEqual({ added: 0, changed: 0, moved: 0, back: 0, gone: 0 });
    const after = await byFile(id);
    expect(after.get('a.jpg')).toMatchObject({ id: before.get('a.jpg')!.id, excluded: true, width: 40 });
    expect(after.get('a.jpg')!.modifiedAt).not.toBe(before.get('a.jpg')!.modifiedAt);
    library.asked.length = 0;
    await rescan(id); // its new time is trusted now
    expect(library.asked).toEqual([]);
  });

  test('other bytes under the name are another photo, even of the same size; back again they are the first', async () => {
    put('a.jpg', 'one');
    const id = await add();
    const [first] = await images(id);
    put('a.jpg', 'two');
    expect((await rescan(id)).changes).toEqual({ added: 0, changed: 1, moved: 0, back: 0, gone: 0 });
    const [second] = await images(id);
    expect(second!.id).not.toBe(first!.id);
    expect(second!.width).toBe(40);
    put('a.jpg', 'one');
    await rescan(id);
    expect((await images(id)).map((image) => image.id)).toEqual([first!.id]);
  });

  test('the same content elsewhere with the old name gone is that photo, moved; a copy is another', async () => {
    for (const name of ['in/a.jpg', 'in/b.jpg', 'c.jpg']) put(name);
    const id = await add();
    await library.call('library.setHeldOut', { datasetId: id, fraction: 0.5 });
    const before = await byFile(id);
    renameSync(join(folder, 'in'), join(folder, 'out'));
    put('copy.jpg', 'c.jpg');
    expect((await rescan(id)).changes).toEqual({ added: 1, changed: 0, moved: 2, back: 0, gone: 0 });
    const after = await byFile(id);
    expect([...after.keys()]).toEqual(['c.jpg', 'copy.jpg', 'out/a.jpg', 'out/b.jpg']);
    for (const name of ['a.jpg', 'b.jpg']) {
      const [was, is] = [before.get(`in/${name}`)!, after.get(`out/${name}`)!];
      expect([is.id, is.heldOut, is.width]).toEqual([was.id, was.heldOut, 40]); // on its side, and not decoded again
    }
    expect(after.get('copy.jpg')!.id).not.toBe(before.get('c.jpg')!.id);
    put('in/a.jpg', 'a new one where it was');
    await rescan(id);
    const ids = (await images(id)).map((image) => image.id);
    expect(new Set(ids).size).toBe(5);
  });

  test('two photos that change names are followed', async () => {
    put('a.jpg', 'the first');
    put('b.jpg', 'the second one');
    const id = await add();
    const before = await byFile(id);
    renameSync(join(folder, 'a.jpg'), join(folder, 'x'));
    renameSync(join(folder, 'b.jpg'), join(folder, 'a.jpg'));
    renameSync(join(folder, 'x'), join(folder, 'b.jpg'));
    expect((await rescan(id)).changes).toEqual({ added: 0, changed: 0, moved: 2, back: 0, gone: 0 });
    const after = await byFile(id);
    expect(after.get('a.jpg')!.id).toBe(before.get('b.jpg')!.id);
    expect(after.get('b.jpg')!.id).toBe(before.get('a.jpg')!.id);
  });

  test('a photo that could not be decoded is listed, tried again, and used when it can be', async () => {
    put('a.jpg');
    put('bad.jpg', 'broken');
    const id = await add();
    expect(await library.call('library.get', { datasetId: id })).toMatchObject({ images: 1, skipped: 1, away: 0 });
    expect((await rescan(id)).changes).toMatchObject({ added: 0, back: 0, gone: 0 });
    expect(await library.call('library.get', { datasetId: id })).toMatchObject({ images: 1, skipped: 1, away: 0 });
    put('bad.jpg', 'mended');
    await rescan(id);
    expect(await library.call('library.get', { datasetId: id })).toMatchObject({ images: 2, skipped: 0, away: 0 });
  });

  test('homes of before get their hashes at the next reading, without decoding', async () => {
    for (const name of ['a.jpg', 'b.jpg']) put(name);
    const id = await add();
    for (const { id: imageId } of await images(id)) library.store.images.setContents([{ id: imageId, content: null! }]);
    library.asked.length = 0;
    await rescan(id);
    expect(library.asked.sort()).toEqual(['identify a.jpg', 'identify b.jpg']);
    renameSync(join(folder, 'a.jpg'), join(folder, 'z.jpg'));
    expect((await rescan(id)).changes).toMatchObject({ moved: 1, added: 0 });
  });
});

test('a reading that is stopped half-way is taken up by the next, over a restart', async () => {
  for (let i = 0; i < 8; i++) put(`${i}.jpg`);
  const held = library.hold('7.jpg');
  const { id } = await library.call('library.add', { folder });
  await held.reached;
  await library.close();
  library = openLibrary(home);
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
