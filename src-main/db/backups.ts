/**
 * Copies of the history beside it: one a day that Lookalike is opened on, the last seven kept. (One more is made before
 * each migration, in database.ts.) A damaged history is never copied over a good copy.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { moveInto, removeTemporaryFiles, temporaryName } from '../files/index.ts';
import type { Db } from './database.ts';

const keptDays = 7;

/** By SQLite's backup interface, some pages at a time, so that nobody waits for it. Answers the copy, null where there is one. */
export async function backUpDaily(db: Db, file: string, now = new Date()): Promise<string | null> {
  const start = `${basename(file)}.day-`;
  const target = join(dirname(file), `${start}${now.toISOString().slice(0, 10)}`);
  if (existsSync(target) || db.pragma('quick_check(1)', { simple: true }) !== 'ok') return null;
  await removeTemporaryFiles(dirname(file));
  const copy = temporaryName(target);
  try {
    await db.backup(copy);
    await moveInto(copy, target);
  } catch (error) {
    rmSync(copy, { force: true });
    throw error;
  }
  const days = readdirSync(dirname(file)).filter((name) => name.startsWith(start));
  for (const old of days.sort().slice(0, -keptDays)) rmSync(join(dirname(file), old), { force: true });
  return target;
}
