/** Copies of the history: one a day, seven kept, never a damaged one. */
import { readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import { openStore } from '../../src-main/db/index.ts';
import { testFolder } from '../helpers/folders.ts';

let directory: string;
beforeEach(() => void (directory = testFolder('backups')));
const file = () => join(directory, 'lookalike.db');
const copies = () => readdirSync(directory).filter((name) => name.includes('.day-'));
const day = (number: number) => new Date(Date.UTC(2026, 0, number, 12));

test('one a day is made, the last seven are kept, and each opens with what was there then', async () => {
  const store = openStore(file());
  for (let number = 1; number <= 9; number++) {
    store.datasets.insert({ id: `d${number}`, name: 'Photos', folder: `/photos/${number}`, addedAt: 1 });
    expect(await store.backUp(day(number))).not.toBeNull();
    expect(await store.backUp(day(number))).toBeNull();
  }
  store.close();
  expect(copies()).toEqual([3, 4, 5, 6, 7, 8, 9].map((number) => `lookalike.db.day-2026-01-0${number}`));
  const then = openStore(join(directory, 'lookalike.db.day-2026-01-05'));
  expect(then.datasets.all()).toHaveLength(5);
  then.close();
});

test('copies that a wrong clock dated ahead go before those that are made once it is right', async () => {
  const store = openStore(file());
  for (let ahead = 1; ahead <= 7; ahead++) await store.backUp(new Date(Date.UTC(2031, 0, ahead, 12)));
  for (const number of [1, 2]) expect(await store.backUp(day(number))).not.toBeNull();
  store.close();
  expect(copies()).toEqual([
    ...[1, 2].map((number) => `lookalike.db.day-2026-01-0${number}`),
    ...[3, 4, 5, 6, 7].map((ahead) => `lookalike.db.day-2031-01-0${ahead}`),
  ]);
});

test('the newest copy is restored, not one that a wrong clock dated ahead', async () => {
  const old = openStore(file());
  await old.backUp(day(1));
  old.datasets.insert({ id: 'd', name: 'Photos', folder: '/photos', addedAt: 1 });
  await old.backUp(day(2));
  old.close();
  const ahead = new Date(Date.now() + 1000 * 86_400_000);
  utimesSync(join(directory, copies()[0]!), ahead, ahead);
  for (const name of readdirSync(directory).filter((each) => !copies().includes(each))) rmSync(join(directory, name));
  const store = openStore(file());
  expect(store.restoreBackup(new Set())).toBe(join(directory, copies()[1]!));
  expect(store.datasets.all().map(({ id }) => id)).toEqual(['d']);
  store.close();
});

test('a damaged history is not copied over, or beside, the good copies', async () => {
  let store = openStore(file());
  for (let i = 0; i < 200; i++)
    store.datasets.insert({ id: `d${i}`, name: 'x'.repeat(500), folder: `/photos/${i}`, addedAt: 1 });
  await store.backUp(day(1));
  store.close();
  const bytes = readFileSync(file());
  bytes.fill(0x5a, bytes.length - 3 * 4096, bytes.length - 2 * 4096);
  writeFileSync(file(), bytes);
  store = openStore(file());
  await expect(store.backUp(day(2))).rejects.toMatchObject({ code: 'damaged-database' });
  store.close();
  expect(copies()).toEqual(['lookalike.db.day-2026-01-01']);
  expect(readdirSync(directory).filter((name) => name !== copies()[0])).toEqual(['lookalike.db']); // nothing half made
});

test('a copy is read beside the history, also where the system has no room for temporary files', async () => {
  const old = openStore(file());
  old.datasets.insert({ id: 'd', name: 'Photos', folder: '/photos', addedAt: 1 });
  await old.backUp(day(1));
  old.close();
  for (const name of readdirSync(directory).filter((each) => !copies().includes(each))) rmSync(join(directory, name));
  const store = openStore(file());
  const { TMPDIR } = process.env;
  process.env['TMPDIR'] = join(directory, 'none');
  try {
    expect(store.restoreBackup(new Set())).toBe(join(directory, copies()[0]!));
  } finally {
    if (TMPDIR === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = TMPDIR;
  }
  expect(store.datasets.all().map(({ id }) => id)).toEqual(['d']);
  store.close();
  expect(readdirSync(directory).filter((name) => name.includes('history'))).toEqual([]);
});

test('a copy in which a folder has another id gives back all but its photos, which are read again', async () => {
  const old = openStore(file());
  old.datasets.insert({ id: 'moved-here', name: 'Photos', folder: '/photos', addedAt: 1 });
  const photo = { file: 'a.jpg', bytes: 1, modified: 1, content: null, label: null, heldOut: false };
  old.images.add('moved-here', [photo]);
  old.collections.insert({ id: 'c', name: 'Some', addedAt: 1, parent: 'moved-here', tag: null }, [
    old.images.named('moved-here', photo.file)[0]!.id,
  ]);
  const run = { id: 'r', name: 'first', color: '#000', state: 'queued', preset: null, clonedFrom: null } as const;
  old.runs.insert({ ...run, datasetId: 'moved-here', config: parseConfig({}), createdAt: 1, epochs: 1, images: 1 });
  await old.backUp(day(1));
  old.close();
  for (const name of readdirSync(directory).filter((each) => !copies().includes(each))) rmSync(join(directory, name));

  const store = openStore(file());
  store.datasets.insert({ id: 'added-anew', name: 'Photos', folder: '/photos', addedAt: 2 });
  expect(store.restoreBackup(new Set(['r']))).toBe(join(directory, copies()[0]!));
  expect(store.datasets.all().map(({ id, parent }) => [id, parent])).toEqual([
    ['c', 'added-anew'],
    ['added-anew', null],
  ]);
  expect(store.runs.get('r')).toMatchObject({ name: 'first', datasetId: 'added-anew' });
  expect(store.images.named('moved-here', photo.file)).toEqual([]);
  store.close();
});
