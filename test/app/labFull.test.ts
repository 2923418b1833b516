/** A study in a home whose disk is full: what stands beside an arm says that, and what to do. */
import Database from 'better-sqlite3';
import type { Statement } from 'better-sqlite3';
import { expect, test, vi } from 'vitest';
import { get, start, until, useLab } from './labHarness.ts';

useLab();

test('an arm for whose run there was no room says so in a sentence', async () => {
  const own = new Database(':memory:');
  const statements = Object.getPrototypeOf(own.prepare('SELECT 1')) as Statement; // those of all databases
  own.close();
  const { run } = statements;
  const full = vi.spyOn(statements, 'run').mockImplementation(function (this: Statement, ...values) {
    if (/^\s*INSERT INTO runs\b/.test(this.source))
      throw new Database.SqliteError('database or disk is full', 'SQLITE_FULL');
    return run.apply(this, values);
  });
  try {
    const { id } = await start();
    await until(id, 'finished');
    const { cells } = await get(id);
    expect(cells.map(({ state, error }) => [state, error?.key])).toEqual(cells.map(() => ['failed', 'full-disk.home']));
    expect(cells[0]!.error!.message).toMatch(/is full: free some space/);
  } finally {
    full.mockRestore();
  }
});
