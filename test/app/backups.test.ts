/** Copies of the history: one a day, seven kept, never a damaged one. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
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
