/** Statements that happen together or not at all, by themselves and as a part of a transaction that is open. */
import { expect, it } from 'vitest';
import { openDatabase } from '../../src-main/db/index.ts';
import { together } from '../../src-main/db/together.ts';

function numbers() {
  const db = openDatabase(':memory:', []);
  db.exec('CREATE TABLE numbers (n INTEGER PRIMARY KEY)');
  const put = db.prepare('INSERT INTO numbers VALUES (?)');
  const add = together(db, (...all: number[]) => {
    for (const n of all) put.run(n);
    return all.length;
  });
  const all = () => db.prepare('SELECT n FROM numbers ORDER BY n').pluck().all();
  return { db, add, all };
}

it('all happen, or none', () => {
  const { add, all } = numbers();
  expect(add(1, 2)).toBe(2);
  expect(() => add(3, 1)).toThrow('UNIQUE');
  expect(all()).toEqual([1, 2]);
});

it('are a part of what is open, and its fault is theirs', () => {
  const { db, add, all } = numbers();
  const outer = together(db, (last: number) => add(1, 2) + add(last));
  expect(() => outer(2)).toThrow('UNIQUE');
  expect(all()).toEqual([]);
  expect(outer(3)).toBe(3);
  expect(all()).toEqual([1, 2, 3]);
  expect(db.inTransaction).toBe(false);
});
