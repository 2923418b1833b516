/** Folders made with those above them, on every kind of file system. */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeFailed } from './errors.ts';

/**
 * Makes a folder and those above it where they are missing, but for `root` and what is above that: where a disk is taken
 * away while it is used, the same path is a place on another disk, and what is written there is lost to who puts it back.
 * @throws FileError write-failed, with ENOENT where `root` is not there
 */
export function makeFolder(folder: string, root?: string): void {
  try {
    if (root !== undefined) statSync(root);
    make(folder);
  } catch (error) {
    throw writeFailed(folder, error);
  }
}

/** Not mkdir's `recursive`: it never returns where making one in a folder fails with ENOENT (/proc, some mounts). */
function make(folder: string): void {
  const made = () => {
    try {
      mkdirSync(folder);
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' && dirname(folder) !== folder && !existsSync(dirname(folder))) return false;
      if (code === 'EEXIST' && statSync(folder).isDirectory()) return true;
      throw error;
    }
  };
  if (made()) return;
  make(dirname(folder));
  made();
}
