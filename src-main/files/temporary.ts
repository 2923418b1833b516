/** The names that files have while they are written, and the removal of those that an interrupted process left. */
import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const ending = '.lookalike-tmp';
/** Ours; also what SQLite keeps beside a database that is being written under such a name. */
const isOurs = (name: string): boolean => /\.lookalike-tmp(-journal|-wal|-shm)?$/.test(name);

/**
 * A new name beside the target, beginning as it does up to its first point, so that a left-over tells whose it was;
 * shortened, because the target's name may already be as long as the file system allows.
 */
export const temporaryName = (path: string): string =>
  join(dirname(path), `${stemOf(path)}.${randomBytes(8).toString('hex')}${ending}`);
const stemOf = (path: string): string => basename(path).split('.')[0]!.slice(0, 40);

/**
 * Removes what interrupted writes left in a folder where other programs' files may lie as well. Only for who knows that
 * nobody writes.
 */
export async function removeOwnTemporaryFiles(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [] as string[]))
    if (isOurs(name)) await rm(join(folder, name), { force: true });
}

/** Removes what interrupted writes of one file left beside it. Only for who knows that nobody writes it. */
export async function removeTemporariesOf(path: string): Promise<void> {
  const start = `${stemOf(path)}.`;
  for (const name of await readdir(dirname(path)).catch(() => [] as string[]))
    if (name.startsWith(start) && /^[0-9a-f]{16}$/.test(name.slice(start.length, -ending.length)) && isOurs(name))
      await rm(join(dirname(path), name), { force: true });
}

/** Versions up to 0.1.0 wrote some files to names that end in .tmp. */
export const isTemporary = (name: string): boolean => isOurs(name) || name.endsWith('.tmp');

/**
 * Removes what an interrupted write left in a folder, which need not exist: files, and folders of ours. Only for who knows
 * that nobody writes.
 */
export async function removeTemporaryFiles(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [] as string[]))
    if (isTemporary(name)) await rm(join(folder, name), { force: true, recursive: isOurs(name) });
}
