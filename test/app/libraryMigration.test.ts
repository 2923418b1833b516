/** A home of schema 5, the last before a photo was its content: what it holds, and what its photos become. */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
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
