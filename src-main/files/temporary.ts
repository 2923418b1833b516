/** The names that files have while they are written, and the removal of those that an interrupted process left. */
import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const ending = '.lookalike-tmp';

/**
 * A new name beside the target, beginning as it does up to its first point, so that a left-over tells whose it was;
 * shortened, because the target's name may already be as long as the file system allows.
 */
export const temporaryName = (path: string): string =>
  join(dirname(path), `${basename(path).split('.')[0]!.slice(0, 40)}.${randomBytes(8).toString('hex')}${ending}`);

/**
 * Removes what interrupted writes left in a folder where other programs' files may lie as well. Only for who knows that
 * nobody writes.
 */
export async function removeOwnTemporaryFiles(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [] as string[]))
    if (name.endsWith(ending)) await rm(join(folder, name), { force: true });
}

/** Versions up to 0.1.0 wrote some files to names that end in .tmp. */
export const isTemporary = (name: string): boolean => name.endsWith(ending) || name.endsWith('.tmp');

/** Removes what an interrupted write left in a folder, which need not exist. Only for who knows that nobody writes. */
export async function removeTemporaryFiles(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [] as string[]))
    if (isTemporary(name)) await rm(join(folder, name), { force: true });
}
