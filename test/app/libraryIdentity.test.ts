/** Which photo is which: what comes back, what moved, what was copied, and what it keeps of labels, sides and exclusions. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { add, byFile, folder, images, library, put, rescan, touch } from '../helpers/photoFolder.ts';

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
    renameSync(join(folder, 'trip'), `${folder} away`);
    expect((await rescan(id)).changes).toEqual({ added: 0, changed: 0, moved: 0, back: 0, gone: 30 });
    expect(await library.call('library.get', { datasetId: id })).toMatchObject({ images: 1, away: 30 });
    await library.call('library.setHeldOut', { datasetId: id, fraction: 0.5 });
    renameSync(`${folder} away`, join(folder, 'trip'));
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

  test('a folder whose place a file has taken is named, while it is listed or decoded, and its photos stay', async () => {
    for (const name of ['in/a.jpg', 'in/b.jpg']) put(name);
    const id = await add();
    put('in/c.jpg');
    const held = library.hold('c.jpg');
    await library.call('library.rescan', { datasetId: id });
    await held.reached;
    renameSync(folder, `${folder} before`);
    writeFileSync(folder, 'a backup, say');
    held.release();
    await library.idle();
    const failed = library.events.findLast((event) => event.name === 'scan');
    expect(failed).toMatchObject({ progress: { phase: 'failed', error: { key: 'missing.vanished' } } });
    const now = { state: 'offline', images: 3, away: 0, skipped: 0 };
    expect(await library.call('library.get', { datasetId: id })).toMatchObject(now);
    await expect(rescan(id)).resolves.toMatchObject({ phase: 'failed' });
    expect(await library.call('library.get', { datasetId: id })).toMatchObject(now);
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
