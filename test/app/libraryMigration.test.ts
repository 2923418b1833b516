/** A home of schema 5, the last before a photo was its content: what it holds, and what its photos become. */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nameIn } from '../../shared/naming.ts';
import { migrations, openDatabase, shortHash } from '../../src-main/db/index.ts';
import { openHome } from '../../src-main/app/home.ts';
import { sharedFolder } from '../helpers/folders.ts';
import { openLibrary } from '../helpers/libraryDouble.ts';

const scratch = sharedFolder('migration');

test('a home of schema 5 keeps its photos, labels, sides and exclusions, and gets its hashes at the next reading', async () => {
  const home = join(scratch, 'home');
  const folder = join(scratch, 'photos');
  mkdirSync(folder);
  const { paths, lock } = openHome(home);
  const db = openDatabase(paths.database, migrations.slice(0, 5));
  const datasetId = shortHash(folder);
  db.prepare(
    `INSERT INTO datasets (id, name, folder, label_source, label_depth, held_out, added_at, scanned_at)
     VALUES (?, 'photos', ?, 'csv', 1, 0.3, 1, 2)`,
  ).run(datasetId, folder);
  const insert = db.prepare(
    `INSERT INTO images (id, dataset_id, file, bytes, modified, width, height, format, hash, label, held_out, excluded, gone)
     VALUES (?, ?, ?, ?, ?, 40, 30, 'jpeg', '0123456789abcdef', ?, 0, ?, ?)`,
  );
  const put = (file: string, text: string, label: string | null, excluded = 0) => {
    writeFileSync(join(folder, file), text);
    const { size, mtimeMs } = statSync(join(folder, file));
    insert.run(`${datasetId}-${shortHash(file)}`, datasetId, file, size, mtimeMs, label, excluded, 0);
  };
  put('a.jpg', 'the first', 'cat');
  put('b.jpg', 'the second one', 'dog', 1);
  put('plain.jpg', 'without a label', null);
  insert.run(`${datasetId}-away`, datasetId, 'away.jpg', 9, 1, 'owl', 0, 1);
  insert.run(`${datasetId}-old`, datasetId, 'a.jpg', 3, 1, 'cat', 0, 1);
  insert.run(`${datasetId}-broken`, datasetId, 'broken.jpg', 6, 1, null, 0, 1);
  db.prepare("INSERT INTO skipped (dataset_id, file, reason, code) VALUES (?, 'broken.jpg', 'x', 'corrupt')").run(
    datasetId,
  );
  db.close();
  lock.release();

  const library = openLibrary(home);
  const gone = (id: string) => library.store.images.get(`${datasetId}-${id}`)!.gone;
  expect([gone('away'), gone('old'), gone('broken')]).toEqual([1, 2, 3]);
  expect(await library.call('library.get', { datasetId })).toMatchObject({
    images: 3,
    away: 1,
    excluded: 1,
    skipped: 1,
  });
  const labels = async () =>
    (await library.call('library.images', { datasetId })).images.map(({ file, label }) => [file, label]);
  const before = await labels();
  expect(before).toEqual([
    ['a.jpg', 'cat'],
    ['b.jpg', 'dog'],
    ['plain.jpg', null],
  ]);

  writeFileSync(join(folder, 'away.jpg'), 'returned!');
  await library.call('library.rescan', { datasetId });
  await library.idle();
  expect(library.asked.sort()).toEqual(['identify a.jpg', 'identify b.jpg', 'identify plain.jpg', 'probe away.jpg']);
  expect(await labels()).toEqual([before[0], ['away.jpg', 'owl'], before[1], before[2]]); // by the kept CSV
  for (const row of library.store.images.present(datasetId)) expect(row.content).toMatch(/^[0-9a-f]{32}$/);
  expect(library.store.images.get(`${datasetId}-${shortHash('b.jpg')}`)).toMatchObject({ excluded: 1, gone: 0 });
  await library.close();
});

test('names that an earlier version gave are told from those that a person typed', () => {
  const home = join(scratch, 'named');
  const { paths, lock } = openHome(home);
  const before = migrations.findIndex(({ name }) => name === 'names that the program gave');
  const db = openDatabase(paths.database, migrations.slice(0, before));
  db.exec(`INSERT INTO datasets (id, name, folder, added_at) VALUES ('d', 'photos', '/photos', 1);
    INSERT INTO datasets (id, name, folder, added_at) VALUES ('sample', '示例照片', '${paths.sample}', 1)`);
  const image = db.prepare(
    `INSERT INTO images (id, dataset_id, file, bytes, modified, width, height, format) VALUES (?, 'd', ?, 1, 1, 1, 1, 'png')`,
  );
  const collection = db.prepare(
    "INSERT INTO datasets (id, name, folder, added_at, parent, tag) VALUES (?, ?, ?, 1, 'd', ?)",
  );
  const member = db.prepare('INSERT INTO collection_images (dataset_id, image_id) VALUES (?, ?)');
  for (let i = 0; i < 1200; i++) image.run(`d-${i}`, `${i}.png`);
  const collections: [name: string, count: number, tag?: string][] = [
    ['1,200 chosen photos', 1200],
    ['1 chosen photo', 1],
    ['所选 6 张照片', 6],
    ['6 chosen photos', 5],
    ['6 chosen photos', 6, 'tag'],
    ['owls', 6],
  ];
  const run = db.prepare(
    `INSERT INTO runs (id, name, color, state, dataset_id, config, created_at) VALUES (?, ?, '', 'finished', ?, '{}', 1)`,
  );
  collections.forEach(([name, count, tag], i) => {
    collection.run(`c${i}`, name, `collection:c${i}`, tag ?? null);
    for (let j = 0; j < count; j++) member.run(`c${i}`, `d-${j}`);
    run.run(`n${i}`, `${name} 12`, `c${i}`);
    run.run(`t${i}`, `${name} 1b`, `c${i}`);
  });
  db.close();
  lock.release();

  const { store } = openLibrary(home);
  const named = [...store.datasets.all(), ...store.runs.all().reverse()].filter(({ naming }) => naming);
  expect(Object.fromEntries(named.map((one) => [one.id, `${one.name} = ${nameIn('zh-CN', one)}`]))).toEqual({
    sample: 'sample photos = 示例照片',
    c0: '1,200 chosen photos = 所选 1,200 张照片',
    c1: '1 chosen photo = 所选 1 张照片',
    c2: '所选 6 张照片 = 所选 6 张照片',
    n0: '1,200 chosen photos 12 = 所选 1,200 张照片 12',
    n1: '1 chosen photo 12 = 所选 1 张照片 12',
    n2: '所选 6 张照片 12 = 所选 6 张照片 12',
  });
  expect(nameIn('en', store.datasets.get('c2')!)).toBe('6 chosen photos');
});
