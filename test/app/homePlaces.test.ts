/** The home and the photos are apart, whichever comes first and however they are named: nothing is written among photos. */
import { chmodSync, cpSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createApp } from '../../src-main/app/index.ts';
import type { App } from '../../src-main/app/index.ts';
import { openHome } from '../../src-main/app/home.ts';
import { systemHome } from '../../src-main/app/paths.ts';
import { openStore } from '../../src-main/db/index.ts';
import { testFolder } from '../helpers/folders.ts';
import { listedFolder } from '../helpers/tasks.ts';
import { directory, photos, start, useCommands } from '../helpers/commands.ts';

useCommands();

const below = (...names: string[]) => join(directory, ...names);
const contents = (folder: string) => [statSync(folder).mode, readdirSync(folder, { recursive: true }).sort()];

describe('a home that would be begun among photos is refused before anything is written', () => {
  const mine = () => below('mine');
  beforeEach(() => {
    cpSync(photos, mine(), { recursive: true });
    cpSync(join(photos, 'bars', '0.jpg'), join(mine(), '0.jpg'));
    if (!readdirSync(directory).includes('link')) symlinkSync(mine(), below('link'), 'junction');
  });
  const cases: [string, () => string[], () => string, RegExp][] = [
    [
      'the folder itself',
      () => ['train', mine()],
      mine,
      /mine is the home folder itself.*choose another home with --home/,
    ],
    ['through a link', () => ['train', mine()], () => below('link'), /mine is the home folder itself/],
    ['the folder through a link', () => ['embed', 'any', below('link')], mine, /link is the home folder itself/],
    ['with a slash behind', () => ['train', `${mine()}/`], () => `${mine()}/`, /mine is the home folder itself/],
    ['as a relative path', () => ['trial', relative(process.cwd(), mine())], mine, /mine is the home folder itself/],
    ['inside', () => ['train', mine()], () => below('mine', 'new', 'home'), /mine holds the home folder .*choose another home/], // prettier-ignore
    [
      'inside, through a link',
      () => ['lab', 'methods', mine()],
      () => below('link', 'home'),
      /mine holds the home folder/,
    ],
    ['inside what is tested on', () => ['eval', 'any', '--knn', '--test', mine()], () => below('mine', 'home'), /mine holds the home/], // prettier-ignore
    ['above the folder', () => ['train', join(mine(), 'bars')], mine, /there are photos in .*mine \(0\.jpg\).*cannot be the home folder.*choose a new folder/], // prettier-ignore
    ['where no folder is named', () => ['serve'], mine, /there are photos in .*mine/],
    ['where nothing is begun', () => ['runs'], mine, /there are photos in .*mine/],
  ];
  test.each(cases)('%s', async (_name, args, at, says) => {
    const before = contents(mine());
    const { code, err } = await start(args(), { home: at() }).ended;
    expect(err.trim().split('\n')).toEqual([expect.stringMatching(says)]);
    expect(code).toBe(1);
    expect(contents(mine())).toEqual(before);
  });
});

test.each(['', 'summer'])('nor where each of its folders holds photos, as %j', (between) => {
  const classes = testFolder('classes');
  for (const name of ['2023', '2024']) {
    cpSync(join(photos, 'bars'), join(classes, name, between), { recursive: true });
    chmodSync(classes, 0o755);
  }
  const before = contents(classes);
  expect(() => openHome(classes)).toThrow(/there are photos in .*\(2023.*0\.jpg\)/);
  expect(contents(classes)).toEqual(before);
  mkdirSync(join(classes, 'letters')); // a home beside photos is a person's own choice
  openHome(classes).lock.release();
});

test.skipIf(process.platform === 'win32')('a folder for everybody is none, and keeps its permissions', () => {
  const shared = below('shared');
  mkdirSync(shared);
  writeFileSync(join(shared, 'of another'), '');
  chmodSync(shared, 0o1777);
  for (const home of [shared, '/']) expect(() => openHome(home)).toThrow(/is a folder for everybody.*one in it/);
  expect(statSync(shared).mode & 0o7777).toBe(0o1777);
  expect(readdirSync(shared)).toEqual(['of another']);
});

test.skipIf(process.platform === 'win32')('a home is closed to others, and what its person has closed stays so', () => {
  const home = testFolder('closed');
  const modeOf = (name: string) => statSync(join(home, name)).mode & 0o777;
  writeFileSync(join(home, 'lookalike.db'), '');
  chmodSync(home, 0o777);
  openHome(home).lock.release();
  expect([modeOf('.'), modeOf('lookalike.db')]).toEqual([0o700, 0o600]);
  chmodSync(join(home, 'lookalike.db'), 0o444);
  chmodSync(home, 0o555);
  try {
    openHome(home).lock.release(); // as root, who may write all the same
  } catch (error) {
    expect(error).toMatchObject({ key: 'unwritable-home.permission' });
  }
  expect([modeOf('.'), modeOf('lookalike.db')]).toEqual([0o500, 0o400]);
  chmodSync(home, 0o700);
});

test('a home whose database could not be opened, or whose name did not come through, is refused before it is made', () => {
  const long = below('l'.repeat(200), 'm'.repeat(200), 'n'.repeat(200));
  expect(() => openHome(long)).toThrow(/bytes long, and its database opens no longer ones than 460: choose a shorter/);
  const folder = below('caf\ufffd'); // as Node hands on a byte that is no UTF-8
  expect(() => openHome(folder)).toThrow(/is not UTF-8: choose another/);
  expect(readdirSync(directory).filter((name) => /^(l+|caf.*)$/.test(name))).toEqual([]);
  const longest = below('x'.repeat(200), 'y'.repeat(460 - below('x'.repeat(200)).length - 1));
  expect(Buffer.byteLength(longest)).toBe(460);
  const { paths, lock } = openHome(longest);
  openStore(paths.database).close();
  lock.release();
});

describe('what is in the way of a home’s own', () => {
  const homeWith = (name: string, put: (path: string) => void) => {
    const home = testFolder('way');
    put(join(home, name));
    return home;
  };
  const link = (path: string) => symlinkSync(path, path);
  const noise = (path: string) => writeFileSync(path, 'neither a database nor a folder');
  test.each([
    ['lock', 'a folder', mkdirSync],
    ['lock', 'noise', noise],
    ['lookalike.db', 'a folder', mkdirSync],
    ['lookalike.db', 'a link to itself', link],
    ['runs', 'a file', noise],
    ['cache', 'a link to itself', link],
  ])('is named: in place of %s %s', async (name, _what, put) => {
    const home = homeWith(name, put);
    const { code, err } = await start(['runs'], { home }).ended;
    expect(err).toMatch(new RegExp(`^lookalike: \\S+${name} is in the way of .*: move it away`));
    expect(code).toBe(1);
  });
});

describe('a folder that is added to a home that stands', () => {
  let app: App;
  let home: string;
  const open = async (at: string) => {
    home = at;
    app = await createApp({ home, host: { kind: 'test', version: '0' }, checkResults: true });
  };
  const add = (folder: string) => app.handle('library.add', { folder, read: false });
  afterEach(() => app.close());

  test('is refused where the home is or lies in it, or it lies in what is the home’s own', async () => {
    const outer = below('outer');
    cpSync(photos, join(outer, 'photos'), { recursive: true });
    await open(join(outer, 'home'));
    await expect(add(outer)).rejects.toMatchObject({ key: 'bad-folder.holds-home' });
    await expect(add(home)).rejects.toMatchObject({ key: 'bad-folder.is-home' });
    await expect(add(join(home, 'cache', 'thumbnails'))).rejects.toMatchObject({ key: 'bad-folder.home' });
    const { id: datasetId } = await add(join(outer, 'photos'));
    const moved = { datasetId, folder: outer, anyway: true };
    await expect(app.handle('library.relocate', moved)).rejects.toMatchObject({ key: 'bad-folder.holds-home' });
    expect(await app.handle('library.get', { datasetId })).toMatchObject({ folder: join(outer, 'photos') });
  });

  test('is read without the home where that is the system’s place for it', async () => {
    const person = below('person');
    for (const name of ['HOME', 'APPDATA', 'XDG_DATA_HOME']) vi.stubEnv(name, join(person, 'data'));
    cpSync(photos, join(person, 'photos'), { recursive: true });
    await open(systemHome());
    cpSync(join(photos, 'bars'), join(home, 'exports', 'bars'), { recursive: true });
    const datasetId = await listedFolder(app, person);
    expect(await app.handle('library.get', { datasetId })).toMatchObject({ images: 65 });
    const { files } = await app.handle('library.skipped', { datasetId });
    expect(files.map(({ file, key }) => [file, key]).sort()).toEqual([[relative(person, home), 'scan.home']]);
    mkdirSync(below('links'));
    symlinkSync(home, below('links', 'link'), 'junction');
    const linked = await app.handle('library.skipped', { datasetId: await listedFolder(app, below('links')) });
    expect(linked.files.map(({ file, key }) => [file, key])).toEqual([['link', 'scan.home']]);
    vi.unstubAllEnvs();
  });

  test('may be the home’s own sample, or what a person put into the home beside what is its own', async () => {
    await open(below('whole'));
    cpSync(photos, join(home, 'photos'), { recursive: true });
    expect(await app.handle('library.addSample', null)).toMatchObject({ folder: join(home, 'sample photos') });
    expect(await app.handle('library.get', { datasetId: await listedFolder(app, join(home, 'photos')) })).toMatchObject(
      { images: 65 },
    );
  });
});
