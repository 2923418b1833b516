/** The names that files have while they are written, and the removal of those that an interrupted process left. */
import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { mayBeAlive, ownerForm, ownerName } from './owner.ts';

const ending = '.lookalike-tmp';
/** Ours; also what SQLite keeps beside a database that is being written under such a name. */
const isOurs = (name: string): boolean => /\.lookalike-tmp(-journal|-wal|-shm)?$/.test(name);

/**
 * A new name beside the target, beginning as it does up to its first point, so that a left-over tells whose it was, and
 * with the process that writes it; shortened, because the target's name may already be as long as the file system allows.
 */
export const temporaryName = (path: string): string =>
  join(dirname(path), `${stemOf(path)}.${randomBytes(8).toString('hex')}.${ownerName()}${ending}`);
const stemOf = (path: string): string => basename(path).split('.')[0]!.slice(0, 40);

/** Versions up to 0.1.0 did not write down whose a file is. */
const owned = new RegExp(`\\.(${ownerForm.source})${ending.replaceAll('.', '\\.')}`);
const mayBeWritten = (name: string): boolean => {
  const owner = owned.exec(name)?.[1];
  return owner !== undefined && mayBeAlive(owner);
};

/**
 * Removes what interrupted writes left in a folder that others use as well: other programs, and Lookalike of another
 * home, whose files stay while they may be written.
 */
export async function removeOwnTemporaryFiles(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [] as string[]))
    if (isOurs(name) && !mayBeWritten(name)) await rm(join(folder, name), { force: true });
}

/** Removes what interrupted writes of one file left beside it. Only for who knows that nobody writes it. */
export async function removeTemporariesOf(path: string): Promise<void> {
  const start = `${stemOf(path)}.`;
  const between = new RegExp(`^[0-9a-f]{16}(\\.${ownerForm.source})?$`);
  for (const name of await readdir(dirname(path)).catch(() => [] as string[]))
    if (name.startsWith(start) && between.test(name.slice(start.length, -ending.length)) && isOurs(name))
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
