/** `lookalike relocate`: what the window's "It moved" does, from the command line. */
import { mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { expect, test } from 'vitest';
import { startCommand } from '../helpers/commandLine.ts';
import { sharedFolder } from '../helpers/folders.ts';
import { openLibrary } from '../helpers/libraryDouble.ts';

const scratch = realpathSync(sharedFolder('relocate'));

test('a folder that moved is found by its old path, and what changed is said', async () => {
  const home = join(scratch, 'home');
  const [before, after] = [join(scratch, 'before'), join(scratch, 'after')];
  mkdirSync(before);
  for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) writeFileSync(join(before, name), `the text of ${name}`);
  const library = openLibrary(home);
  const { id: datasetId } = await library.call('library.add', { folder: before });
  await library.idle();
  const { images } = await library.call('library.images', { datasetId });
  await library.close();
  renameSync(before, after);
  renameSync(join(after, 'a.jpg'), join(after, 'z.jpg'));
  rmSync(join(after, 'c.jpg'));

  const { code, err, events } = await startCommand(['relocate', before, after, '--json'], home).ended;
  expect([code, err]).toEqual([0, expect.stringContaining('has changed: 1 moved, 1 gone')]);
  expect(events).toEqual([
    {
      id: datasetId,
      from: before,
      folder: after,
      images: 2,
      away: 1,
      changes: { added: 0, changed: 0, moved: 1, back: 0, gone: 1 },
    },
  ]);
  const again = openLibrary(home);
  const now = (await again.call('library.images', { datasetId })).images;
  expect(now.map(({ file, id }) => [file, id])).toEqual([
    ['b.jpg', images[1]!.id],
    ['z.jpg', images[0]!.id],
  ]);
  const { root } = parse(home);
  for (const refused of [
    again.call('library.add', { folder: root }),
    again.call('library.relocate', { datasetId, folder: root }),
  ])
    await expect(refused).rejects.toMatchObject({ key: 'bad-folder.root' });
  await again.close();

  const unknown = await startCommand(['relocate', join(scratch, 'nowhere'), after], home).ended;
  expect([unknown.code, unknown.err]).toEqual([2, expect.stringMatching(/no folder '.*nowhere' in the library/)]);
});

test('the same folder twice is read again', async () => {
  const home = join(scratch, 'again');
  const folder = join(scratch, 'changing');
  mkdirSync(folder);
  for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) writeFileSync(join(folder, name), `the text of ${name}`);
  const library = openLibrary(home);
  await library.call('library.add', { folder });
  await library.idle();
  await library.close();
  rmSync(join(folder, 'c.jpg'));
  const { code, err, out } = await startCommand(['relocate', folder, folder], home).ended;
  expect([code, err]).toEqual([0, expect.stringContaining('has changed: 1 gone')]);
  expect(out).toBe(`${folder} was read again: 2 photos, 1 away\n`);
});

test('a folder that holds few of the photos is refused with how many it holds, unless it is said to be the one anyway', async () => {
  const home = join(scratch, 'others');
  const place = (name: string) => join(scratch, name);
  const fill = (folder: string, names: readonly string[]) => {
    mkdirSync(folder, { recursive: true });
    for (const name of names) writeFileSync(join(folder, name), `what ${name} holds`); // as long as the others are
  };
  fill(place('pets'), ['1.jpg', '2.jpg', '3.jpg', '4.jpg', '5.jpg', '6.jpg']);
  fill(place('boats'), ['7.jpg', '8.jpg', '9.jpg']);
  mkdirSync(place('empty'));
  const library = openLibrary(home);
  try {
    const { id: datasetId } = await library.call('library.add', { folder: place('pets') });
    await library.idle();
    const before = await library.call('library.get', { datasetId });
    for (const [name, found] of [
      ['boats', 0],
      ['empty', 0],
    ] as const) {
      const folder = place(name);
      await expect(library.call('library.relocate', { datasetId, folder })).rejects.toMatchObject({
        key: 'bad-folder.others',
        values: { folder, found, count: 6, name: 'pets' },
        message: expect.stringContaining(`${folder} holds ${found} of the 6 photos of pets`) as string,
      });
    }
    fill(place('some'), ['1.jpg']); // a copy, as young as now
    renameSync(join(place('some'), '1.jpg'), join(place('some'), 'one.jpg'));
    fill(place('some'), ['2.jpg', '8.jpg']);
    await expect(library.call('library.relocate', { datasetId, folder: place('some') })).rejects.toMatchObject({
      values: { found: 2, count: 6 },
    });
    // nothing has changed, and the disk of what is named may be gone
    expect(await library.call('library.get', { datasetId })).toEqual(before);

    fill(place('half'), ['3.jpg', '4.jpg', '9.jpg']);
    mkdirSync(join(place('half'), 'deeper'));
    renameSync(join(place('half'), '4.jpg'), join(place('half'), 'deeper', 'four.jpg'));
    fill(join(place('half'), 'deeper'), ['5.jpg']);
    await library.call('library.relocate', { datasetId, folder: place('half') }); // under whatever names
    await library.idle();
    expect(await library.call('library.get', { datasetId })).toMatchObject({ images: 4, away: 3 });
    // of those that are not there any more some are found too
    await library.call('library.relocate', { datasetId, folder: place('pets') });
    await library.idle();
    expect(await library.call('library.get', { datasetId })).toMatchObject({ folder: place('pets'), images: 6 });

    await library.call('library.relocate', { datasetId, folder: place('boats'), anyway: true });
    await library.idle();
    expect(await library.call('library.get', { datasetId })).toMatchObject({ folder: place('boats'), images: 3 });
  } finally {
    await library.close();
  }
  const refused = await startCommand(['relocate', place('boats'), place('empty')], home).ended;
  expect([refused.code, refused.err.trim().split('\n')]).toEqual([
    1,
    [expect.stringMatching(/^lookalike: .*empty holds 0 of the 3 photos of pets: .*\(--anyway\)$/)],
  ]);
  const taken = await startCommand(['relocate', place('boats'), place('empty'), '--anyway'], home).ended;
  expect([taken.code, taken.out]).toEqual([0, expect.stringContaining('empty: 0 photos, ')]);
});

test('a move is taken back, also to a folder that is not there, and what the other place alone has is not missed', async () => {
  const home = join(scratch, 'back');
  const place = (name: string) => join(scratch, `back-${name}`);
  const fill = (folder: string, names: readonly string[]) => {
    mkdirSync(folder, { recursive: true });
    for (const name of names) writeFileSync(join(folder, name), `what ${name} holds`);
  };
  fill(place('pets'), ['1.jpg', '2.jpg', '3.jpg']);
  fill(place('boats'), ['3.jpg', '7.jpg', '8.jpg']);
  let library = openLibrary(home);
  try {
    const { id: datasetId } = await library.call('library.add', { folder: place('pets') });
    await library.idle();
    const files = async () =>
      (await library.call('library.images', { datasetId })).images.map(({ file, id }) => [file, id]);
    const before = await files();
    const move = async (name: string) => {
      await library.call('library.relocate', { datasetId, folder: place(name), anyway: true });
      await library.idle();
    };
    await move('boats');
    expect((await files()).map(([file]) => file)).toEqual(['3.jpg', '7.jpg', '8.jpg']);
    await library.close(); // the offer outlives a restart, as that of a removal
    library = openLibrary(home);
    const [moved, ...others] = await library.call('library.moved', null);
    expect([moved, others]).toEqual([
      { id: datasetId, name: 'back-pets', naming: null, folder: place('boats'), from: place('pets') },
      [],
    ]);
    const { from } = moved!;
    await library.call('library.moveBack', { datasetId, from });
    await library.idle();
    expect(await library.call('library.get', { datasetId })).toMatchObject({ folder: from, images: 3, away: 0 });
    expect(await files()).toEqual(before);
    expect(await library.call('library.moved', null)).toEqual([]);
    const again = library.call('library.moveBack', { datasetId, from });
    await expect(again).rejects.toMatchObject({ key: 'not-available.moved-on', values: { name: 'back-pets' } });

    // what it was before is not connected: it is told so as before, and all is there when it is again
    renameSync(place('pets'), place('unplugged'));
    fill(place('half'), ['1.jpg']);
    await move('half');
    await move('unplugged');
    expect(await library.call('library.moved', null)).toMatchObject([{ from: place('half') }]); // of two the last
    fill(place('others'), ['2.jpg', '9.jpg']);
    await move('others');
    rmSync(place('unplugged'), { recursive: true });
    await library.call('library.moveBack', { datasetId, from: place('unplugged') });
    await library.idle();
    const lost = await library.call('library.get', { datasetId });
    expect(lost).toMatchObject({ folder: place('unplugged'), images: 1, away: 2, state: 'offline' });
    fill(place('unplugged'), ['1.jpg', '2.jpg', '3.jpg']);
    await library.call('library.rescan', { datasetId });
    await library.idle();
    expect(await files()).toEqual(before);
  } finally {
    await library.close();
  }
});
