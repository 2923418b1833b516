/** The database file: migrations, damage, settings that cannot be read, what it keeps of a run. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import { migrations, openDatabase, openStore } from '../../src-main/db/index.ts';
import { bucketedSteps } from '../../src-main/db/metrics.ts';
import { withDataset, file, withRun, directory } from '../helpers/database.ts';

test('steps in buckets are found by their number, not each among all buckets', () => {
  withDataset(() => {});
  const db = new Database(file());
  const plan = db.prepare(`EXPLAIN QUERY PLAN ${bucketedSteps}`).all('r', -1, 0, 4, 'r') as { detail: string }[];
  expect(plan.map(({ detail }) => detail)).toContain('SEARCH step_metrics USING PRIMARY KEY (run_id=? AND step=?)');
  db.close();
});

test('steps come back in buckets: last row, least and greatest loss; rewinding forgets the rest', () =>
  withRun(({ metrics }) => {
    const steps = Array.from({ length: 1000 }, (_, step) => ({
      step,
      epoch: step / 100,
      loss: step % 2 ? -0.5 : -0.1,
      zStdTraining: 1,
      learningRate: 0.1,
      trainingSeconds: step,
      at: step,
    }));
    metrics.putSteps('r1', steps);
    const rows = metrics.steps('r1', -1, 100);
    expect(rows.length).toBe(100);
    expect(rows[0]).toMatchObject({ step: 9, loss: -0.5, lossMin: -0.5, lossMax: -0.1 });
    expect(metrics.steps('r1', 989, 100).map((row) => row.step)).toEqual([
      990, 991, 992, 993, 994, 995, 996, 997, 998, 999,
    ]);
    expect(metrics.steps('r1', -1, 5000).at(-1)!.step).toBe(999);
    metrics.rewind('r1', 499);
    expect(metrics.steps('r1', -1, 5000).at(-1)!.step).toBe(499);
    metrics.putSteps('r1', [{ ...steps[500]!, loss: -0.7 }]);
    expect(metrics.steps('r1', -1, 5000).at(-1)).toMatchObject({ step: 500, loss: -0.7 });
  }));

test('a run keeps its configuration; checkpoints follow the files', () =>
  withRun(({ runs, checkpoints }) => {
    expect(runs.get('r1')!.config).toEqual(parseConfig({ epochs: 3 }));
    const report = (name: string, step: number) =>
      ({
        file: name,
        epoch: step,
        step,
        bytes: 5,
        hasOptimizerState: true,
        kept: 'recent',
        knn: null,
        agreement: 0.5,
      }) as const;
    checkpoints.replace('r1', [report('a.safetensors', 1), report('b.safetensors', 2)], 1);
    const kept = checkpoints.ofRun('r1')[1]!;
    checkpoints.replace('r1', [report('b.safetensors', 2), report('c.safetensors', 3)], 2);
    expect(checkpoints.ofRun('r1').map((row) => row.file)).toEqual(['b.safetensors', 'c.safetensors']);
    expect(checkpoints.get(kept.id)!.createdAt).toBe(1);
    runs.remove('r1');
    expect(checkpoints.ofRun('r1')).toEqual([]);
  }));

test('a newer schema is refused, an older one is backed up and brought up to date, a failing step changes nothing', () => {
  openDatabase(file()).close();
  const later = [...migrations, { name: 'later', sql: 'CREATE TABLE later (x)' }];
  openDatabase(file(), later).close();
  expect(existsSync(`${file()}.backup-${migrations.length}`)).toBe(true);
  expect(() => openDatabase(file())).toThrow(/newer Lookalike/);
  const broken = [...later, { name: 'broken', sql: 'CREATE TABLE half (x); SELECT nothing FROM nowhere' }];
  expect(() => openDatabase(file(), broken)).toThrow();
  const db = openDatabase(file(), later);
  expect(db.prepare("SELECT name FROM sqlite_master WHERE name = 'half'").all()).toEqual([]);
  db.close();
  expect(readdirSync(directory).filter((name) => name.includes('backup')).length).toBeLessThanOrEqual(2);
});

test('a file that is no database is named, with the remedy', () => {
  writeFileSync(file(), 'x'.repeat(5000));
  expect(() => openDatabase(file())).toThrow(/damaged.*backup/);
});

test.each([
  ['one without a version', 'CREATE TABLE notes (text)'],
  ['one with the names of our tables', 'CREATE TABLE runs (distance)'],
  ['one with a version', 'CREATE TABLE places (url); PRAGMA user_version = 7'],
  ['one with a version that is higher than ours', 'CREATE TABLE places (url); PRAGMA user_version = 75'],
])('a database of another program, %s, is named as that and left as it is', (_of, sql) => {
  const other = new Database(file());
  other.exec(sql);
  other.close();
  const before = readFileSync(file());
  expect(() => openStore(file())).toThrow(/is another program’s: run lookalike doctor --repair/);
  expect(readFileSync(file())).toEqual(before);
  expect(readdirSync(directory)).toEqual(['lookalike.db']);
});

test('one that lacks a table which its version has is damaged', () => {
  withRun(() => {});
  const db = new Database(file());
  db.exec('DROP TABLE verdicts');
  db.close();
  expect(() => openStore(file())).toThrow(expect.objectContaining({ code: 'damaged-database' }));
});

test('settings that cannot be read any more fall back to their defaults', () => {
  withDataset((store) => void store.settings.set({ theme: 'dark' }));
  const db = new Database(file());
  db.prepare("INSERT INTO settings VALUES ('language', '\"tlh\"'), ('unknown', '1')").run();
  db.close();
  const store = openStore(file());
  expect(store.settings.get()).toMatchObject({ theme: 'dark', language: 'system' });
  store.close();
});
