/** The CSV of a folder: kept a few lines at a time, and read as one import has it, whatever is cut short. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { toEnd } from '../../shared/work.ts';
import { csvLabelsTable } from '../../src-main/db/csvLabels.ts';
import { openDatabase } from '../../src-main/db/database.ts';
import { openStore } from '../../src-main/db/index.ts';
import { migrations } from '../../src-main/db/migrations.ts';
import { testFolder } from '../helpers/folders.ts';

const lines = (count: number, label: string) =>
  Array.from({ length: count }, (_, i) => ({
    file: `${String(i).padStart(5, '0')}.jpg`,
    label,
    group: null,
    side: null,
  }));

function opened() {
  const db = openDatabase(':memory:');
  for (const id of ['d', 'other'])
    db.prepare(`INSERT INTO datasets (id, name, folder, added_at) VALUES (?, ?, ?, 1)`).run(id, id, `/${id}`);
  const table = csvLabelsTable(db);
  const labels = (of = 'd') => new Set(toEnd(table.all(of)).map(({ label }) => label));
  const stored = () => db.prepare('SELECT count(*) FROM csv_labels').pluck().get();
  return { table, labels, stored };
}

it('is read when all of it is there, and replaces the one before', () => {
  const { table, labels, stored } = opened();
  table.use('d', toEnd(table.keep('d', lines(2500, 'first'))));
  const keeping = table.keep('d', lines(2500, 'second'));
  for (let piece = 0; piece < 3; piece++) {
    expect(keeping.next().done).toBe(false);
    expect(labels()).toEqual(new Set(['first']));
  }
  table.use('d', keeping.next().value as number);
  expect(labels()).toEqual(new Set(['second']));
  expect(toEnd(table.all('d')).map(({ file }) => file)).toEqual(lines(2500, '').map(({ file }) => file));
  toEnd(table.clear('d'));
  expect(stored()).toBe(2500);
});

it('loses nothing where it is cut short, and what was kept of it is taken away later', () => {
  const { table, labels, stored } = opened();
  table.use('d', toEnd(table.keep('d', lines(10, 'first'))));
  table.use('other', toEnd(table.keep('other', lines(10, 'of another folder'))));
  table.keep('d', lines(2500, 'cut short')).next();
  expect(labels()).toEqual(new Set(['first']));
  expect(stored()).toBe(1020);
  const next = toEnd(table.keep('d', lines(2500, 'next')));
  expect(labels()).toEqual(new Set(['first']));
  table.use('d', next);
  expect(labels()).toEqual(new Set(['next']));
  toEnd(table.clear('d'));
  expect(stored()).toBe(2510);
  expect(labels('other')).toEqual(new Set(['of another folder']));
  table.keep('d', lines(5, 'cut short')).next();
  toEnd(table.clear('d'));
  expect([stored(), labels()]).toEqual([2510, new Set(['next'])]);
});

it('is read whole by who began before another took its place', () => {
  const { table } = opened();
  table.use('d', toEnd(table.keep('d', lines(2500, 'first'))));
  const reading = table.all('d');
  reading.next();
  table.use('d', toEnd(table.keep('d', lines(2500, 'second'))));
  toEnd(table.clear('d'));
  const read = toEnd(reading);
  expect(read).toHaveLength(2500);
  expect(new Set(read.map(({ label }) => label))).toEqual(new Set(['second']));
});

it('counts the last of lines that name one file', () => {
  const { table } = opened();
  table.use('d', toEnd(table.keep('d', [...lines(1, 'first'), ...lines(1, 'last')])));
  expect(toEnd(table.all('d')).map(({ label }) => label)).toEqual(['last']);
});

it('is there after the step from the schema before', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lookalike-csv-'));
  try {
    const file = join(folder, 'lookalike.db');
    const step = migrations.findIndex(({ name }) => name === 'CSVs of a million lines');
    const before = openDatabase(file, migrations.slice(0, step));
    before.exec(`INSERT INTO datasets (id, name, folder, added_at) VALUES ('d', 'd', '/d', 1);
      INSERT INTO csv_labels (dataset_id, file, label, photo_group, side) VALUES ('d', 'a.jpg', 'cat', 'one', 'test');`);
    before.close();
    const after = openDatabase(file);
    const found = toEnd(csvLabelsTable(after).all('d'));
    after.close();
    expect(found).toEqual([{ file: 'a.jpg', label: 'cat', group: 'one', side: 'test' }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('comes back from a copy of the history to its folder, which was added anew meanwhile', async () => {
  const file = join(testFolder('csv'), 'history.db');
  const opened = (id: string) => {
    const store = openStore(file);
    store.datasets.insert({ id, name: id, folder: '/photos', addedAt: 1 });
    return store;
  };
  const before = opened('first');
  for (const label of ['old', 'new'])
    before.csvLabels.use('first', toEnd(before.csvLabels.keep('first', lines(2, label)))); // cut short: both are there
  await before.backUp();
  before.close();
  for (const part of ['', '-wal', '-shm']) rmSync(file + part, { force: true });
  const after = opened('second');
  after.restoreBackup(new Set());
  expect(toEnd(after.csvLabels.all('second'))).toEqual(lines(2, 'new'));
  after.close();
});
